package objects

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
)

// Format is how a repository names its objects: extensions.objectFormat of
// git-config(1).
type Format uint8

const (
	SHA1   Format = iota // the default
	SHA256               // of repositories made with --object-format=sha256
)

// Size is the length of a name in bytes.
func (f Format) Size() int {
	if f == SHA256 {
		return sha256.Size
	}
	return sha1.Size
}

func (f Format) String() string {
	if f == SHA256 {
		return "sha256"
	}
	return "sha1"
}

func (f Format) new() hash.Hash {
	if f == SHA256 {
		return sha256.New()
	}
	return sha1.New()
}

// ID is the name of an object. IDs of one repository can be compared with ==.
type ID struct {
	sum    [sha256.Size]byte // zeros behind a shorter name
	format Format
}

var errID = errors.New("not the name of an object")

// ParseID reads a name in hexadecimal, as refs and commits write it.
func ParseID(format Format, s string) (ID, error) {
	id := ID{format: format}
	if len(s) != 2*format.Size() {
		return ID{}, errID
	}
	if _, err := hex.Decode(id.sum[:], []byte(s)); err != nil {
		return ID{}, errID
	}
	return id, nil
}

// makeID takes the name that b starts with.
func makeID(format Format, b []byte) ID {
	id := ID{format: format}
	copy(id.sum[:], b[:format.Size()])
	return id
}

// Format is how the name was made.
func (id ID) Format() Format { return id.format }

// IsZero reports whether the name is all zeros, which names no object.
func (id ID) IsZero() bool { return id.sum == [sha256.Size]byte{} }

// Compare orders names as indexes do.
func (id ID) Compare(other ID) int { return bytes.Compare(id.sum[:], other.sum[:]) }

// Bytes is the name as objects hold it.
func (id ID) Bytes() []byte { return id.sum[:id.format.Size()] }

// String is the name in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id.sum[:id.format.Size()]) }

// Type is what an object is; the numbers are those of packs.
type Type uint8

const (
	TypeCommit Type = 1
	TypeTree   Type = 2
	TypeBlob   Type = 3
	TypeTag    Type = 4
)

func (t Type) String() string {
	switch t {
	case TypeCommit:
		return "commit"
	case TypeTree:
		return "tree"
	case TypeBlob:
		return "blob"
	case TypeTag:
		return "tag"
	}
	return "unknown"
}

// parseType reads a type as loose objects and tags write it; 0 for none.
func parseType(s string) Type {
	for t := TypeCommit; t <= TypeTag; t++ {
		if t.String() == s {
			return t
		}
	}
	return 0
}

// HashObject gives the name of an object of the content that is given.
func HashObject(format Format, t Type, content []byte) ID {
	h := format.new()
	h.Write(looseHeader(t, int64(len(content))))
	h.Write(content)
	return makeID(format, h.Sum(nil))
}

// looseHeader is what stands before an object's content where it is hashed and
// in loose files.
func looseHeader(t Type, size int64) []byte {
	b := append([]byte(t.String()), ' ')
	return append(strconv.AppendInt(b, size, 10), 0)
}
