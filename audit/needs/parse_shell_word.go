package needs

import "strings"

// word reads one word: a text, a name, or what is put together of both. An option
// with its value becomes a named argument.
func (p *shellParser) word() *node {
	pos, mark := p.at, len(p.stack)
	var plain strings.Builder
	from := p.at
	flush := func() {
		if plain.Len() > 0 {
			p.push(p.node(kString, int32(from), int32(p.at), plain.String()))
			plain.Reset()
		}
		from = p.at
	}
	option := ""
	for p.at < len(p.text) {
		c := p.text[p.at]
		if strings.IndexByte(" \t\r\n;&|()<>", c) >= 0 || c == '`' && p.back {
			if (c == '<' || c == '>') && p.at == pos && p.at+1 < len(p.text) && p.text[p.at+1] == '(' {
				p.at++
				p.push(p.substitution())
			}
			break
		}
		switch {
		case c == '\\':
			if p.at+1 < len(p.text) && p.text[p.at+1] != '\n' {
				plain.WriteByte(p.text[p.at+1])
			}
			p.at = min(p.at+2, len(p.text))
		case c == '\'':
			end := len(p.text)
			if n := strings.IndexByte(p.text[p.at+1:], '\''); n >= 0 {
				end = p.at + 1 + n
			}
			plain.WriteString(p.text[p.at+1 : end])
			p.at = min(end+1, len(p.text))
		case c == '"':
			flush()
			end := p.quoteEnd(p.at + 1)
			p.push(p.quoted(p.at+1, end))
			p.at = min(end+1, len(p.text))
			from = p.at
		case c == '$' && p.expands(p.at):
			flush()
			p.push(p.expansion())
			from = p.at
		case c == '`':
			flush()
			p.push(p.substitution())
			from = p.at
		case c == '=' && option == "" && len(p.stack) == mark && strings.HasPrefix(plain.String(), "--"):
			option = plain.String()[2:]
			plain.Reset()
			p.at++
			from = p.at
		default:
			end := p.at + 1
			for end < len(p.text) && p.text[end] != '=' && !special(p.text[end]) {
				end++
			}
			plain.WriteString(p.text[p.at:end])
			p.at = end
		}
	}
	flush()
	n := p.together(pos, mark)
	if option != "" {
		return p.node(kKeyword, int32(pos), int32(p.at), option, n)
	}
	return n
}

// together makes one node of the parts of a word.
func (p *shellParser) together(pos, mark int) *node {
	switch parts := p.stack[mark:]; len(parts) {
	case 0:
		return p.node(kString, int32(pos), int32(p.at), "")
	case 1:
		n := parts[0]
		p.stack = p.stack[:mark]
		return n
	}
	return p.done(kTemplate, pos, "", mark)
}

// quoteEnd finds the closing quote, past what is expanded before it.
func (p *shellParser) quoteEnd(i int) int {
	depth := 0
	for ; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			return i
		case c == '(' && (depth > 0 || p.text[i-1] == '$'):
			depth++
		case c == ')' && depth > 0:
			depth--
		}
	}
	return len(p.text)
}

// quoted reads a text in which names are expanded.
func (p *shellParser) quoted(from, to int) *node {
	p.depth++
	defer func() { p.depth-- }()
	to = min(to, len(p.text))
	if p.depth > maxNesting {
		return p.node(kOther, int32(from), int32(to), "")
	}
	text, at := p.text, p.at
	p.text, p.at = text[:to], from
	mark := len(p.stack)
	var plain strings.Builder
	begin := from
	flush := func() {
		if plain.Len() > 0 {
			p.push(p.node(kString, int32(begin), int32(p.at), plain.String()))
			plain.Reset()
		}
	}
	for p.at < to {
		switch c := p.text[p.at]; {
		case c == '\\' && p.at+1 < to:
			if next := p.text[p.at+1]; next != '\n' {
				if strings.IndexByte("$`\"\\", next) < 0 {
					plain.WriteByte(c)
				}
				plain.WriteByte(next)
			}
			p.at += 2
		case c == '$' && p.expands(p.at):
			flush()
			p.push(p.expansion())
			begin = p.at
		case c == '`':
			flush()
			p.push(p.substitution())
			begin = p.at
		default:
			end := p.at + 1
			for end < to && p.text[end] != '\\' && p.text[end] != '$' && p.text[end] != '`' {
				end++
			}
			plain.WriteString(p.text[p.at:end])
			p.at = end
		}
	}
	flush()
	p.at = to
	n := p.together(from, mark)
	p.text, p.at = text, at
	return n
}

