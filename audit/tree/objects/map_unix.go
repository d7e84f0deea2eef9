//go:build unix && !aix && !solaris && !illumos

package objects

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// The flags make the open of a pipe return at once, and that of a link fail.
const openFlags = os.O_RDONLY | unix.O_NONBLOCK | unix.O_NOFOLLOW | unix.O_NOCTTY | unix.O_CLOEXEC

var errNoMap = errors.New("cannot be mapped")

// mapFile maps a file of at least one byte for reading.
func mapFile(f *os.File, size int64) ([]byte, func() error, error) {
	if size <= 0 || int64(int(size)) != size {
		return nil, nil, errNoMap
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
