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
