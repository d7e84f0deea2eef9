package needs

import (
	"bytes"
	"strings"
)

// commented looks for calls in what was commented out.
func (r *recorder) commented(m *module) {
	for i := 0; i < len(m.comments); {
		j := i + 1
		for j < len(m.comments) && adjacent(m.text, m.comments[j-1], m.comments[j]) {
			j++
		}
		first, last := m.comments[i], m.comments[j-1]
		block := m.text[first.pos:last.end]
		i = j
		if !contains(block, []string{"().", ".execute", ".Do(", "({", "App.", "googleapis.com"}) && !(r.cloud && bytes.IndexByte(block, '(') > 0) {
			continue
		}
		text := uncomment(block)
		if behindCode(m.text, int(first.pos)) {
			blankWords(text)
		}
		before := int32(0)
		if m.language != python {
			text = bytes.TrimSuffix(text, []byte("*/"))
		}
		if m.language == golang {
			const head = "package p; func _() {"
			before = int32(len(head))
			text = append(append([]byte(head), text...), "\n}"...)
		}
		inner := &module{source: source{path: m.path, text: text}, language: m.language, http: m.http}
		tree, _ := inner.parse(text)
		bind(inner, tree.body)
		for _, n := range inner.calls {
			if m.language == shell {
				r.commentedOut(m, inner, n, int(first.pos))
				continue
			}
			if b, names := r.builtinOf(inner, n); b != nil {
				if bytes.HasPrefix(block, []byte("/**")) {
					continue // what documents names services, and was no code
				}
				for _, name := range names {
					c := r.builtinCall(b, name)
					c.State, c.Text, c.At = Commented, inner.quote(n.pos, n.end), m.location(int(first.pos+n.pos), int(first.pos+n.end))
					r.program.Calls = append(r.program.Calls, c)
				}
				continue
			}
			if n.kids[0].kind != kAttr || !r.mayCall(n.kids[0]) {
				continue
			}
			for _, v := range r.orRPC(n, r.eval(n)) {
				if v.kind != vRequest || v.origin != n {
					continue
				}
				c := Call{Method: v.text, API: v.api, State: Commented, Text: inner.quote(n.pos, n.end), facts: r.facts(n, v.text)}
				c.At = m.location(int(first.pos+n.pos-before), int(first.pos+n.end-before))
				r.judge(&c)
				r.program.Calls = append(r.program.Calls, c)
			}
		}
	}
}

// behindCode reports whether a comment follows something on its line.
func behindCode(text []byte, at int) bool {
	return len(bytes.TrimSpace(text[bytes.LastIndexByte(text[:at], '\n')+1:at])) > 0
}

// blankWords blanks the words before the code of a comment, such as a remark
// that stands behind code begins with.
func blankWords(text []byte) {
	for i := 0; i < len(text); {
		c := text[i]
		if c == ' ' || c == ',' || c == ':' {
			i++
			continue
		}
		end := i
		if identStart(c) {
			end = identEnd(text, i)
		}
		if end == i || end < len(text) && (text[end] == '.' || text[end] == '(') {
			if end > i {
				for j := range i {
					text[j] = ' '
				}
			}
			return
		}
		i = end
	}
}

// commentedOut records what a command would send that was commented out.
func (r *recorder) commentedOut(m, inner *module, n *node, before int) {
	calls, failed := len(r.program.Calls), len(r.program.Unresolved)
	if c := r.commandOf(n); n.kids[0].text == "curl" {
		r.sends(inner, n, c)
	}
	r.program.Unresolved = r.program.Unresolved[:failed]
	for i := calls; i < len(r.program.Calls); i++ {
		c := &r.program.Calls[i]
		c.State, c.At = Commented, m.location(before+int(n.pos), before+int(n.end))
	}
}

// adjacent reports whether there is only white space, and one line end, between
// two comments.
func adjacent(text []byte, a, b spot) bool {
	between := string(text[a.end:b.pos])
	return strings.TrimSpace(between) == "" && strings.Count(between, "\n") <= 1
}

// uncomment blanks what makes lines comments, so that each byte stays in its
// place.
func uncomment(block []byte) []byte {
	text := bytes.Clone(block)
	start := true
	for i, c := range text {
		switch {
		case c == '\n':
			start = true
		case start && (c == '#' || c == '/' || c == '*'):
			text[i] = ' '
		case c != ' ' && c != '\t':
			start = false
		}
	}
	return text
}
