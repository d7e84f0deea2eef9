package needs

import (
	"iter"
	"path"
	"slices"
	"strings"
)

// shellCall records what a command of a shell asks for or calls: curl and its kin
// by their addresses, gcloud and oauth2l by the scopes that they are given.
func (r *recorder) shellCall(m *module, n *node) {
	if n = r.ran(m, n); n.kids[0].kind != kName {
		return
	}
	switch name := path.Base(n.kids[0].text); name {
	case "curl", "wget":
		r.sends(m, n, r.commandOf(n))
	case "http", "https", "xh", "xhs":
		c := r.commandOf(n)
		c.httpie()
		r.sends(m, n, c)
	case "gcloud":
		r.gcloud(m, n, r.commandOf(n))
	case "oauth2l":
		c := r.commandOf(n)
		arg := c.options["scope"]
		if arg == nil { // as it was before version 1.2
			list := &node{kind: kList, pos: n.pos, end: n.end, block: n.block}
			for _, w := range c.words {
				if t := texts(r.eval(w)); len(t) != 1 || t[0] != "fetch" && t[0] != "header" && t[0] != "curl" && t[0] != "reset" {
					list.kids = append(list.kids, w)
				}
			}
			if arg = list; len(list.kids) == 0 {
				return
			}
		}
		if !n.block.dead {
			r.ask(m, n, arg, name, true)
		}
	}
	if r.consents && !n.block.dead {
		r.consent(m, n)
	}
}

// command is one with its words told apart.
type command struct {
	options map[string]*node // by name, the last of each
	words   []*node          // those that are no options
	verb    string
	data    []*node
	query   bool // data goes into the address
	bearer  bool
}

// valued are the options of curl and wget that take a value in the next word.
// Source: the manual page of curl.
var valued = []string{"-A", "-b", "-c", "-C", "-d", "-D", "-e", "-E", "-F", "-H", "-K", "-m", "-o", "-Q", "-r", "-T", "-u", "-U", "-w", "-x", "-X", "-Y", "-y", "-z",
	"--request", "--header", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json", "--form", "--form-string", "--output", "--user", "--user-agent", "--referer", "--cookie",
	"--cookie-jar", "--upload-file", "--write-out", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--config", "--cacert", "--cert", "--key", "--proxy", "--oauth2-bearer", "--url",
	"--resolve", "--login-options", "--mail-from", "--mail-rcpt", "--url-query", "--method", "--post-data", "--body-data", "--output-document", "--scope", "--scopes", "--credentials", "--json-file", "--account", "--project"}

// commandOf takes a command apart.
func (r *recorder) commandOf(n *node) *command {
	c := &command{options: map[string]*node{}}
	set := func(name string, value *node) {
		c.options[name] = value
		text := ""
		if t := texts(r.eval(value)); len(t) == 1 {
			text = t[0]
		}
		switch name {
		case "X", "request", "method":
			c.verb = oneOf(r.eval(value))
		case "d", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json", "F", "form", "form-string", "post-data", "body-data":
			c.data = append(c.data, value)
		case "H", "header":
			c.bearer = c.bearer || strings.HasPrefix(strings.ToLower(text), "authorization")
		case "oauth2-bearer":
			c.bearer = true
		}
	}
	args := r.given(n)
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a.kind == kKeyword {
			if a.text != "<<" {
				set(a.text, a.kids[0])
			}
			continue
		}
		if a.kind != kString || len(a.text) < 2 || a.text[0] != '-' {
			if a.kind == kTemplate && a.kids[0].kind == kString && len(a.kids[0].text) == 2 && slices.Contains(valued, a.kids[0].text) {
				set(a.kids[0].text[1:], &node{kind: kTemplate, pos: a.pos, end: a.end, kids: a.kids[1:], block: a.block}) // -H"…$x"
				continue
			}
			c.words = append(c.words, a)
			continue
		}
		name := a.text
		if name[1] != '-' { // short ones may stand together, the last with its value
			j := 1
			for j < len(name) && !slices.Contains(valued, "-"+name[j:j+1]) {
				c.options[name[j:j+1]] = a
				j++
			}
			if j == len(name) {
				continue
			}
			if j+1 < len(name) {
				set(name[j:j+1], &node{kind: kString, text: name[j+1:], pos: a.pos, end: a.end, block: a.block})
				continue
			}
			name = "-" + name[j:]
		}
		if slices.Contains(valued, name) && i+1 < len(args) {
			i++
			set(strings.TrimLeft(name, "-"), args[i])
			continue
		}
		c.options[strings.TrimLeft(name, "-")] = a
	}
	c.query = c.options["G"] != nil || c.options["get"] != nil
	switch {
	case c.verb != "":
	case c.options["T"] != nil || c.options["upload-file"] != nil:
		c.verb = "PUT"
	case c.options["I"] != nil || c.options["head"] != nil:
		c.verb = "HEAD"
	case len(c.data) > 0 && !c.query:
		c.verb = "POST"
	default:
		c.verb = "GET"
	}
	return c
}

// isHTTPie reports whether a command is HTTPie, or one that reads words as it does.
func isHTTPie(n *node) bool {
	return slices.Contains([]string{"http", "https", "xh", "xhs"}, path.Base(n.kids[0].text))
}

