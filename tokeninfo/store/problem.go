package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Problem is what is wrong with a file, as a clause that follows its name.
type Problem string

// The problems of reading and of writing.
const (
	Missing    Problem = "does not exist"
	Folder     Problem = "is a folder, not a file"
	NotRegular Problem = "is a pipe, socket or device, not a file"
	TooBig     Problem = "is too big"
	Unreadable Problem = "cannot be read"

	Exists     Problem = "exists already"
	Link       Problem = "is a symbolic link, which is not written through"
	BadName    Problem = "is no name for a file"
	NoFolder   Problem = "would lie in a folder that does not exist"
	Unwritable Problem = "cannot be written"
	ReadOnly   Problem = "is protected against writing"
	Changed    Problem = "was changed by another program in the meantime"
)

// FileError is a file that could not be read or written.
type FileError struct {
	Path    string
	Problem Problem
	err     error
}

// Error names the file and the problem; of the system's error it keeps the
// cause and drops the path, which stands there already.
func (e *FileError) Error() string {
	s := fmt.Sprintf("%q %s", e.Path, e.Problem)
	if e.Problem != Unreadable && e.Problem != Unwritable || e.err == nil {
		return s
	}
	if errors.Is(e.err, os.ErrDeadlineExceeded) {
		return s + ": it gives no data and no end"
	}
	return s + ": " + cause(e.err).Error()
}

// Unwrap gives the system's error, for errors.Is with fs.ErrNotExist and such.
func (e *FileError) Unwrap() error { return e.err }

// Hint says what to do about the problem.
func (e *FileError) Hint() string {
	switch e.Problem {
	case Missing:
		return "look for a typing mistake, or for the folder that the path starts from"
	case Folder:
		return "name the file inside it"
	case NotRegular:
		return "to hand over what another program prints, use - (standard input)"
	case TooBig:
		return "a credential file is small: is this the right one?"
	case Unreadable:
		return "look at the permissions of the file and of the folders above it"
	case Exists:
		return "choose another name, or say that the file is to be replaced"
	case Link:
		return "name the file that the link points to, or remove the link"
	case BadName:
		return "end the path with the name of a file"
	case NoFolder:
		return "make the folder first"
	case ReadOnly:
		return "somebody took the right to write it away: give it back with chmod u+w, or choose another name"
	case Changed:
		return "look at what it holds now, and run the command again"
	case Unwritable:
		return "look at the permissions of the folder and the space that is left"
	}
	return ""
}

// problemOf finds the problem that an error of the system stands for.
func problemOf(err error) Problem {
	switch {
	case errors.Is(err, errTooBig):
		return TooBig
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	}
	return Unreadable
}

// notRegular is the problem with a file that is not a regular one, else empty.
func notRegular(m fs.FileMode) Problem {
	switch {
	case m.IsDir():
		return Folder
	case m&fs.ModeSymlink != 0:
		return Link
	case !m.IsRegular():
		return NotRegular
	}
	return ""
}

// cause unwraps an error of package os down to what the system said.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
