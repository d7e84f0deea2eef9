package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// use is what a scope that many programs can do with is good for.
type use struct{ scope, purpose string }

// uses lists such scopes by product, those that can do more first. Only those
// that a claimed scope covers are ever named, so the order within a product is
// all that counts.
func uses() []use {
	return []use{
		{"gmail.modify", "to label, archive and trash"},
		{"gmail.send", "to send and no more"},
		{"gmail.readonly", "to search and read"},

		{"drive.file", "for files that it makes or the user picks"},
		{"drive.readonly", "to read all files"},
		{"drive.metadata.readonly", "to list files"},
		{"spreadsheets", "for Sheets alone"},
		{"spreadsheets.readonly", "to read Sheets"},
		{"documents", "for Docs alone"},
		{"documents.readonly", "to read Docs"},

		{"calendar.events", "to change events but not calendars"},
		{"calendar.readonly", "to read calendars and events"},
		{"calendar.events.readonly", "to read events"},
		{"calendar.freebusy", "to see when someone is busy"},

		{"youtube.upload", "to upload"},
		{"youtube.readonly", "to read"},

		{"cloud-platform.read-only", "to read"},
		{"devstorage.read_write", "to change objects but not who may"},
		{"devstorage.read_only", "to read objects"},
	}
}

// maxNarrower bounds how many narrower scopes are named for one.
const maxNarrower = 4

// narrower names scopes that a program may be able to do with instead of wide:
// those with a known use, then those named after it (tasks.readonly for tasks),
// the widest first.
func narrower(cat *scopes.Catalogue, wide scopes.Scope) []string {
	covered := func(s scopes.Scope) bool { return cat.Covers(wide, s) && !cat.Covers(s, wide) }
	var out []string
	var seen []scopes.Scope
	for _, u := range uses() {
		if s, known := cat.Normalise(u.scope); known && covered(s) {
			out = append(out, fmt.Sprintf("%s (%s)", u.scope, u.purpose))
			seen = append(seen, s)
		}
	}
	var family []scopes.Scope
	for _, s := range cat.All() {
		if strings.HasPrefix(string(s), string(wide)+".") && covered(s) && !slices.Contains(seen, s) {
			family = append(family, s)
		}
	}
	slices.SortStableFunc(family, func(a, b scopes.Scope) int {
		return cmp.Compare(len(cat.Permits(b)), len(cat.Permits(a)))
	})
	for _, s := range family {
		info, _ := cat.Info(s)
		out = append(out, fmt.Sprintf("%s (%s)", s.Short(), joinPowers(info.Powers)))
	}
	return out[:min(len(out), maxNarrower)]
}
