package needs

import "strings"

// parseHTTP reads a file of requests as editors run them. A request becomes the
// command of a shell that sends it, and a variable of the file one of the script.
// It never fails: what it does not know it passes over. Sources:
// https://github.com/Huachao/vscode-restclient,
// https://www.jetbrains.com/help/idea/exploring-http-syntax.html
func parseHTTP(text []byte) (*parsed, []spot) {
	p := &httpParser{arena: arena{expected: len(text) / 16}, text: string(text)}
	for at := 0; at < len(p.text); {
		end := lineEnd(text, at)
		p.line(at, end)
		at = end + 1
	}
	p.send()
	body := p.node(kBlock, 0, int32(len(text)), "", p.body...)
	return &parsed{body: body, nodes: p.count, calls: p.calls, steps: p.count}, p.comments
}

type httpParser struct {
	arena
	text     string
	comments []spot
	body     []*node
	request  httpRequest
	state    httpState
}

// httpState says what the next line may be.
type httpState uint8

const (
	beforeRequest httpState = iota
	inHeaders               // or the address goes on
	inBody
)

// httpRequest is the one at hand.
type httpRequest struct {
	pos, end int
	verb     string
	host     *node
	address  []*node
	given    []*node // options of the command: headers, and data with a scope
}

// line reads one line, without its end.
func (p *httpParser) line(at, end int) {
	at, end = p.trim(at, end)
	line := p.text[at:end]
	switch {
	case strings.HasPrefix(line, "###"):
		p.send()
		p.comments = append(p.comments, spot{int32(at), int32(end)})
	case p.state != inBody && (strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")):
		p.comments = append(p.comments, spot{int32(at), int32(end)})
	case strings.HasPrefix(line, "@") && strings.Contains(line, "="):
		p.variable(at, end)
	case p.state == beforeRequest:
		p.begin(at, end)
	case p.state == inBody:
		if strings.Contains(line, "scope=") {
			p.option("-d", at, end)
		}
	case line == "":
		p.state = inBody
	case line[0] == '?' || line[0] == '&':
		p.address(at, end)
	default:
		p.header(at, end)
	}
}

// trim leaves out the white space around a part of the text.
func (p *httpParser) trim(at, end int) (int, int) {
	rest := strings.TrimLeft(p.text[at:end], " \t\r")
	at = end - len(rest)
	return at, at + len(strings.TrimRight(rest, " \t\r"))
}

// variable reads @name = value.
func (p *httpParser) variable(at, end int) {
	equals := at + strings.IndexByte(p.text[at:end], '=')
	from, to := p.trim(at+1, equals)
	name := p.node(kName, int32(from), int32(to), p.text[from:to])
	from, to = p.trim(equals+1, end)
	p.body = append(p.body, p.node(kAssign, int32(at), int32(end), "=", name, p.whole(p.words(from, to), from, to)))
}

// begin reads the line that a request begins with: a verb, an address and a
// version, or the address alone.
func (p *httpParser) begin(at, end int) {
	line := p.text[at:end]
	verb := line[:strings.IndexAny(line+" ", " \t")]
	switch {
	case verb != line && isVerb(verb):
		at, _ = p.trim(at+len(verb), end)
	case strings.HasPrefix(line, "https://") || strings.HasPrefix(line, "{{"):
		verb = "GET"
	default:
		return
	}
	p.request, p.state = httpRequest{pos: end - len(line), verb: verb}, inHeaders
	p.address(at, end)
}

// address reads a line of one, without the version behind it.
func (p *httpParser) address(at, end int) {
	if i := strings.LastIndexAny(p.text[at:end], " \t"); i >= 0 && strings.HasPrefix(p.text[at+i+1:end], "HTTP/") {
		at, end = p.trim(at, at+i)
	}
	p.request.address = append(p.request.address, p.words(at, end)...)
	p.request.end = end
}

func isVerb(word string) bool {
	switch word {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS":
		return true
	}
	return false
}

// header reads one; the host counts where the address has none.
func (p *httpParser) header(at, end int) {
	name, value, found := strings.Cut(p.text[at:end], ":")
	if !found {
		return
	}
	if strings.EqualFold(name, "Host") {
		from, to := p.trim(end-len(value), end)
		p.request.host = p.whole(p.words(from, to), from, to)
		return
	}
	p.option("-H", at, end)
}

// option adds one of the command, with a part of the text as its value.
func (p *httpParser) option(name string, at, end int) {
	p.request.given = append(p.request.given, p.node(kString, int32(at), int32(at), name), p.whole(p.words(at, end), at, end))
}

// words takes a text apart into what is written and the {{names}} between.
func (p *httpParser) words(at, end int) []*node {
	var out []*node
	for at < end {
		open := strings.Index(p.text[at:end], "{{")
		if open < 0 {
			open = end - at
		}
		if open > 0 {
			out = append(out, p.node(kString, int32(at), int32(at+open), p.text[at:at+open]))
		}
		if at += open; at == end {
			break
		}
		size := strings.Index(p.text[at:end], "}}")
		if size < 0 {
			return append(out, p.node(kOther, int32(at), int32(end), ""))
		}
		from, to := p.trim(at+len("{{"), at+size)
		k := kName
		if strings.ContainsAny(p.text[from:to], "$.( ") || from == to { // made by the editor, or of an answer
			k = kOther
		}
		out = append(out, p.node(k, int32(from), int32(to), p.text[from:to]))
		at += size + len("}}")
	}
	return out
}

// whole makes one node of the parts of a text.
func (p *httpParser) whole(parts []*node, at, end int) *node {
	switch len(parts) {
	case 0:
		return p.node(kString, int32(at), int32(end), "")
	case 1:
		return parts[0]
	}
	return p.node(kTemplate, int32(at), int32(end), "", parts...)
}

// send ends the request at hand.
func (p *httpParser) send() {
	q := p.request
	p.request, p.state = httpRequest{}, beforeRequest
	if len(q.address) == 0 {
		return
	}
	pos, end := int32(q.pos), int32(q.end)
	if q.host != nil && strings.HasPrefix(q.address[0].text, "/") {
		q.address = append([]*node{p.node(kString, pos, pos, "https://"), q.host}, q.address...)
	}
	kids := []*node{p.node(kName, pos, pos+int32(len(q.verb)), "curl"), p.node(kString, pos, pos, "-X"), p.node(kString, pos, pos, q.verb), p.whole(q.address, q.pos, q.end)}
	p.body = append(p.body, p.node(kCall, pos, end, "", append(kids, q.given...)...))
}
