package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// Constant gives the scope that a constant of a generated client stands for, as
// programs in Go and Java write it: gmail.GmailReadonlyScope,
// GmailScopes.GMAIL_READONLY. A bare word is none.
func (x *Index) Constant(name string) (scopes.Scope, bool) {
	of, constant, found := strings.Cut(name, ".")
	bare, inGo := strings.CutSuffix(constant, "Scope")
	if !found || !inGo && !strings.HasSuffix(of, "Scopes") {
		return "", false
	}
	s, known := x.constants[squash(bare)]
	return s, known
}

// BuiltIn describes a call of a service that Apps Script has built in, such as
// GmailApp.search.
func (x *Index) BuiltIn(name string) (Call, bool) {
	service, method, found := strings.Cut(name, ".")
	b := builtinService(service)
	if !found || b == nil || method == "" || b.only != nil && !slices.Contains(b.only, method) {
		return Call{}, false
	}
	r := recorder{engine: &engine{index: x}}
	c := r.builtinCall(b, method)
	if untested(c, []scopes.Scope{gmailMetadata}) {
		c.Notes = append(c.Notes, "a narrower scope of Gmail may do, which Google's pages do not promise")
	}
	return c, true
}

// Content describes a call of a method that reads or writes the content of what
// it is about, not only what describes it: get_media in Python, Download in Go.
func (x *Index) Content(method string) Call {
	c := Call{Method: method, State: Live, facts: facts{media: true}}
	r := recorder{engine: &engine{index: x}}
	r.judge(&c)
	return c
}
