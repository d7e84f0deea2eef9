//go:build !unix

package tree

import (
	"io"
	"os"
	"path/filepath"
)

// openFolder opens a folder below root.
func openFolder(root *os.Root, rel string) (*os.File, error) { return root.Open(rel) }

// handle is an open file.
type handle struct{ f *os.File }

// openFlags are how a file is opened for reading.
const openFlags = os.O_RDONLY

// openEntry opens an entry of an open folder; name is a single part of a path.
// os.Root refuses reserved names such as NUL and links that lead out.
func openEntry(f *folder, name string) (handle, error) {
	file, err := f.root.Open(filepath.Join(f.rel, name))
	return handle{file}, err
}

// openPath opens a file by a path that the user named.
func openPath(path string) (handle, error) {
	file, err := os.Open(path)
	return handle{file}, err
}

func isLink(error) bool { return false }

func (h handle) stat() (fileInfo, error) {
	info, err := h.f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	// What Windows gives as permission bits is made up by the os package.
	return fileInfo{regular: info.Mode().IsRegular(), size: info.Size()}, nil
}

// read returns 0 and no error at the end of the file.
func (h handle) read(p []byte) (int, error) {
	n, err := h.f.Read(p)
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// readAt returns less than was asked for only at the end of the file.
func (h handle) readAt(p []byte, off int64) (int, error) {
	n, err := h.f.ReadAt(p, off)
	if err == io.EOF {
		err = nil
	}
	return n, err
}

func (h handle) close() { h.f.Close() }

// openFileLimit is how many files this process may have open: the system sets
// no limit that matters here.
func openFileLimit() int { return 1 << 20 }
