package objects

import (
	"bytes"
	"errors"
	"strconv"
	"time"
)

var (
	errCommit = errors.New("corrupt commit")
	errTag    = errors.New("corrupt tag")
)

// Signature is who did something, and when.
type Signature struct {
	Name, Email []byte
	// When is the zero time where a date cannot be read.
	When time.Time
}

// Commit is what a commit says. Its slices are of the content that it was parsed
// from.
type Commit struct {
	Tree              ID
	Parents           []ID
	Author, Committer Signature
	Message           []byte
}

// ParseCommit reads a commit's content. Only its tree and parents have to be
// right; who and when is as far as it can be read.
func ParseCommit(format Format, content []byte) (Commit, error) {
	var c Commit
	value, rest, ok := header(content, "tree")
	if !ok {
		return c, errCommit
	}
	var err error
	if c.Tree, err = ParseID(format, string(value)); err != nil {
		return c, errCommit
	}
	for {
		value, next, ok := header(rest, "parent")
		if !ok {
			break
		}
		id, err := ParseID(format, string(value))
		if err != nil {
			return c, errCommit
		}
		c.Parents = append(c.Parents, id)
		rest = next
	}
	if value, next, ok := header(rest, "author"); ok {
		c.Author, rest = parseSignature(value), next
	}
	if value, next, ok := header(rest, "committer"); ok {
		c.Committer, rest = parseSignature(value), next
	}
	c.Message = message(rest)
	return c, nil
}

// Tag is what an annotated tag says. Its slices are of the content that it was
// parsed from.
type Tag struct {
	Object  ID
	Type    Type
	Name    []byte
	Tagger  Signature
	Message []byte
}

// ParseTag reads a tag's content, of which object and type have to be right.
func ParseTag(format Format, content []byte) (Tag, error) {
	var t Tag
	value, rest, ok := header(content, "object")
	if !ok {
		return t, errTag
	}
	var err error
	if t.Object, err = ParseID(format, string(value)); err != nil {
		return t, errTag
	}
	if value, rest, ok = header(rest, "type"); !ok {
		return t, errTag
	}
	if t.Type = parseType(string(value)); t.Type == 0 {
		return t, errTag
	}
	if value, next, ok := header(rest, "tag"); ok {
		t.Name, rest = value, next
	}
	if value, next, ok := header(rest, "tagger"); ok {
		t.Tagger, rest = parseSignature(value), next
	}
	t.Message = message(rest)
	return t, nil
}

// header reads a line that starts with key and a space.
func header(content []byte, key string) (value, rest []byte, ok bool) {
	line, rest, ok := bytes.Cut(content, []byte{'\n'})
	if !ok || len(line) <= len(key) || line[len(key)] != ' ' || string(line[:len(key)]) != key {
		return nil, content, false
	}
	return line[len(key)+1:], rest, true
}

// message is what follows the first empty line.
func message(content []byte) []byte {
	if len(content) > 0 && content[0] == '\n' {
		return content[1:]
	}
	_, text, _ := bytes.Cut(content, []byte("\n\n"))
	return text
}

// parseSignature reads "Name <email> seconds zone".
func parseSignature(line []byte) Signature {
	var s Signature
	open, shut := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 || shut < open {
		return s
	}
	s.Name, s.Email = bytes.TrimSpace(line[:open]), line[open+1:shut]
	seconds, zone, _ := bytes.Cut(bytes.TrimSpace(line[shut+1:]), []byte{' '})
	n, err := strconv.ParseInt(string(seconds), 10, 64)
	// Years of five digits have no form in RFC 3339.
	if err != nil || n < 0 || n >= 253402300800 {
		return s
	}
	s.When = time.Unix(n, 0).UTC()
	if z, err := strconv.Atoi(string(zone)); err == nil && len(zone) == 5 && z > -2400 && z < 2400 {
		s.When = s.When.In(time.FixedZone("", (z/100*60+z%100)*60))
	}
	return s
}
