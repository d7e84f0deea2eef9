package needs

import "strings"

// strings reads one string, or several side by side.
func (p *pythonParser) strings() *node {
	pos, mark := p.tok().pos, len(p.stack)
	for p.tok().kind == tString {
		t := p.next()
		prefix, text := unquote(p.src(t))
		if strings.ContainsAny(prefix, "ft") {
			p.formatted(text, t)
		} else {
			p.push(p.node(kString, t.pos, t.end, text))
		}
	}
	if len(p.stack) == mark+1 {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		return n
	}
	return p.done(kTemplate, pos, "", mark)
}

// formatted takes an f-string apart. What stands in its braces is read as an
// expression; it stands where the string does.
func (p *pythonParser) formatted(text string, t token) {
	mark := len(p.stack)
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			p.push(p.node(kString, t.pos, t.end, literal.String()))
			literal.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			literal.WriteByte(c)
			i++
			continue
		}
		if c != '{' {
			literal.WriteByte(c)
			continue
		}
		end, depth := i+1, 1
		for ; end < len(text); end++ {
			if text[end] == '{' {
				depth++
			} else if text[end] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		flush()
		p.push(p.embedded(text[i+1:min(end, len(text))], t))
		i = end
	}
	flush()
	n := p.done(kTemplate, t.pos, "", mark)
	n.end = t.end
	p.push(n)
}

// maxEmbedded is how long an expression in a string is read.
const maxEmbedded = 4096

func (p *pythonParser) embedded(text string, t token) *node {
	if p.depth > 8 && p.depth+10 > maxNesting || len(text) > maxEmbedded {
		return p.node(kOther, t.pos, t.end, "")
	}
	inner := &pythonParser{parser: parser{text: text, tokens: lexPython([]byte(text), false).tokens, depth: p.depth + 10}}
	inner.arena, p.arena = p.arena, arena{}
	n := inner.expression()
	p.arena = inner.arena
	settle(n, t)
	return n
}
