package policies

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode"
	"unicode/utf8"
)

// maxFile bounds a policy file. The built-in ones stay under 2 KiB.
const maxFile = 64 << 10

// readFile reads a policy file whole, or says why it will not.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	fail := func(message, hint string) ([]byte, error) {
		return nil, &Error{File: name, Message: message, Hint: hint}
	}
	if !fs.ValidPath(name) {
		return nil, &Error{Message: fmt.Sprintf("%q is no path of a policy file", name)}
	}
	// Opening a FIFO would block until somebody writes to it, so look first.
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail("no such file", "")
	case errors.Is(err, fs.ErrPermission):
		return fail("permission denied", "")
	case err != nil:
		return fail("the file cannot be read", "")
	case info.IsDir():
		return fail("this is a folder", "name the policy file inside it")
	case !info.Mode().IsRegular():
		return fail("not a regular file", "")
	}
	f, err := fsys.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return fail("permission denied", "")
		}
		return fail("the file cannot be read", "")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fail("the file cannot be read", "")
	}
	if len(data) > maxFile {
		return fail(fmt.Sprintf("the file is larger than %d KiB", maxFile>>10), "a policy is a short list; is this one?")
	}
	return data, nil
}

// checkText refuses what a reader of the file would not see or not see as the
// parser does: encodings other than UTF-8, control characters, tabs as
// indentation, invisible and text-reordering characters (CVE-2021-42574).
func checkText(file string, data []byte) *Error {
	fail := func(line, column int, message, hint string) *Error {
		return &Error{File: file, Line: line, Column: column, Message: message, Hint: hint}
	}
	const asUTF8 = "save it as UTF-8 without a byte order mark"
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return fail(1, 1, "the file begins with a byte order mark", asUTF8)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")),
		len(data) > 1 && (data[0] == 0) != (data[1] == 0):
		return fail(1, 1, "the file is UTF-16, not UTF-8", asUTF8)
	}
	line, column, indent := 1, 1, true
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fail(line, column, "not UTF-8 text", asUTF8)
		case r == '\n':
			line, column, indent = line+1, 0, true
		case r == '\r':
			if i+1 == len(data) || data[i+1] != '\n' {
				return fail(line, column, "carriage return without a line feed", "end lines with a line feed")
			}
		case r == '\t':
			if indent {
				return fail(line, column, "a tab indents this line", "indent with spaces")
			}
		case !unicode.IsGraphic(r):
			return fail(line, column, fmt.Sprintf("invisible or control character U+%04X", r), "delete it")
		case r != ' ':
			indent = false
		}
		i, column = i+size, column+1
	}
	return nil
}

// spaceIndent turns the tabs that indent JSON into spaces, one for one so that
// columns stay. In JSON no string spans lines, so nothing else changes.
func spaceIndent(data []byte) []byte {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return data
	}
	data, indent := bytes.Clone(data), true
	for i, c := range data {
		switch c {
		case '\n':
			indent = true
		case '\t':
			if indent {
				data[i] = ' '
			}
		case ' ', '\r':
		default:
			indent = false
		}
	}
	return data
}
