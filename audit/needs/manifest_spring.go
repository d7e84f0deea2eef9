package needs

import (
	"bytes"
	"path"
	"strings"
)

// isSpringConfig reports whether a file is by its name the configuration of an
// application that Spring Boot runs: application.yml, application-dev.properties.
func isSpringConfig(name string) bool {
	base := path.Base(name)
	if !strings.HasPrefix(base, "application") {
		return false
	}
	switch path.Ext(base) {
	case ".yml", ".yaml", propertiesExt:
		return true
	}
	return false
}

const propertiesExt = ".properties"

// springScopes finds the scopes that a client of Google is registered with; those of
// other registrations are passed over. Source:
// https://docs.spring.io/spring-security/reference/servlet/oauth2/login/core.html
func springScopes(name string, text []byte) []*node {
	s := springReader{text: text}
	read := s.line
	if path.Ext(name) == propertiesExt {
		read = s.property
	}
	for at := 0; at < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		read(at, end)
		at = end + 1
	}
	s.finish()
	return s.found
}

// springReader goes through a configuration line by line. It knows as much of YAML
// as such lists are written in: mappings, lists of either form, and comments.
type springReader struct {
	text  []byte
	keys  []springKey // those around the line
	owner string      // the registration at hand
	list  []*node     // its scopes
	open  bool        // the next line may go on with them
	found []*node
}

type springKey struct {
	name   string
	indent int
}

// line reads one line of YAML.
func (s *springReader) line(start, end int) {
	from, to := s.trimmed(start, end)
	if from == to || s.text[from] == '#' {
		return
	}
	if s.open && s.text[from] == '-' && (from+1 == to || s.text[from+1] == ' ') {
		s.take(from+1, to)
		return
	}
	s.open = false
	colon := bytes.IndexByte(s.text[from:to], ':')
	if colon < 0 {
		return
	}
	indent := from - start
	for len(s.keys) > 0 && s.keys[len(s.keys)-1].indent >= indent {
		s.keys = s.keys[:len(s.keys)-1]
	}
	s.keys = append(s.keys, springKey{strings.Trim(string(s.text[from:from+colon]), `"' `), indent})
	var names []string
	for _, k := range s.keys {
		names = append(names, k.name)
	}
	if s.begins(strings.Join(names, ".")) {
		s.take(from+colon+1, to)
	}
}

// property reads one line of a file of properties, which a backslash at its end
// continues.
func (s *springReader) property(start, end int) {
	from, to := s.trimmed(start, end)
	if from == to || s.text[from] == '#' || s.text[from] == '!' {
		s.open = false
		return
	}
	continued := s.text[to-1] == '\\'
	if !s.open {
		sign := bytes.IndexAny(s.text[from:to], "=:")
		if sign < 0 || !s.begins(strings.TrimSpace(string(s.text[from:from+sign]))) {
			return
		}
		from += sign + 1
	}
	s.take(from, to)
	s.open = continued
}

// begins reports whether a key is that of a list of scopes.
func (s *springReader) begins(key string) bool {
	owner, found := strings.CutSuffix(key, ".scope")
	i := strings.LastIndexByte(owner, '.')
	if !found || i < 0 || !strings.HasSuffix(owner[:i], "oauth2.client.registration") {
		return false
	}
	s.finish()
	s.owner, s.open = owner[i+1:], true
	return true
}

// take adds the scopes that a part of a line names.
func (s *springReader) take(from, to int) {
	const between = " \t\r,[]\"'\\"
	for from < to && s.text[from] != '#' {
		n := bytes.IndexAny(s.text[from:to], between)
		if n < 0 {
			n = to - from
		}
		if n > 0 {
			s.list = append(s.list, &node{kind: kString, text: string(s.text[from : from+n]), pos: int32(from), end: int32(from + n)})
		}
		from += max(n, 1)
	}
}

// finish ends a list, which counts if it is for Google.
func (s *springReader) finish() {
	google := s.owner == "google"
	for _, p := range s.list {
		google = google || contains([]byte(p.text), addresses[:])
	}
	if google {
		s.found = append(s.found, s.list...)
	}
	s.owner, s.list, s.open = "", nil, false
}

// trimmed leaves out the white space around a part of the text.
func (s *springReader) trimmed(from, to int) (int, int) {
	part := bytes.TrimLeft(s.text[from:to], " \t\r")
	from = to - len(part)
	return from, from + len(bytes.TrimRight(part, " \t\r"))
}
