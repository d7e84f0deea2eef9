package audit_test

import (
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// TestRemediesHoldInTheFolder: the top of the work tree may lie anywhere between
// where the path starts and the file, so commands are for the file's own folder
// and never name more than the file.
func TestRemediesHoldInTheFolder(t *testing.T) {
	for state, want := range map[rules.GitState]string{
		rules.GitTracked:   "`git rm --cached -- token.json` in its folder",
		rules.GitUntracked: "/token.json >> .gitignore` in its folder",
	} {
		held := with(token(readonly), func(h *audit.Held) {
			h.Location.Path, h.State.Git, h.State.Mode = "class/kim/token.json", state, 0o644
		})
		r := audit.Check(audit.Evidence{Time: now, TreeExamined: true, Credentials: []audit.Held{held}}, policy(t, ""), catalogue(t))
		var remedies []string
		for _, f := range r.Findings {
			remedies = append(remedies, f.Remedy)
		}
		all := strings.Join(remedies, "\n")
		if !strings.Contains(all, want) || !strings.Contains(all, "`chmod 600 token.json` in its folder") {
			t.Errorf("%s: remedies\n%s", state, all)
		}
	}
}
