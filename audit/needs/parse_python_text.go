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
	return p.several(kTemplate, pos, mark)
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
		end := braceEnd(text, i+1)
		flush()
		p.push(p.embedded(text[i+1:end], t))
		i = end
	}
	flush()
	n := p.done(kTemplate, t.pos, "", mark)
	n.end = t.end
	p.push(n)
}

func (p *pythonParser) embedded(text string, t token) *node {
	if !p.embeds(text) {
		return p.node(kOther, t.pos, t.end, "")
	}
	return p.inner(&newPythonParser(lexPython(text, false), p.depth+deeper).parser, t)
}
