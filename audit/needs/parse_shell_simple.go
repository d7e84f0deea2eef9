package needs

import "strings"

// simple reads assignments, or a command with its words.
func (p *shellParser) simple(pos int) *node {
	mark := len(p.stack)
	var assigned []*node
	for p.at < len(p.text) {
		p.space()
		if p.at >= len(p.text) || strings.IndexByte("\n;&|)", p.text[p.at]) >= 0 || p.back && p.text[p.at] == '`' {
			if p.at+1 < len(p.text) && p.text[p.at] == '&' && p.text[p.at+1] == '>' {
				p.at++
				continue
			}
			break
		}
		if c := p.text[p.at]; c == '<' || c == '>' {
			p.redirect()
			continue
		}
		if name := p.assigns(); name != "" && (len(p.stack) == mark || declaresName(p.stack[mark])) {
			n := p.assign(name)
			if len(p.stack) > mark && isLocal(p.stack[mark].text) {
				n.text = declares
			}
			assigned = append(assigned, n)
			continue
		}
		before := p.at
		p.push(p.word())
		if p.at == before {
			p.at++
		}
	}
	if len(p.stack) > mark && !(len(assigned) > 0 && declaresName(p.stack[mark])) {
		if first := p.stack[mark]; first.kind == kString { // a command, not a text
			p.stack[mark] = p.node(kName, first.pos, first.end, first.text)
		}
		call := p.done(kCall, pos, "", mark)
		call.pos, call.end = call.kids[0].pos, call.kids[len(call.kids)-1].end
		if len(assigned) == 0 {
			return call
		}
		p.stack = append(append(p.stack, assigned...), call)
		return p.done(kOther, pos, "", mark)
	}
	p.stack = append(p.stack[:mark], assigned...)
	if len(assigned) == 1 {
		p.stack = p.stack[:mark]
		return assigned[0]
	}
	return p.done(kOther, pos, "", mark)
}

// declaresName reports whether a command's words may be assignments.
func declaresName(n *node) bool {
	return n.text == "export" || n.text == "readonly" || isLocal(n.text)
}

// isLocal reports whether a command makes names that a function keeps to itself.
func isLocal(command string) bool {
	return command == "local" || command == "declare" || command == "typeset"
}

// assigns gives the name that the next word assigns to, with what is between it
// and the value; empty if it assigns nothing.
func (p *shellParser) assigns() string {
	end := p.at
	for end < len(p.text) && identByte(p.text[end]) && p.text[end] < 0x80 && p.text[end] != '$' {
		end++
	}
	if end == p.at || p.text[p.at] <= '9' {
		return ""
	}
	if strings.HasPrefix(p.text[end:], "=") || strings.HasPrefix(p.text[end:], "+=") {
		return p.text[p.at:end]
	}
	return ""
}

func (p *shellParser) assign(name string) *node {
	pos := p.at
	target := p.node(kName, int32(pos), int32(pos+len(name)), name)
	p.at += len(name)
	op := "="
	if p.text[p.at] == '+' {
		op = "+="
		p.at++
	}
	p.at++
	var value *node
	if p.has("(") {
		at, mark := p.at, len(p.stack)
		p.at++
		for p.lines(); p.at < len(p.text) && p.text[p.at] != ')'; p.lines() {
			before := p.at
			p.push(p.word())
			if p.at == before {
				p.at++
			}
		}
		p.close(')')
		value = p.done(kList, at, "", mark)
	} else {
		value = p.word()
	}
	return p.node(kAssign, int32(pos), int32(p.at), op, target, value)
}

// redirect passes over one, or notes a here-document.
func (p *shellParser) redirect() {
	pos := p.at
	switch {
	case p.has("<<<"):
		p.at += 3
		p.space()
		value := p.word()
		p.push(p.node(kKeyword, int32(pos), int32(p.at), "<<", value))
	case p.has("<<"):
		p.at += 2
		var h hereDoc
		if p.has("-") {
			h.tabs = true
			p.at++
		}
		p.space()
		from := p.at
		for p.at < len(p.text) && !strings.ContainsRune(" \t\r\n;&|)<>", rune(p.text[p.at])) {
			p.at++
		}
		word := p.text[from:p.at]
		h.end = strings.Trim(word, `"'\`)
		h.raw = h.end != word
		h.into = p.node(kKeyword, int32(pos), int32(p.at), "<<", p.node(kOther, int32(pos), int32(p.at), ""))
		p.push(h.into)
		if h.end != "" {
			p.pending = append(p.pending, h)
		}
	case p.has("<(") || p.has(">("):
		p.push(p.word())
	default:
		for p.at < len(p.text) && strings.ContainsRune("<>&|", rune(p.text[p.at])) {
			p.at++
		}
		p.space()
		p.word()
	}
}

// hereDocs reads those that begin here.
func (p *shellParser) hereDocs() {
	for _, h := range p.pending {
		from, to := p.at, len(p.text)
		for at := p.at; ; {
			end := len(p.text)
			if n := strings.IndexByte(p.text[at:], '\n'); n >= 0 {
				end = at + n
			}
			line := strings.TrimSuffix(p.text[at:end], "\r")
			if h.tabs {
				line = strings.TrimLeft(line, "\t")
			}
			if line == h.end {
				to, p.at = at, end
				break
			}
			if end == len(p.text) {
				p.at = end
				break
			}
			at = end + 1
		}
		if h.raw {
			h.into.kids[0] = p.node(kString, int32(from), int32(to), p.text[from:to])
			continue
		}
		h.into.kids[0] = p.quoted(from, to)
	}
	p.pending = p.pending[:0]
}
