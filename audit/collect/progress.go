package collect

import (
	"context"
	"io"
	"sync/atomic"
)

// Progress is how far a run has come. It may be read at any time.
type Progress struct{ files, bytes atomic.Int64 }

// Files is how many files were read so far, and Bytes how many bytes.
func (p *Progress) Files() int64 { return p.files.Load() }

// Bytes is how many bytes were read so far.
func (p *Progress) Bytes() int64 { return p.bytes.Load() }

// file counts a file, and its bytes where they were not counted as they came.
func (p *Progress) file(bytes int) {
	if p == nil {
		return
	}
	p.files.Add(1)
	p.bytes.Add(int64(bytes))
}

// reading is a large file that is looked at piece by piece. It counts what is
// read, and gives nothing more when the run is interrupted.
type reading struct {
	io.ReaderAt
	ctx      context.Context
	progress *Progress
}

func (r reading) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.ReaderAt.ReadAt(p, off)
	if r.progress != nil {
		r.progress.bytes.Add(int64(n))
	}
	return n, err
}
