package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// builtin is a service that Apps Script has built in, which no discovery document
// describes: the scopes that its methods accept.
type builtin struct {
	name   string
	scopes []string // any one of which is enough
	// reads are the beginnings of methods for which a read-only scope is enough.
	reads    []string
	readOnly []string
	// writes are the methods of what those give that change it, by which a read-only
	// scope is not enough.
	writes map[string]bool
	// only are the methods that need a scope, where others need none.
	only []string
	// current is the scope for the document that the script lies in, which is
	// enough for what reaches no other.
	current string
}

// opens begins the methods that reach other documents than the script's own.
// Source: https://developers.google.com/apps-script/guides/services/authorization
var opens = []string{"open", "create"}

// builtins are those that need a scope of a user. Gmail's methods are documented
// with full mail; a narrower scope may do for some, which nobody promises.
// Source: https://developers.google.com/apps-script/reference
var builtins = [...]builtin{
	{name: "GmailApp", scopes: []string{string(fullMail)}},
	{name: "MailApp", scopes: []string{"script.send_mail"}},
	{name: "DriveApp", scopes: []string{"drive"}, reads: []string{"get", "search"}, readOnly: []string{"drive.readonly"}, writes: driveWrites},
	{name: "SpreadsheetApp", scopes: []string{"spreadsheets"}, current: "spreadsheets.currentonly"},
	{name: "DocumentApp", scopes: []string{"documents"}, current: "documents.currentonly"},
	{name: "SlidesApp", scopes: []string{"presentations"}, current: "presentations.currentonly"},
	{name: "FormApp", scopes: []string{"forms"}, current: "forms.currentonly"},
	{name: "CalendarApp", scopes: []string{"calendar", "https://www.google.com/calendar/feeds"}, reads: []string{"get"}, readOnly: []string{"calendar.readonly"}, writes: calendarWrites},
	{name: "ContactsApp", scopes: []string{"contacts"}},
	{name: "UrlFetchApp", scopes: []string{"script.external_request"}},
	{name: "GroupsApp", scopes: []string{"groups"}},
	{name: "ScriptApp", scopes: []string{"script.scriptapp"}, only: []string{"newTrigger", "deleteTrigger", "getProjectTriggers", "getScriptTriggers", "getUserTriggers"}},
}

func builtinService(name string) *builtin {
	for i := range builtins {
		if builtins[i].name == name {
			return &builtins[i]
		}
	}
	return nil
}

// appsCall records a call of a built-in service, on the service itself: what is
// called on what it gives needs no more.
func (r *recorder) appsCall(m *module, n *node) {
	b, names := r.builtinOf(m, n)
	if b != nil && b.only == nil && len(names) == 0 {
		r.fail(m, n, "the name of the method is computed")
	}
	for _, name := range names {
		if b.name == "UrlFetchApp" && strings.HasPrefix(name, "fetch") && len(n.kids) > 1 {
			r.send(n, func() { r.fetched(n) })
		}
		at := place{m, n.pos, b.name + name}
		if r.seen[at] {
			continue
		}
		r.seen[at] = true
		c := r.builtinCall(b, name)
		c.At, c.Text = m.location(int(n.pos), int(n.end)), m.quote(n.pos, n.end)
		if n.block.dead {
			c.State = Unreachable
		}
		r.program.Calls = append(r.program.Calls, c)
	}
}

// fetched notes the requests that UrlFetchApp is told to send: one by its address,
// or several as objects. An address that is computed may be of any API, where the
// project has a token to send there. Source:
// https://developers.google.com/apps-script/reference/url-fetch/url-fetch-app
func (r *recorder) fetched(n *node) {
	for _, v := range r.eval(n.kids[1]) {
		switch {
		case v.kind == vString && !strings.HasPrefix(v.text, unknownPart):
			r.address(n, r.verbOf(n, 0), v.text)
		case v.kind == vList:
			for _, w := range r.elements([]value{v}) {
				r.object(n, w)
			}
		case v.kind != vConst && len(n.kids) > 2 && r.handsOutToken():
			r.unsent("the address that a token is sent to is computed")
		}
	}
}

// handsOutToken reports whether the project asks Apps Script for its own token, or
// a library for one.
func (r *recorder) handsOutToken() bool { return r.hasCall("getOAuthToken", "getAccessToken") }

