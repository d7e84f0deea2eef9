package needs

import (
	"strings"

	"scopeaudit/audit/scopes"
)

// mailWords are words of which a source has one that signs in to mail with a
// token.
var mailWords = newWordSet([]string{"OAUTHBEARER", "XOAUTH2", "createTransport", "OAuthBearer", "ImapFlow", "xoauth2"})

// mail records a sign-in to IMAP, SMTP or POP with a token, which only full mail
// permits. Source: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
func (r *recorder) mail(m *module, n *node) {
	if lastName(n.kids[0]) == "createTransport" && r.tokenTransport(n) {
		if mailProtocol(m.text) != "" {
			r.mailCall(m, n, "smtp")
		}
		return
	}
	if compares(lastName(n.kids[0])) {
		return
	}
	signIn := r.tokenMailbox(m, n)
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		for _, t := range texts(r.eval(arg)) {
			signIn = signIn || strings.HasPrefix(t, "XOAUTH2") || strings.HasPrefix(t, "OAUTHBEARER") || strings.Contains(t, "AUTH XOAUTH2")
		}
	}
	if !signIn {
		return
	}
	protocol, known := r.hosts[m]
	if !known {
		protocol = mailProtocol(m.text)
		r.hosts[m] = protocol
	}
	if name := strings.ToLower(lastName(n.kids[0])); protocol != "" && (name == "docmd" || name == "auth") {
		protocol = "smtp"
	}
	if protocol == "" {
		return
	}
	r.mailCall(m, n, protocol)
}

// compares reports whether a name is that of a function which looks for a text in
// another, and sends it to nobody.
func compares(name string) bool {
	switch name {
	case "HasPrefix", "HasSuffix", "Contains", "ContainsAny", "EqualFold", "Index", "Cut", "CutPrefix", "startsWith", "endsWith", "startswith", "endswith", "includes", "indexOf", "contains", "equals", "equalsIgnoreCase", "find", "match", "index":
		return true
	}
	return false
}

// goSASL writes a sign-in with a token, which is recorded where it is made.
const goSASL = "github.com/emersion/go-sasl"

// tokenMailbox reports whether a library signs in to a mailbox with a token by a
// name of its own. Sources: https://pkg.go.dev/github.com/emersion/go-sasl,
// https://imapflow.com, https://github.com/mscdex/node-imap
func (r *recorder) tokenMailbox(m *module, n *node) bool {
	if !r.makes && !contains(m.text, marks[:]) {
		return false // these take tokens of others too
	}
	given := func(values []value, key string) []value {
		for _, v := range values {
			for _, it := range v.items {
				if v.kind == vDict && it.key == key && !allNone(it.values) {
					return it.values
				}
			}
		}
		return nil
	}
	switch name := lastName(n.kids[0]); {
	case m.language == golang:
		return name == "NewOAuthBearerClient"
	case !m.language.scripted() || len(n.kids) < 2:
		return false
	case name == "ImapFlow":
		return given(given(r.eval(n.kids[1]), "auth"), "accessToken") != nil
	default:
		return name == "Imap" && given(r.eval(n.kids[1]), "xoauth2") != nil
	}
}

// tokenTransport reports whether nodemailer is told to sign in with a token.
// Source: https://nodemailer.com/smtp/oauth2
func (r *recorder) tokenTransport(n *node) bool {
	for _, arg := range n.kids[1:] {
		for _, v := range r.eval(arg) {
			for _, it := range v.items {
				if it.key != "auth" {
					continue
				}
				for _, kind := range texts(r.fields(it.values, "type")) {
					if strings.EqualFold(kind, "OAuth2") {
						return true
					}
				}
			}
		}
	}
	return false
}

// mailCall records a sign-in to a mailbox.
func (r *recorder) mailCall(m *module, n *node, protocol string) {
	at := place{m, n.pos, "mail"}
	if r.seen[at] {
		return
	}
	r.seen[at] = true
	c := Call{Method: protocol, API: "gmail", At: m.location(int(n.pos), int(n.end)), Text: m.quote(n.pos, n.end), State: Live, Permitted: []scopes.Scope{fullMail},
		Notes: []string{"a token opens IMAP, SMTP and POP only with full mail; the API would do with less"}}
	if n.block.dead {
		c.State = Unreachable
	}
	r.program.Calls = append(r.program.Calls, c)
}

// mailProtocol is what a source signs in to, by what it mentions; empty if that
// is not Google's.
func mailProtocol(source []byte) string {
	lower := strings.ToLower(string(source))
	has := func(word string) bool { return strings.Contains(lower, word) }
	switch {
	case (has("office365") || has("outlook.")) && !has("gmail.com"):
		return ""
	case has("imap"):
		return "imap"
	case has("smtp"):
		return "smtp"
	case has("poplib"):
		return "pop"
	}
	return "imap"
}
