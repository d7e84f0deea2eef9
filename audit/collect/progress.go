package collect

import "sync/atomic"

// Progress is how far a run has come. It may be read at any time.
type Progress struct{ files, bytes atomic.Int64 }

// Files is how many files were read so far, and Bytes how many bytes.
func (p *Progress) Files() int64 { return p.files.Load() }

// Bytes is how many bytes were read so far.
func (p *Progress) Bytes() int64 { return p.bytes.Load() }

// file counts a file of size bytes.
func (p *Progress) file(size int64) {
	if p == nil {
		return
	}
	p.files.Add(1)
	p.bytes.Add(size)
}