// builtinOf is the service that a call is made on, and those of its methods that it
// may be which need a scope.
func (r *recorder) builtinOf(m *module, n *node) (*builtin, []string) {
	callee := n.kids[0]
	if m.language != apps || callee.kind != kAttr && callee.kind != kIndex || callee.kids[0].kind != kName && callee.kids[0].kind != kAttr {
		return nil, nil
	}
	for _, v := range r.eval(callee.kids[0]) {
		b := builtinService(v.text)
		if v.kind != vWrapper || b == nil || v.path != "" {
			continue
		}
		names := []string{callee.text}
		if callee.kind == kIndex {
			names = nil
			for _, name := range texts(r.eval(callee.kids[1])) {
				if !strings.Contains(name, unknownPart) {
					names = append(names, name)
				}
			}
		}
		return b, slices.DeleteFunc(names, func(name string) bool { return b.only != nil && !slices.Contains(b.only, name) })
	}
	return nil, nil
}

// builtinCall is a call of a method of a service, with the scopes that permit it.
func (r *recorder) builtinCall(b *builtin, name string) Call {
	c := Call{Method: "apps-script." + b.name + "." + name, API: "script", State: Live}
	short := b.scopes
	if slices.ContainsFunc(b.reads, func(p string) bool { return strings.HasPrefix(name, p) }) && !r.appsWrites(b) {
		short = append(slices.Clone(b.readOnly), b.scopes...)
	}
	if b.current != "" && !slices.ContainsFunc(opens, func(p string) bool { return strings.HasPrefix(name, p) }) {
		short = append(slices.Clone(short), b.current)
	}
	for _, s := range short {
		if scope, known := r.index.cat.Normalise(s); known {
			c.Permitted = addScope(c.Permitted, scope)
		}
	}
	return c
}

// currentOnly goes by the scope for the script's own document, where the program
// asks for that and calls nothing that reaches others. Where it asks for more,
// whether the script lies in a document at all is not known.
func (r *recorder) currentOnly() {
	p := r.program
	for _, b := range builtins {
		if b.current == "" {
			continue
		}
		wide, _ := r.index.cat.Normalise(b.scopes[0])
		current, _ := r.index.cat.Normalise(b.current)
		needs := func(set []scopes.Scope) bool { return slices.Contains(set, wide) }
		if !slices.ContainsFunc(p.Least, needs) || slices.ContainsFunc(p.Calls, func(c Call) bool {
			return c.State == Live && slices.Contains(c.Permitted, wide) && !slices.Contains(c.Permitted, current)
		}) {
			continue
		}
		if !slices.ContainsFunc(p.Asked, func(a Asked) bool { return slices.Contains(a.Scopes, current) }) {
			p.Possible = append(p.Possible, current.Short()+", if the script lies in the document that it works on")
			continue
		}
		for i, set := range p.Least {
			if needs(set) {
				set = slices.DeleteFunc(slices.Clone(set), func(s scopes.Scope) bool { return s == wide })
				p.Least[i] = addScope(set, current)
			}
		}
	}
}

// ownScopes reports whether the manifest of a project of Apps Script lists what it
// asks for. One without a list gets what its services need, and what its code asks
// a library for is for another token.
func (r *recorder) ownScopes() bool {
	script := false
	for _, m := range r.modules {
		script = script || m.language == apps && !m.manifest
	}
	return !script || slices.ContainsFunc(r.asked, func(a asking) bool { return a.module.manifest })
}

// appsWrites reports whether the project changes anything of a service: what a
// reading method gave can be written too.
func (r *recorder) appsWrites(b *builtin) bool {
	return slices.ContainsFunc(r.modules, func(m *module) bool {
		return slices.ContainsFunc(m.calls, func(n *node) bool {
			callee := n.kids[0]
			return callee.kind == kAttr && b.writes[callee.text] && r.mayBeOf(b, callee.kids[0])
		})
	})
}

// mayBeOf reports whether something may be what a service gave: it is known to be,
// or not known at all.
func (r *recorder) mayBeOf(b *builtin, n *node) bool {
	return slices.ContainsFunc(r.eval(n), func(v value) bool {
		return v.kind == vWrapper && v.text == b.name || v.kind == vUnknown || v.kind == vChain
	})
}
