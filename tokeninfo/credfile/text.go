package credfile

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// Caps on text.
const (
	maxNesting = 64      // braces whose keys are kept apart
	maxKey     = 64      // bytes of a key that is looked at
	maxScalar  = 8 << 10 // bytes of one value
)

// readText finds credentials by their keys in source, settings files and
// notebooks (row 29). Keys that stand in the same pair of braces, or outside of
// all, are taken together; a second value for the same secret begins another
// credential. With dropOuter, the outermost braces are passed over: those of a
// JSON document have been judged already.
func readText(views []decode.View, dropOuter bool) []tokeninfo.Credential {
	var out []tokeninfo.Credential
	met := map[string]bool{} // a notebook may print what its source holds
	for _, v := range views {
		s := scanner{data: v.Data}
		s.scan()
		slices.SortStableFunc(s.done, func(a, b group) int { return a.start - b.start })
		line, at := 1, 0
		for _, g := range s.done {
			id := g.cred.RefreshToken.Reveal() + "\n" + g.cred.AccessToken.Reveal() + "\n" + g.cred.PrivateKey.Reveal()
			if dropOuter && g.depth <= 1 || met[id] || len(out) == maxCredentials || !within(v.Ranges, g.start, g.end) {
				continue
			}
			met[id] = true
			c := g.cred
			if v.Place != nil {
				c.Place = v.Place(g.start, g.end)
			} else {
				line += bytes.Count(v.Data[at:g.start], []byte("\n"))
				at = g.start
				c.Place = rules.Location{Line: line}
			}
			out = append(out, c)
		}
	}
	return out
}

// within says whether [start, end) touches one of the ranges; nil means that all
// is to be read. What lies outside was read as a view of its own: a notebook's
// cells, which its file shows a second time, escaped and in pieces.
func within(ranges []decode.Range, start, end int) bool {
	if ranges == nil {
		return true
	}
	return slices.ContainsFunc(ranges, func(r decode.Range) bool { return start < r.End && r.Start < end })
}

// group is what stands in one pair of braces.
type group struct {
	cred       tokeninfo.Credential
	start, end int
	depth      int
	any        bool
}

// scanner reads a text once, from left to right.
type scanner struct {
	data  []byte
	open  []group
	extra int // braces past maxNesting
	done  []group
	// wasted counts bytes that were looked through for scopes in vain.
	wasted int
}

func (s *scanner) scan() {
	s.open = append(s.open, group{})
	for i := 0; i < len(s.data); {
		switch c := s.data[i]; {
		case c == '{' && (i == 0 || s.data[i-1] != '$'):
			if len(s.open) < maxNesting {
				s.open = append(s.open, group{depth: len(s.open)})
			} else {
				s.extra++
			}
			i++
		case c == '}':
			if s.extra > 0 {
				s.extra--
			} else if len(s.open) > 1 {
				s.finish()
				s.open = s.open[:len(s.open)-1]
			}
			i++
		case isKeyByte(c):
			end := i + 1
			for end < len(s.data) && isKeyByte(s.data[end]) {
				end++
			}
			i = s.key(i, end)
		default:
			i++
		}
	}
	for len(s.open) > 0 {
		s.finish()
		s.open = s.open[:len(s.open)-1]
	}
}

// finish keeps the innermost group if it holds a token or a key.
func (s *scanner) finish() {
	g := &s.open[len(s.open)-1]
	if c := g.cred; c.RefreshToken.Present() || c.AccessToken.Present() || c.PrivateKey.Present() {
		g.cred.Kind = tokeninfo.TextCredential
		s.done = append(s.done, *g)
	}
	*g = group{depth: g.depth}
}

func isKeyByte(c byte) bool { return isURL64(rune(c)) }

// key looks at a word, and takes the value after it where the word is a key
// that we know. It returns where to go on.
func (s *scanner) key(start, end int) int {
	if end-start > maxKey {
		return end
	}
	field := fieldName(s.data[start:end])
	if field == "" {
		return end
	}
	at, ok := s.separator(end)
	if !ok {
		return end
	}
	if field == "scopes" {
		return s.takeScopes(start, at)
	}
	if field == "private_key" {
		return s.takePEM(start, at)
	}
	also := ""
	if strings.HasSuffix(field, "_uri") {
		also = "?#&="
	}
	val, next := s.scalar(at, also)
	s.take(field, val, start, next)
	return max(next, end)
}

