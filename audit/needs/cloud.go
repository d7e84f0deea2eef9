package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// cloudWords are words of which a source has one that makes a client in the
// style of Google Cloud whose RPCs are known.
var cloudWords = newWordSet([]string{"google.apps", "google.analytics", "@google-apps/", "@google-analytics/", "@google-cloud/subscriptions", "com.google.chat.",
	"cloud.google.com/go/apps/", "cloud.google.com/go/chat/", "cloud.google.com/go/analytics/"})

// cloudClient gives the client that something outside the tree makes when it is
// called.
func (e *engine) cloudClient(name string, n *node) []value {
	api, rest := e.index.rpcClient(name)
	if api == nil {
		return nil
	}
	switch _, by := clientClass(rest); {
	case by == "" || by == "create" || strings.HasPrefix(by, "from_service_account"):
		return []value{{kind: vCloud, api: api.name, origin: n, ambient: e.ambient(n)}}
	}
	return nil
}

// cloudTyped gives the client that something has by its type.
func (e *engine) cloudTyped(name string) []value {
	if api, rest := e.index.rpcClient(name); api != nil {
		if class, by := clientClass(rest); class != "" && by == "" {
			return []value{{kind: vCloud, api: api.name}}
		}
	}
	return nil
}

// clientClass finds the class of a client in a full name, or the function that
// makes one, and what is named of it. Without a class, by is not empty.
func clientClass(name string) (class, by string) {
	for part := range strings.SplitSeq(name, ".") {
		if class != "" {
			return class, name[strings.LastIndexByte(name, '.')+1:]
		}
		if strings.HasSuffix(part, "Client") {
			class = part
		}
	}
	if class == "" {
		return "", "-"
	}
	return class, ""
}

// noMethod is the path of an RPC for which the catalogue has no method.
const noMethod = "-"

// cloudMethod gives what a client has by a name: an RPC, or what it has beside
// these.
func (e *engine) cloudMethod(v value, name string) []value {
	for i := range e.index.rpcs {
		api := &e.index.rpcs[i]
		if api.name != v.api {
			continue
		}
		id, found := api.method(name)
		if id != "" {
			return []value{{kind: vMethod, api: v.api, text: id, when: v.when, ambient: v.ambient}}
		}
		if found {
			return []value{{kind: vUnknown, api: v.api, path: noMethod, text: name}}
		}
	}
	if besideRPCs(name) {
		return []value{{kind: vCredential, text: "client"}}
	}
	return []value{{kind: vUnknown, api: v.api, text: name}}
}

// besideRPCs reports whether clients have something by a name that calls no
// method: names of resources, what they were made with, their end.
func besideRPCs(name string) bool {
	if name = canonical(name); strings.HasSuffix(name, "path") || strings.HasPrefix(name, "match") || strings.HasPrefix(name, "parse") {
		return true
	}
	switch name {
	case "close", "initialize", "transport", "enter", "exit", "aenter", "aexit", "apiendpoint", "universedomain", "getprojectid", "getsettings", "getstub",
		"shutdown", "shutdownnow", "isshutdown", "isterminated", "awaittermination",
		"connection", "calloptions", "use", "let", "run", "also", "apply":
		return true
	}
	return false
}

// ambient reports whether a client is handed no credentials: it goes by those of
// where the program runs, or of a file with a key, for which the program asks no
// scopes. Source: https://cloud.google.com/docs/authentication/application-default-credentials
func (e *engine) ambient(n *node) bool {
	if n == nil || n.block == nil {
		return false
	}
	switch lang := n.block.fn.module.language; {
	case lang == golang:
		return !slices.ContainsFunc(n.kids[1:], handsCredentials)
	case lang.scripted():
		return len(n.kids) == 1 || !slices.ContainsFunc(e.eval(n.kids[1]), optsForCredentials)
	case lang.jvm():
		return len(n.kids) == 1
	}
	return !slices.ContainsFunc(n.kids[1:], func(arg *node) bool {
		return arg.kind == kSpread || arg.kind == kKeyword && (arg.text == "credentials" || arg.text == "client_options" || arg.text == "transport")
	})
}

// optsForCredentials reports whether the options of a client of Node have, or may
// have, credentials other than a key of a service account.
func optsForCredentials(v value) bool {
	return v.kind != vDict || v.open || slices.ContainsFunc(v.items, func(it item) bool {
		switch it.key {
		case "authClient", "auth", "scopes", "refresh_token":
			return true
		case "credentials":
			return slices.ContainsFunc(it.values, func(c value) bool { return c.kind == vDict && optsForCredentials(c) })
		}
		return false
	})
}

// handsCredentials reports whether an argument in Go is, or may be, an option with
// credentials other than a file.
func handsCredentials(arg *node) bool {
	if arg.kind != kCall {
		return arg.kind == kSpread
	}
	switch lastName(arg.kids[0]) {
	case "WithTokenSource", "WithHTTPClient", "WithScopes", "WithCredentials", "WithAuthCredentials", "WithGRPCConn":
		return true
	}
	return false
}

// orRPC adds to what a call in a comment may be the RPC of its name: what it was
// called on is not known there.
func (r *recorder) orRPC(n *node, values []value) []value {
	if slices.ContainsFunc(values, func(v value) bool { return v.kind == vRequest }) {
		return values
	}
	if api, id := r.shownRPC(n.kids[0].text); api != "" {
		return append(values, value{kind: vRequest, api: api, text: id, origin: n})
	}
	return values
}

// likeRPC tells the API whose RPC a call of something on what is not known may be,
// by its name and that it takes an argument, as a getter does not; empty if none.
func (r *recorder) likeRPC(n *node, values []value) string {
	callee := n.kids[0]
	if !r.cloud || len(n.kids) < 2 || callee.kind != kAttr || len(values) != 1 || values[0].kind != vChain || values[0].from != anyMaker {
		return ""
	}
	api, _ := r.shownRPC(callee.text)
	return api
}

// shownRPC finds the RPC of a name, of an API that the program shows that it uses,
// and its method.
func (r *recorder) shownRPC(name string) (api, id string) {
	for i := range r.index.rpcs {
		if a := &r.index.rpcs[i]; r.cloud && r.apis[a.name] {
			if id, _ := a.method(name); id != "" {
				return a.name, id
			}
		}
	}
	return "", ""
}

// elsewhere settles for calls with the credentials of where the program runs
// whether the scopes that it asks for are meant for them: not where none of them
// permits the call.
func (r *recorder) elsewhere() {
	p := r.program
	for i := range p.Calls {
		c := &p.Calls[i]
		if !c.facts.ambient {
			continue
		}
		permits := func(a Asked) bool {
			return slices.ContainsFunc(a.Scopes, func(s scopes.Scope) bool { return slices.Contains(c.Permitted, s) })
		}
		if c.facts.ambient = len(p.Asked) > 0 && !slices.ContainsFunc(p.Asked, permits); c.facts.ambient {
			c.Permitted = nil // nothing that a user grants decides about it
			c.Notes = append(c.Notes, "it goes by the credentials of where the program runs, for which no scope is asked here")
		}
	}
}
