package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader turns the nodes of one file into a draft.
type reader struct {
	file string
	o    Options
}

// field is one key that a mapping may have, and what reads its value.
type field struct {
	key  string
	read func(*node) error
}

func (r *reader) fail(n *node, message, hint string) *Error {
	return &Error{File: r.file, Line: n.line, Column: n.column, Message: message, Hint: hint}
}

// fields reads a mapping that may have the given keys and no other.
func (r *reader) fields(n *node, what string, fields []field) error {
	if n.kind != mapping {
		return r.fail(n, fmt.Sprintf("%s is a mapping of keys, not %s", what, n.kind), "write each key with its value on a line of its own")
	}
	for i, key := range n.keys {
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == key.text })
		if at < 0 {
			var known []string
			for _, f := range fields {
				known = append(known, f.key)
			}
			return r.fail(key, fmt.Sprintf("unknown key %s", quote(key.text)), didYouMean(key.text, known))
		}
		value := n.items[i]
		if value.kind == nothing {
			return r.fail(key, fmt.Sprintf("key %q has no value", key.text), "give it one, or delete the key")
		}
		if err := fields[at].read(value); err != nil {
			return err
		}
	}
	return nil
}

// list reads each item of a list that holds at least one.
func (r *reader) list(n *node, item func(*node) error) error {
	if n.kind != list {
		return r.fail(n, fmt.Sprintf("a list is wanted here, not %s", n.kind), `begin each item with "- "`)
	}
	if len(n.items) == 0 {
		return r.fail(n, "the list is empty", "add an item, or delete the key")
	}
	for _, it := range n.items {
		if err := item(it); err != nil {
			return err
		}
	}
	return nil
}

// prose reads text for people: line breaks and runs of spaces count as one space.
func (r *reader) prose(to *string, longest int) func(*node) error {
	return func(n *node) error {
		if n.kind == text {
			n = &node{kind: text, line: n.line, column: n.column, text: strings.Join(strings.Fields(n.text), " ")}
		}
		return r.exact(to, longest)(n)
	}
}

// exact reads text as it stands.
func (r *reader) exact(to *string, longest int) func(*node) error {
	return func(n *node) error {
		if n.kind != text {
			hint := ""
			if n.kind == number || n.kind == boolean {
				hint = fmt.Sprintf("put it in quotes: %q", n.text)
			}
			return r.fail(n, fmt.Sprintf("text is wanted here, not %s", n.kind), hint)
		}
		switch {
		case n.text == "":
			return r.fail(n, "the text is empty", "say something, or delete the key")
		case utf8.RuneCountInString(n.text) > longest:
			return r.fail(n, fmt.Sprintf("the text is longer than %d characters", longest), "")
		case strings.ContainsFunc(n.text, func(c rune) bool { return !unicode.IsGraphic(c) }):
			return r.fail(n, "the text holds a line break, or an invisible or control character", "delete it")
		}
		*to = n.text
		return nil
	}
}

// word reads text that must be one of the known words. The hint stands in where
// none of them is close and they are too many to list.
func (r *reader) word(n *node, what string, known []string, hint string) (string, error) {
	var s string
	if err := r.exact(&s, maxText)(n); err != nil {
		return "", err
	}
	if !slices.Contains(known, s) {
		return "", r.fail(n, fmt.Sprintf("unknown %s %s", what, quote(s)), cmp.Or(didYouMean(s, known), hint))
	}
	return s, nil
}
