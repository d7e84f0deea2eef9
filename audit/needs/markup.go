package needs

import (
	"bytes"
	"path"
	"strings"
)

// isPage reports whether a file is a page, which is read for the scripts in it: no
// other file imports it, and one without a trace of Google's APIs says nothing.
func isPage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm":
		return true
	}
	return false
}

// isMarkup reports whether a file holds its program in elements for scripts: a
// page, or a component of Vue or Svelte.
func isMarkup(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".vue", ".svelte":
		return true
	}
	return isPage(name)
}

// pageTraces are what tracesOf has for scripts, but for what pages have of Google
// that need no scope: its fonts and libraries lie at googleapis.com, too.
var pageTraces = newWordSet([]string{"googleapis.com/auth/", "www.googleapis.com/", "gmail.googleapis.com", "people.googleapis.com", "tasks.googleapis.com",
	"sheets.googleapis.com", "docs.googleapis.com", "gapi.", "google.accounts", "mail.google.com/", "GoogleAuthProvider"})

// scriptsOnly blanks out all of a text that is no script, so that what is left
// stands where it stood.
func scriptsOnly(text []byte) {
	const begin, end = "<script", "</script"
	at := 0                 // up to which it is done
	comment, open := -1, -1 // the next of each from there, each looked for once
	next := func(place int, find func([]byte) int) int {
		if place >= at {
			return place
		}
		if n := find(text[at:]); n >= 0 {
			return at + n
		}
		return len(text)
	}
	for {
		comment = next(comment, func(rest []byte) int { return bytes.Index(rest, []byte("<!--")) })
		open = next(open, func(rest []byte) int { return indexFold(rest, begin) })
		if comment < open {
			n := bytes.Index(text[comment:], []byte("-->"))
			if n < 0 {
				break
			}
			blank(text[at : comment+n])
			at = comment + n
			continue
		}
		tag := bytes.IndexByte(text[open:], '>')
		if tag < 0 {
			break
		}
		body := open + tag + 1
		n := indexFold(text[body:], end)
		if n < 0 {
			n = len(text) - body
		}
		if isScript(text[open+len(begin) : open+tag]) {
			blank(text[at:body])
		} else {
			blank(text[at : body+n])
		}
		at = body + n
	}
	blank(text[at:])
}

// isScript reports whether an element with these attributes holds a program, and
// no data or template.
func isScript(attributes []byte) bool {
	i := indexFold(attributes, "type=")
	if i < 0 {
		return true
	}
	kind := strings.ToLower(strings.Trim(string(attributes[i+len("type="):]), `"' `))
	kind, _, _ = strings.Cut(kind, `"`)
	kind, _, _ = strings.Cut(kind, `'`)
	for _, word := range [...]string{"javascript", "module", "babel", "jsx", "typescript", "ecmascript"} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return kind == ""
}

// blank puts spaces for all but the ends of lines.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' && c != '\r' {
			text[i] = ' '
		}
	}
}

// indexFold finds a word in lower case, in whatever case it is written.
func indexFold(text []byte, word string) int {
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], word[0])
		if word[0] != '<' {
			if upper := bytes.IndexByte(text[at:], word[0]-'a'+'A'); n < 0 || upper >= 0 && upper < n {
				n = upper
			}
		}
		if n < 0 || at+n+len(word) > len(text) {
			return -1
		}
		if at += n; strings.EqualFold(string(text[at:at+len(word)]), word) {
			return at
		}
		at++
	}
}
