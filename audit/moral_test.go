package audit_test

import (
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

func TestMoral(t *testing.T) {
	cat := catalogue(t)
	const (
		fullMail scopes.Scope = "https://mail.google.com/"
		readMail scopes.Scope = "https://www.googleapis.com/auth/gmail.readonly"
		drive    scopes.Scope = "https://www.googleapis.com/auth/drive"
		modify   scopes.Scope = "https://www.googleapis.com/auth/gmail.modify"
	)
	list := needs.Call{Method: "gmail.users.messages.list", State: needs.Live, Permitted: []scopes.Scope{fullMail, modify, readMail}}
	request := []needs.Request{{Scope: readMail, Known: true}}
	read := [][]scopes.Scope{{readMail}}
	tests := []struct {
		name string
		p    needs.Program
		want audit.Moral
	}{
		{"healthy", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, "openid"}}}}, audit.Fits},
		{"wide", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{fullMail}, Excess: true, Enough: read[0]}}}, audit.TooMuch},
		{"unused", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, drive}, Unneeded: []scopes.Scope{drive}}}}, audit.TooMuch},
		{"refused, and what is asked for is part of what is missing", needs.Program{
			Verdict: needs.Exact, Least: [][]scopes.Scope{{modify}}, Requests: request, Calls: []needs.Call{list},
			Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail}, Unneeded: []scopes.Scope{readMail}, Missing: []int{0}}},
		}, audit.TooLittle},
		{"refused, and something else is unused", needs.Program{
			Verdict: needs.Exact, Least: [][]scopes.Scope{{modify}}, Requests: request, Calls: []needs.Call{list},
			Asked: []needs.Asked{{Scopes: []scopes.Scope{drive}, Unneeded: []scopes.Scope{drive}, Missing: []int{0}}},
		}, audit.Otherwise},
		{"a scope that nobody knows is not called needed", needs.Program{
			Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, "https://www.googleapis.com/auth/none"}}},
		}, audit.Enough},
		{"not all followed", needs.Program{Verdict: needs.LowerBound, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{fullMail}}}}, audit.Partly},
		{"nothing followed", needs.Program{Verdict: needs.Unknown, Requests: request}, audit.NoCall},
		{"asks nowhere", needs.Program{Verdict: needs.Exact, Least: read}, audit.NoRequest},
	}
	for _, test := range tests {
		if got := audit.MoralOf(test.p, cat); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