// fieldName maps a key as people spell it to ours: GOOGLE_REFRESH_TOKEN,
// refreshToken, gmail-refresh-token.
func fieldName(word []byte) string {
	if len(word) < 5 {
		return ""
	}
	switch word[len(word)-1] | 0x20 { // the last letters of the names below
	case 'n', 't', 'd', 'y', 'l', 's', 'e', 'i':
	default:
		return ""
	}
	k := strings.ReplaceAll(strings.ToLower(string(word)), "-", "_")
	squeezed := strings.ReplaceAll(k, "_", "")
	switch k {
	case "scope", "scopes":
		return "scopes"
	case "expiry", "token_expiry", "expiry_date":
		return "expiry"
	case "token_uri", "auth_uri", "revoke_uri", "universe_domain":
		return k
	}
	for _, name := range []struct{ suffix, field string }{
		{"idtoken", ""}, {"token", "token"}, {"clientid", "client_id"}, {"clientsecret", "client_secret"},
		{"privatekey", "private_key"}, {"clientemail", "client_email"},
	} {
		if strings.HasSuffix(squeezed, name.suffix) {
			return name.field
		}
	}
	return ""
}

// separator skips from the end of a key to the start of its value: closing
// quotes and brackets, an operator, opening quotes. A backslash before a quote
// is part of it, as in JSON inside a string.
func (s *scanner) separator(i int) (int, bool) {
	skip := func(chars string, most int) int {
		n := 0
		for n < most && i < len(s.data) && strings.IndexByte(chars, s.data[i]) >= 0 {
			i++
			n++
		}
		return n
	}
	entity := func() {
		for _, e := range []string{"&quot;", "&#34;", "&#39;", "&#x27;"} { // quotes in HTML
			if bytes.HasPrefix(s.data[i:], []byte(e)) {
				i += len(e)
				return
			}
		}
	}
	entity()
	skip("\\\"'`]) \t", 8)
	if skip(":=,(>", 3) == 0 {
		return 0, false
	}
	skip(" \t\r\n", 64)
	entity()
	if i+1 < len(s.data) && strings.IndexByte("rbfuRBFU", s.data[i]) >= 0 && (s.data[i+1] == '"' || s.data[i+1] == '\'') {
		i++ // the prefix of a Python string
	}
	skip("\\\"'`", 8)
	return i, true
}

// scalar reads the run of characters that tokens, names and times are made of.
// An escaped slash is a slash; also names further characters.
func (s *scanner) scalar(i int, also string) (string, int) {
	start := i
	var out []byte
	for i < len(s.data) && i-start < maxScalar {
		c := s.data[i]
		if c == '\\' && i+1 < len(s.data) && s.data[i+1] == '/' {
			i++
			c = '/'
		}
		if !isKeyByte(c) && strings.IndexByte("./:@+~%", c) < 0 && strings.IndexByte(also, c) < 0 {
			break
		}
		out = append(out, c)
		i++
	}
	return string(out), i
}

// take puts a value into the innermost group. Tokens go by their shape, since
// keys are often just called "token".
func (s *scanner) take(field, val string, start, end int) {
	g := &s.open[len(s.open)-1]
	set := func(old tokeninfo.Secret, v string) (tokeninfo.Secret, bool) {
		if old.Present() && old.Reveal() != v {
			s.finish() // another credential begins; g now points to a fresh group
		}
		return tokeninfo.NewSecret(v), true
	}
	used := false
	switch field {
	case "token":
		if v := tokenRun(val, accessPrefix, "."); v != "" {
			g.cred.AccessToken, used = set(g.cred.AccessToken, v)
		} else if v := tokenRun(val, refreshPrefix+"0", ""); v != "" {
			g.cred.RefreshToken, used = set(g.cred.RefreshToken, v)
		}
	case "client_secret":
		if isClientSecret(val) {
			g.cred.ClientSecret, used = tokeninfo.NewSecret(val), true
		}
	case "client_id":
		if strings.HasSuffix(val, clientSuffix) && looksSecret(val) == "" {
			g.cred.ClientID, used = val, true
		}
	case "client_email":
		if strings.Contains(val, "@") && looksSecret(val) == "" {
			g.cred.Account, used = val, true
		}
	case "expiry":
		g.cred.Expiry, used = textTime(val), true
	default:
		if val != "" {
			g.cred.Endpoints, used = append(g.cred.Endpoints[:len(g.cred.Endpoints):len(g.cred.Endpoints)], judge(field, val)), true
		}
	}
	if used {
		s.touch(start, end)
	}
}

