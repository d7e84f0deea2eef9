//go:build unix

package store

import (
	"io/fs"
	"os"
	"syscall"

	"scopeaudit/audit/rules"
)

// openFile opens for reading without waiting for a pipe's other end and
// without following a link that took the name's place.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW|syscall.O_NOCTTY, 0)
}

func fileState(info fs.FileInfo) rules.FileState {
	return rules.FileState{Mode: uint32(info.Mode().Perm()), ModeKnown: true}
}

// syncFolder makes a rename in the folder last. Some file systems cannot, and
// the file is in its place by then: there is nothing to tell.
func syncFolder(folder *os.Root) {
	if d, err := folder.Open("."); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