// httpie reads words as HTTPie does: a verb, an address, and items.
func (c *command) httpie() {
	if len(c.words) > 0 && c.words[0].kind == kString && c.words[0].text != "" && strings.ToUpper(c.words[0].text) == c.words[0].text && !strings.ContainsAny(c.words[0].text, ".:/") {
		c.verb = c.words[0].text
		c.words = c.words[1:]
	}
	if len(c.words) == 0 {
		return
	}
	items := c.words[1:]
	c.words = c.words[:1]
	given := c.verb != "GET"
	for _, item := range items {
		text := item.text
		if item.kind == kTemplate {
			text = item.kids[0].text
		}
		i := strings.IndexAny(text, "=:@")
		switch {
		case i < 0:
		case strings.HasPrefix(text[i:], "=="):
			name, value := text[:i], item
			if item.kind == kString {
				value = &node{kind: kString, text: name + "=" + text[i+2:], pos: item.pos, end: item.end, block: item.block}
			}
			c.data, c.query = append(c.data, value), true
		case strings.HasPrefix(text[i:], ":="), text[i] == '=':
			if !given {
				c.verb = "POST"
			}
		case text[i] == ':':
			c.bearer = c.bearer || strings.EqualFold(text[:i], "authorization")
		}
	}
}

// sends records the requests of a command.
func (r *recorder) sends(m *module, n *node, c *command) {
	for url := range r.addresses(c) {
		for _, scheme := range [...]string{"imaps", "smtps", "smtp", "pop3s"} {
			if rest, found := strings.CutPrefix(url, scheme+"://"); found && strings.Contains(rest, ".gmail.com") && r.signsIn(c) {
				r.mailCall(m, n, strings.TrimRight(strings.TrimSuffix(scheme, "s"), "3"))
			}
		}
		if strings.Contains(url, "oauth2") || strings.Contains(url, "accounts.google.com") {
			r.grants(m, n, c.data)
		}
	}
	r.send(n, func() {
		c := r.commandOf(n)
		if isHTTPie(n) {
			c.httpie()
		}
		for url := range r.addresses(c) {
			if url == "" {
				if c.bearer && r.bearer {
					r.unsent("the address that a token is sent to is computed")
				}
				continue
			}
			if !strings.Contains(url, "://") {
				url = "https://" + url
			}
			if c.query {
				url = withQuery(url, r.all(c.data))
			}
			r.address(n, c.verb, url)
		}
	})
}

// addresses are the words of a command that may be one; empty where it is
// computed.
func (r *recorder) addresses(c *command) iter.Seq[string] {
	return func(yield func(string) bool) {
		words := c.words
		if url := c.options["url"]; url != nil {
			words = append(words, url)
		}
		for _, w := range words {
			for _, v := range r.eval(w) {
				text := v.text
				if v.kind != vString || strings.HasPrefix(text, unknownPart) {
					text = ""
				}
				if (v.kind == vString || v.kind == vUnknown) && !yield(text) {
					return
				}
			}
		}
	}
}

// all are the texts of some words.
func (r *recorder) all(words []*node) []string {
	var out []string
	for _, w := range words {
		for _, v := range r.eval(w) {
			if v.kind == vString {
				out = append(out, v.text)
			}
		}
	}
	return out
}

func withQuery(url string, query []string) string {
	if len(query) == 0 {
		return url
	}
	mark := "?"
	if strings.Contains(url, "?") {
		mark = "&"
	}
	return url + mark + strings.Join(query, "&")
}

// signsIn reports whether a command opens a mailbox with a token.
func (r *recorder) signsIn(c *command) bool {
	if c.options["oauth2-bearer"] != nil {
		return true
	}
	return slices.ContainsFunc(r.all([]*node{c.options["login-options"]}), func(s string) bool { return strings.Contains(s, "OAUTH") })
}

// gcloud records the scopes that gcloud is told to ask for. Source:
// https://cloud.google.com/sdk/gcloud/reference/auth
func (r *recorder) gcloud(m *module, n *node, c *command) {
	if n.block.dead {
		return
	}
	if arg := c.options["scopes"]; arg != nil {
		r.ask(m, n, arg, "gcloud", true)
	}
	if len(c.words) > 1 && c.words[0].text == "auth" && c.options["enable-gdrive-access"] != nil {
		r.byDefault(m, n, []string{"drive"}, "gcloud --enable-gdrive-access")
	}
}

// sources are the scripts that one reads in, by the end of their path, from a
// slash on.
func (m *module) sources() []string {
	var out []string
	for _, n := range m.calls {
		if m.language != shell || len(n.kids) < 2 || n.kids[0].text != "source" && n.kids[0].text != "." {
			continue
		}
		arg := n.kids[1]
		if arg.kind == kTemplate {
			arg = arg.kids[len(arg.kids)-1]
		}
		if arg.kind == kString {
			out = append(out, path.Clean("/"+arg.text)) // no ./ and ../, of which it is not known where they begin
		}
	}
	return out
}

// sharedByScripts gives what a name is among scripts that read each other in: a
// function, or what any of them assigns to it.
func (e *engine) sharedByScripts(name string) []value {
	for _, m := range e.modules {
		if bs := m.top.names.of(name); m.language == shell && len(bs) > 0 && bs[0].how == byFunc {
			return e.atEnd(bs)
		}
	}
	if bs := e.shared[name]; len(bs) > 0 {
		return e.atEnd(bs)
	}
	return []value{{kind: vUnknown, text: name}}
}
