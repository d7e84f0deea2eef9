package needs_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// A script that was copied out of the editor has no manifest: the name of an
// advanced service is all that says which API it calls.
func TestAdvancedServices(t *testing.T) {
	for call, want := range map[string]string{
		"Gmail.Users.Labels.list('me')":                       "gmail.users.labels.list",
		"AdminDirectory.Users.list({})":                       "directory.users.list",
		"AdminReports.Activities.list('all', 'login')":        "reports.activities.list",
		"AdminReseller.Subscriptions.list({})":                "reseller.subscriptions.list",
		"AdminLicenseManager.LicenseAssignments.get(p, s, u)": "licensing.licenseAssignments.get",
		"AdminGroupsMigration.Archive.insert(g, m)":           "groupsmigration.archive.insert",
		"AdminGroupsSettings.Groups.get(g)":                   "groupsSettings.groups.get",
		"AppsActivity.Activities.list({})":                    "appsactivity.activities.list",
		"DriveLabels.Labels.list({})":                         "drivelabels.labels.list",
		"CloudIdentityGroups.Groups.list({})":                 "cloudidentity.groups.list",
		"YouTubeAnalytics.Reports.query({})":                  "youtubeAnalytics.reports.query",
		"Meet.Spaces.create({})":                              "meet.spaces.create",
		"WorkspaceEvents.Subscriptions.list({})":              "workspaceevents.subscriptions.list",
	} {
		file := txtar.File{Name: "Code.gs", Data: []byte("function run() {\n  return " + call + ";\n}\n")}
		r := infer(t, []txtar.File{file}, true)
		if len(r.Programs) != 1 || len(r.Programs[0].Calls) != 1 || r.Programs[0].Calls[0].Method != want {
			t.Errorf("%s is no call of %s: %+v", call, want, r.Programs)
		}
	}
}

// Where a script has a token at hand and fetches from an address that is not
// known, it may call anything with it.
func TestFetchOfComputedAddress(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		lost   bool
	}{
		"token":               {"function run(url) {\n  UrlFetchApp.fetch(url, {headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}});\n}\n", true},
		"built":               {"function run(path) {\n  const url = root() + path;\n  const options = {headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}};\n  UrlFetchApp.fetch(url, options);\n}\n", true},
		"any API of the host": {"function run(path) {\n  UrlFetchApp.fetch('https://www.googleapis.com/' + path, {headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}});\n}\n", true},
		"any host":            {"function run(api) {\n  UrlFetchApp.fetch('https://' + api + '.googleapis.com/v1/things', {headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}});\n}\n", true},
		"no token":            {"function run(url) {\n  UrlFetchApp.fetch(url);\n}\n", false},
		"known":               {"function run() {\n  UrlFetchApp.fetch('https://gmail.googleapis.com/gmail/v1/users/me/labels', {headers: {Authorization: 'Bearer ' + ScriptApp.getOAuthToken()}});\n}\n", false},
	} {
		files := []txtar.File{
			{Name: "appsscript.json", Data: []byte(`{"oauthScopes": ["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/script.external_request"]}`)},
			{Name: "Code.gs", Data: []byte(test.source)},
		}
		r := infer(t, files, true)
		if len(r.Programs) != 1 {
			t.Fatalf("%s: %d programs", name, len(r.Programs))
		}
		p := r.Programs[0]
		if lost := len(p.Unresolved) > 0; lost != test.lost || len(p.Asked) != 1 || test.lost && len(p.Asked[0].Unneeded) > 0 {
			t.Errorf("%s: not followed: %v; called unneeded: %v", name, p.Unresolved, p.Asked)
		}
	}
}
