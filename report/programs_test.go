package report

import (
	"bytes"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// coded is a report about two programs, of which one could not be followed.
func coded() audit.Report {
	r := clean()
	at := func(path string, line, cell int) rules.Location {
		return rules.Location{Origin: rules.Tree, Path: path, Line: line, Column: 5, EndLine: line, EndColumn: 30, Cell: cell}
	}
	full := audit.ScopeRow{
		Scope: fullMail, Short: "mail.google.com", Tier: scopes.Restricted, Allowed: no(), Requested: yes(), Needed: no(),
		Powers: []scopes.Power{scopes.Read, scopes.Send, scopes.Write, scopes.Delete},
	}
	read := audit.ScopeRow{
		Scope: readMail, Short: "gmail.readonly", Tier: scopes.Restricted, Powers: []scopes.Power{scopes.Read}, Allowed: yes(), Requested: no(), Needed: yes(),
	}
	labels := audit.ScopeRow{Scope: "https://www.googleapis.com/auth/gmail.labels", Short: "gmail.labels", Powers: []scopes.Power{scopes.Write}}
	r.Scopes = []audit.ScopeRow{full, read}
	r.Code = &audit.CodeRow{Verdict: needs.LowerBound, Read: 3, Dependencies: 12, Generated: 1}
	r.Programs = []audit.ProgramRow{
		{
			Path: "mail", Credentials: []string{"c1"}, Scopes: []audit.ScopeRow{full, read}, Others: []audit.ScopeRow{labels},
			Needs: needs.Program{
				Path: "mail", Verdict: needs.Exact, Least: [][]scopes.Scope{{readMail}, {labels.Scope}},
				Requests: []needs.Request{
					{Scope: fullMail, Known: true, At: at("mail/connect.py", 10, 0), JustifiedBy: []int{0, 1}},
					{Scope: drive, Known: true, At: at("mail/connect.py", 11, 0), When: "mode is 'full'"},
				},
				Asked: []needs.Asked{{Scopes: []scopes.Scope{fullMail}, Excess: true, Enough: []scopes.Scope{readMail}, Missing: []int{2}}},
				Calls: []needs.Call{
					{
						Method: "gmail.users.messages.list", State: needs.Live, At: at("mail/inbox.ipynb", 20, 3),
						Permitted: []scopes.Scope{fullMail, readMail}, PermittedBy: []scopes.Scope{fullMail}, Notes: []string{"q is passed, which gmail.metadata forbids"},
					},
					{
						Method: "gmail.users.messages.list", State: needs.Live, At: at("mail/inbox.ipynb", 24, 4),
						Permitted: []scopes.Scope{fullMail, readMail}, PermittedBy: []scopes.Scope{fullMail},
					},
					{
						Method: "gmail.users.settings.filters.create", State: needs.Live, At: at("mail/filters.py", 3, 0),
						Permitted: []scopes.Scope{"https://www.googleapis.com/auth/gmail.settings.basic"},
					},
					{Method: "gmail.users.messages.delete", State: needs.Commented, At: at("mail/connect.py", 40, 0), Permitted: []scopes.Scope{fullMail}},
				},
			},
		},
		{
			Path: "evil\x1b[2J",
			Needs: needs.Program{
				Verdict: needs.LowerBound, Why: []string{"one call could not be followed"}, Possible: []string{"drive.file, if the program only opens files that it made"},
				Unresolved: []needs.Unresolved{{At: at("tool.py", 7, 0), Text: "getattr(drive, name)(\u202e)", Why: "the name of the method is computed", APIs: []string{"drive"}}},
			},
		},
	}
	return r
}

func TestProgramsGolden(t *testing.T) {
	golden(t, "programs.txt", render(t, Text, coded(), Options{}))
	golden(t, "programs-calls.txt", render(t, Text, coded(), Options{Calls: true}))
	golden(t, "programs-calls-50.txt", render(t, Text, coded(), Options{Calls: true, Width: 50}))
	golden(t, "programs.json", render(t, JSON, coded(), Options{}))
}

// The needs of the tree number the calls of its programs through.
func TestTreeNeeds(t *testing.T) {
	r := coded()
	r.Programs = append(r.Programs, r.Programs[0])
	n := treeNeeds(r)
	if got := n.Requested[2].JustifiedBy; len(got) != 2 || got[0] != 4 || got[1] != 5 {
		t.Errorf("the second program's scope is justified by %v, want 4 and 5", got)
	}
	if got := n.Alternatives[1].Missing[0]; got != 6 {
		t.Errorf("its call that is not permitted is %d, want 6", got)
	}
	if len(n.Least) != 1 || len(n.Least[0]) != 1 {
		t.Errorf("least is %v", n.Least)
	}
	if n = treeNeeds(clean()); n != nil {
		t.Errorf("where no code was looked at: %+v", n)
	}
}

// A report about many programs stays short, and says where there is more.
func TestManyPrograms(t *testing.T) {
	r := coded()
	for range 40 {
		r.Programs = append(r.Programs, r.Programs[0])
	}
	out := string(render(t, Text, r, Options{}))
	if !strings.Contains(out, "and 22 more; `scopeaudit needs` lists them all") {
		t.Errorf("of 42 programs:\n%s", out)
	}
}

func TestExplainMethodGolden(t *testing.T) {
	page := MethodPage{
		Method: scopes.Method{ID: "gmail.users.messages.get", API: "gmail", Version: "v1", Verb: "GET", Path: "gmail/v1/users/{userId}/messages/{id}"},
		API:    scopes.API{Name: "gmail", Title: "Gmail API"},
		Scopes: []scopes.Info{
			{
				Scope: readMail, Short: "gmail.readonly", Powers: []scopes.Power{scopes.Read}, Tier: scopes.Restricted,
				Text: "View your email messages and settings", Caveats: []scopes.Caveat{{Text: "reads the settings too, forwarding addresses among them"}},
			},
			{Scope: fullMail, Short: "https://mail.google.com/", Powers: []scopes.Power{scopes.Read, scopes.Send, scopes.Delete}, Tier: scopes.Restricted},
		},
		Least: [][]scopes.Scope{{readMail}, {fullMail, drive}},
	}
	for name, page := range map[string]MethodPage{
		"explain-method-80.txt":      page,
		"explain-method-bare-80.txt": {Method: scopes.Method{ID: "discovery.apis.list", Verb: "GET", Path: "discovery/v1/apis"}, Writes: true},
	} {
		var b bytes.Buffer
		if err := Method(&b, page, Options{}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}
