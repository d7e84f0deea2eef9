package needs

import (
	"bytes"
	"slices"
	"strings"
)

// batchPath is in the addresses to which requests of an API are sent together.
// Source: https://developers.google.com/workspace/calendar/api/guides/batch
const batchPath = "/batch"

// unreadBatch is why requests that a program puts together by itself are not
// known: they are in a text that it makes.
const unreadBatch = "which requests are sent together is not known"

// addressWord is in every address of an API.
const addressWord = ".googleapis.com/"

// unsentTo lists addresses of APIs that a program writes, and to which nothing
// of what is known of it is sent: what it does there, it does in a way that is not
// followed, and nothing may be said to be unneeded because of it.
func (r *recorder) unsentTo(m *module) {
	if m.language == shell || !r.makes && !r.bearer {
		return
	}
	for _, n := range m.marks {
		url, _, _ := strings.Cut(n.text, "?")
		before, after, found := strings.Cut(url, addressWord)
		host := before[strings.LastIndexByte(before, '/')+1:]
		alone := found && before == "https://"+host && !strings.ContainsAny(url, " \n") // else it is told to people
		if !alone || n.block == nil || n.block.dead || strings.Contains(n.text, "key=") || r.settled[n] || m.isData(n) {
			continue
		}
		parts := strings.Split(strings.Trim(strings.TrimPrefix(after, "upload/"), "/"), "/")
		switch {
		case "/"+parts[0] == batchPath:
			if !slices.ContainsFunc(r.modules, func(m *module) bool { return contains(m.text, clientBatches[:]) }) {
				r.fail(m, n, unreadBatch, r.batchOf(host, parts))
			}
		case host == "www" || host == "content":
			host = parts[0]
			fallthrough
		default:
			if slices.Contains(aboutTokens[:], host) || len(r.index.apis[host]) == 0 || len(parts) < 3 || r.sendsTo(host, parts) {
				continue
			}
			r.fail(m, n, "what is sent to this address is not known", host)
		}
	}
}

// isData reports whether an address is that of a resource in an answer of an API
// which is written out, as in samples and tests.
func (m *module) isData(n *node) bool {
	return bytes.Contains(m.text[max(0, n.pos-16):n.pos], []byte("selfLink"))
}

// aboutTokens are services at which a token is made or looked at, and not used.
var aboutTokens = [...]string{"auth", "oauth2", "discovery", "robot", "iamcredentials", "identitytoolkit", "sts"}

// clientBatches are the words by which Google's own client for Python is given
// an address of batches, with requests that are read.
var clientBatches = [...]string{"BatchHttpRequest", "batch_http_request"}

// batchOf is the API that an address of batches is for; empty where it may be for
// any.
func (r *recorder) batchOf(host string, parts []string) string {
	if host == "www" && len(parts) > 1 {
		host = parts[1] // www.googleapis.com/batch/calendar/v3
	}
	if len(r.index.apis[host]) == 0 {
		return ""
	}
	return host
}

// sendsTo reports whether something that is known of the program is sent to an
// address that begins as the parts say.
func (r *recorder) sendsTo(api string, parts []string) bool {
	calls := func(id string) bool {
		return slices.ContainsFunc(r.program.Calls, func(c Call) bool { return c.Method == id })
	}
	return slices.ContainsFunc(r.templates(api), func(t template) bool {
		return len(t.path) >= len(parts) && matches(t.path[:len(parts)], parts) >= 0 && calls(t.id)
	})
}
