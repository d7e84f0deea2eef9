//go:build unix

package tree

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// openFolder opens a folder below root, whose path os.Root resolves part by
// part. O_DIRECTORY makes the open of a pipe fail that took a folder's place.
func openFolder(root *os.Root, rel string) (*os.File, error) {
	return root.OpenFile(rel, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
}

// handle is an open file. A bare descriptor, since an os.File costs as much as
// reading the usual small file.
type handle struct{ fd int }

// The flags make the open of a pipe or device return at once, and that of a
// link fail.
const openFlags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOFOLLOW | unix.O_NOCTTY | unix.O_CLOEXEC

// openEntry opens an entry of an open folder; name is a single part of a path.
func openEntry(f *folder, name string) (handle, error) {
	return openAt(int(f.dir.Fd()), name)
}

// openPath opens a file by a path that the user named.
func openPath(path string) (handle, error) { return openAt(unix.AT_FDCWD, path) }

func openAt(dir int, name string) (handle, error) {
	for {
		fd, err := unix.Openat(dir, name, openFlags, 0)
		if err != unix.EINTR {
			return handle{fd}, err
		}
	}
}

// isLink reports whether an open failed because the name is a link.
func isLink(err error) bool { return errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EMLINK) }

func (h handle) stat() (fileInfo, error) {
	var st unix.Stat_t
	if err := unix.Fstat(h.fd, &st); err != nil {
		return fileInfo{}, err
	}
	mode := uint32(st.Mode)
	return fileInfo{
		regular: mode&unix.S_IFMT == unix.S_IFREG,
		size:    st.Size,
		mode:    mode & 0o777, modeKnown: true,
	}, nil
}

// read returns 0 and no error at the end of the file.
func (h handle) read(p []byte) (int, error) {
	for {
		n, err := unix.Read(h.fd, p)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// readAt may read less than was asked for, and returns 0 and no error at the end
// of the file.
func (h handle) readAt(p []byte, off int64) (int, error) {
	for {
		n, err := unix.Pread(h.fd, p, off)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

func (h handle) close() { unix.Close(h.fd) }

// openFileLimit is how many files this process may have open, at most 1<<20.
func openFileLimit() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 256
	}
	return int(min(l.Cur, 1<<20))
}