// expands reports whether a dollar at i begins an expansion.
func (p *shellParser) expands(i int) bool {
	return i+1 < len(p.text) && (identByte(p.text[i+1]) || strings.IndexByte("{(@*#?", p.text[i+1]) >= 0)
}

// expansion reads $name, ${name} with what may follow the name, or $(…).
func (p *shellParser) expansion() *node {
	pos := p.at
	if p.has("$((") {
		p.until("))")
		return p.node(kOther, int32(pos), int32(p.at), "")
	}
	if p.has("$(") {
		p.at++
		return p.substitution()
	}
	p.at++
	if !p.has("{") {
		end := p.at
		for end < len(p.text) && identByte(p.text[end]) && p.text[end] < 0x80 && p.text[end] != '$' {
			end++
		}
		if end > p.at && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			end = p.at + 1
			p.params = max(p.params, int(p.text[p.at]-'0'))
		}
		name := p.text[p.at:end]
		if p.has("@") || p.has("*") {
			p.at++
			return p.node(kOther, int32(pos), int32(p.at), allWords)
		}
		p.at = max(end, min(p.at+1, len(p.text)))
		if name == "" {
			return p.node(kOther, int32(pos), int32(p.at), "")
		}
		return p.node(kName, int32(pos), int32(p.at), name)
	}
	end, depth := p.at, 0
	for ; end < len(p.text); end++ {
		if p.text[end] == '{' {
			depth++
		} else if p.text[end] == '}' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	from := p.at + 1
	stop := from
	for stop < end && identByte(p.text[stop]) && p.text[stop] < 0x80 {
		stop++
	}
	name, rest := p.text[min(from, end):stop], p.text[min(stop, end):end]
	p.at = min(end+1, len(p.text))
	if rest == "@" || rest == "*" {
		return p.node(kOther, int32(pos), int32(p.at), allWords)
	}
	if from, found := strings.CutPrefix(rest, "@:"); found && small(from) > 0 { // "${@:2}"
		return p.node(kOther, int32(pos), int32(p.at), allWords, p.node(kConst, int32(pos), int32(p.at), from))
	}
	if name == "" {
		return p.node(kOther, int32(pos), int32(p.at), "")
	}
	if rest == "[@]" || rest == "[*]" {
		return p.node(kSpread, int32(pos), int32(p.at), "", p.node(kName, int32(pos), int32(p.at), name))
	}
	if len(name) == 1 && name[0] <= '9' {
		p.params = max(p.params, int(name[0]-'0'))
	}
	n := p.node(kName, int32(pos), int32(p.at), name)
	for _, op := range [...]string{":-", ":=", "-", "="} {
		if strings.HasPrefix(rest, op) {
			return p.node(kBinary, int32(pos), int32(p.at), "or", n, p.quoted(stop+len(op), end))
		}
	}
	return n
}

// substitution reads the commands in $(…) or between backquotes. Its value is
// known where it only echoes.
func (p *shellParser) substitution() *node {
	pos := p.at
	p.depth++
	defer func() { p.depth-- }()
	c := p.text[p.at]
	p.at++
	if p.depth > maxNesting {
		return p.node(kOther, int32(pos), int32(p.at), "")
	}
	mark, outer := len(p.stack), p.back
	p.back = c == '`'
	p.list()
	p.back = outer
	if closing := byte(')'); p.at < len(p.text) && (p.text[p.at] == closing || c == '`' && p.text[p.at] == '`') {
		p.at++
	}
	n := p.done(kOther, pos, "", mark)
	if len(n.kids) > 0 {
		if last := n.kids[len(n.kids)-1]; last.kind == kCall && len(last.kids) == 2 && last.kids[0].text == "echo" {
			return p.node(kBinary, n.pos, n.end, "last", n, last.kids[1])
		}
	}
	return n
}

// allWords is the text of what stands for all that a function, or a script, is
// given.
const allWords = "@"
