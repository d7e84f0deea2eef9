package needs_test

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

func scriptWith(t *testing.T, manifest, source string) needs.Program {
	t.Helper()
	files := []txtar.File{{Name: "Code.gs", Data: []byte(source)}}
	if manifest != "" {
		files = append(files, txtar.File{Name: "appsscript.json", Data: []byte(manifest)})
	}
	r := infer(t, files, true)
	if len(r.Programs) != 1 {
		t.Fatalf("%d programs", len(r.Programs))
	}
	return r.Programs[0]
}

// A script in a spreadsheet can do with the scope for that spreadsheet alone, as
// long as it opens no other.
func TestCurrentDocument(t *testing.T) {
	const current = `{"oauthScopes": ["https://www.googleapis.com/auth/spreadsheets.currentonly"]}`
	p := scriptWith(t, current, "function run() {\n  SpreadsheetApp.getActive().getSheets();\n  SpreadsheetApp.flush();\n}\n")
	if a := p.Asked[0]; len(a.Missing) > 0 || len(a.Unneeded) > 0 || a.Excess || len(p.Least) != 1 || p.Least[0][0].Short() != "spreadsheets.currentonly" {
		t.Errorf("the scope of the spreadsheet is not enough: %+v, least %v", a, p.Least)
	}
	p = scriptWith(t, current, "function run() {\n  SpreadsheetApp.openById('s').getSheets();\n}\n")
	if len(p.Asked[0].Missing) != 1 {
		t.Errorf("another spreadsheet is opened, and nothing is missing: %+v", p.Asked[0])
	}
	p = scriptWith(t, `{"oauthScopes": ["https://www.googleapis.com/auth/spreadsheets"]}`, "function run() {\n  SpreadsheetApp.getActive().getSheets();\n}\n")
	if a := p.Asked[0]; a.Excess || len(p.Possible) != 1 {
		t.Errorf("whether the script lies in a spreadsheet is not known: %+v, perhaps %q", a, p.Possible)
	}
}

// Without a list of scopes in its manifest a script gets what its services need;
// what it asks of a library for OAuth is for another token.
func TestScopesOfLibrary(t *testing.T) {
	const source = `function run() {
  const service = OAuth2.createService('x').setScope('https://www.googleapis.com/auth/cloud-platform');
  SpreadsheetApp.getActive().getSheets();
  UrlFetchApp.fetch('https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/g/models/m:generateContent', {method: 'post', headers: {Authorization: 'Bearer ' + service.getAccessToken()}});
}
`
	p := scriptWith(t, "", source)
	if len(p.Asked) != 1 || len(p.Asked[0].Missing) > 0 || len(p.Asked[0].Unneeded) > 0 {
		t.Errorf("a service that is built in takes no scope of a library: %+v", p.Asked)
	}
	if !slices.ContainsFunc(p.Calls, func(c needs.Call) bool { return c.API == "aiplatform" }) {
		t.Errorf("the host of a region is not known: %+v, %+v", p.Calls, p.Unresolved)
	}
}

// The host of a region that is computed still names its API.
func TestComputedRegion(t *testing.T) {
	p := scriptWith(t, "", "function run(at) {\n  UrlFetchApp.fetch(`https://${at}-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/g/models/m:generateContent`, {method: 'post', headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}});\n}\n")
	if !slices.ContainsFunc(p.Calls, func(c needs.Call) bool { return c.API == "aiplatform" }) {
		t.Errorf("calls %v, not followed %v", p.Calls, p.Unresolved)
	}
}

// A scope is where it stands, and not where another begins with it.
func TestPlaceInManifest(t *testing.T) {
	p := scriptWith(t, `{"oauthScopes": [
  "https://www.googleapis.com/auth/chat.spaces.create",
  "https://www.googleapis.com/auth/chat.spaces"
]}`, "function run() {\n  Chat.Spaces.list();\n}\n")
	for _, r := range p.Requests {
		if want := map[string]int{"chat.spaces.create": 2, "chat.spaces": 3}[r.Scope.Short()]; r.At.Line != want {
			t.Errorf("%s is at line %d, want %d", r.Scope.Short(), r.At.Line, want)
		}
	}
}

// What an advanced service makes to be filled in calls nothing.
func TestAdvancedResources(t *testing.T) {
	p := scriptWith(t, "", "function run() {\n  const job = BigQuery.newJob();\n  BigQuery.Jobs.insert(job, 'p');\n}\n")
	if len(p.Unresolved) > 0 || len(p.Calls) != 1 {
		t.Errorf("calls %v, not followed %v", p.Calls, p.Unresolved)
	}
}
