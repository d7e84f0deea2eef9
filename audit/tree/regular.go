package tree

import (
	"errors"
	"io"
	"os"
)

var (
	errLink      = errors.New(SkipLink)
	errIrregular = errors.New(SkipIrregular)
	errTooLarge  = errors.New("file too large")
)

// readRegular reads a small file below root that is not a link, of at most limit
// bytes.
func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	before, err := root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case before.Mode()&os.ModeSymlink != 0:
		return nil, errLink
	case !before.Mode().IsRegular():
		return nil, errIrregular
	}
	f, err := root.OpenFile(name, openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// Another file, or a pipe, may have taken its place.
	after, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !after.Mode().IsRegular() || !os.SameFile(before, after) {
		return nil, errIrregular
	}
	if after.Size() > limit {
		return nil, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, nil
}