// touch widens the innermost group over what was just taken.
func (s *scanner) touch(start, end int) {
	g := &s.open[len(s.open)-1]
	if !g.any {
		g.any, g.start = true, start
	}
	g.end = end
}

// tokenRun gives the token at the start of val, if it has the prefix, at least
// four characters, and more than one of them.
func tokenRun(val, prefix, also string) string {
	rest, ok := strings.CutPrefix(val, prefix)
	if !ok {
		return ""
	}
	n := strings.IndexFunc(rest, func(r rune) bool { return !isURL64(r) && !strings.ContainsRune(also, r) })
	if n >= 0 {
		rest = rest[:n]
	}
	rest = strings.TrimRight(rest, ".")
	if len(rest) < 4 || strings.Count(rest, rest[:1]) == len(rest) {
		return ""
	}
	return prefix + rest
}

// isClientSecret knows both generations: a prefix, or 24 characters with a
// digit and letters of both cases.
func isClientSecret(s string) bool {
	if strings.IndexFunc(s, func(r rune) bool { return !isURL64(r) }) >= 0 {
		return false
	}
	if strings.HasPrefix(s, "GOCSPX-") {
		return len(s) > len("GOCSPX-")+3
	}
	return len(s) == 24 && strings.ContainsAny(s, "0123456789") && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

func textTime(s string) time.Time {
	if t := epoch(s); !t.IsZero() {
		return t
	}
	t, _ := parseTime(s)
	return t
}

// takePEM takes a private key, whose lines are joined by \n or by real ends of
// lines.
func (s *scanner) takePEM(start, at int) int {
	const begin, key, stop = "-----BEGIN ", "PRIVATE KEY-----", "-----END"
	rest := s.data[at:min(len(s.data), at+maxScalar)]
	if !bytes.HasPrefix(rest, []byte(begin)) || !bytes.Contains(rest[:min(len(rest), 64)], []byte(key)) {
		return at
	}
	if end := bytes.Index(rest, []byte(stop)); end > 0 {
		rest = rest[:end+len(stop)]
	}
	g := &s.open[len(s.open)-1]
	g.cred.PrivateKey = tokeninfo.NewSecret(string(rest))
	s.touch(start, at+len(rest))
	return at + len(rest)
}

// takeScopes takes one quoted text, or the texts of a list.
func (s *scanner) takeScopes(start, at int) int {
	end := at
	quote := byte(0)
	if at > 0 && strings.IndexByte("\"'`", s.data[at-1]) >= 0 {
		quote = s.data[at-1]
	}
	if at < len(s.data) && quote == 0 && strings.IndexByte("[({", s.data[at]) >= 0 {
		end++
		for end < len(s.data) && end-at < maxScalar && strings.IndexByte("])}", s.data[end]) < 0 {
			end++
		}
	} else {
		for end < len(s.data) && end-at < maxScalar && s.data[end] != '\n' && s.data[end] != '\\' && s.data[end] != quote && s.data[end] != '}' {
			end++
		}
	}
	words := bytes.FieldsFunc(s.data[at:end], func(r rune) bool {
		return !isURL64(r) && !strings.ContainsRune("./:", r)
	})
	var scopes []string
	for _, w := range words {
		if word := string(w); looksSecret(word) == "" && isScope(word) {
			scopes = append(scopes, word)
		}
	}
	if len(scopes) == 0 {
		if s.wasted += end - at; s.wasted > 4*len(s.data) {
			return end // a text made to be read again and again
		}
		return at
	}
	g := &s.open[len(s.open)-1]
	g.cred.Scopes, g.cred.Claim = scopes, tokeninfo.ClaimRequested
	s.touch(start, end)
	return end
}

// isScope knows what may stand as a scope in free text.
func isScope(s string) bool {
	switch s {
	case "openid", "email", "profile":
		return true
	}
	return strings.HasPrefix(s, "https://www.googleapis.com/auth/") || strings.HasPrefix(s, "https://mail.google.com") ||
		strings.HasPrefix(s, "https://www.google.com/")
}
