package audit

import (
	"testing"

	"scopeaudit/audit/rules"
)

// TestAdviceFollowsWhereGitHoldsASecret goes by the place that is hardest to be
// rid of, and leans on nothing that is not known.
func TestAdviceFollowsWhereGitHoldsASecret(t *testing.T) {
	yes, no := true, false
	at := func(inHead *bool, known bool, refs ...string) rules.Location {
		return rules.Location{Origin: rules.History, Path: "a", Blob: "1", InHead: inHead, RefsKnown: known, Refs: refs}
	}
	message := at(nil, true, "refs/heads/main")
	message.Object = "commit"
	for name, c := range map[string]struct {
		places []rules.Location
		want   string
	}{
		"in a file alone":              {[]rules.Location{{Origin: rules.Tree, Path: "a"}}, ""},
		"in HEAD":                      {[]rules.Location{at(&no, true, "refs/heads/main"), at(&yes, true, "HEAD")}, adviceHead},
		"in history":                   {[]rules.Location{at(&no, true), at(&no, true, "refs/heads/main")}, adviceHistory},
		"in a message":                 {[]rules.Location{message}, adviceHistory},
		"dangling":                     {[]rules.Location{at(&no, true)}, adviceDangling},
		"dangling, refs not known":     {[]rules.Location{at(&no, false)}, ""},
		"on a ref, others not known":   {[]rules.Location{at(&no, false, "HEAD")}, adviceHistory},
		"HEAD not known":               {[]rules.Location{at(nil, true, "refs/heads/main")}, ""},
		"in HEAD for one, unknown":     {[]rules.Location{at(nil, false), at(&yes, false)}, adviceHead},
		"staged":                       {[]rules.Location{{Origin: rules.Index, Path: "a", Blob: "1", InHead: &no}}, adviceStaged},
		"staged, and committed before": {[]rules.Location{{Origin: rules.Index, Path: "a", Blob: "1", InHead: &no}, at(&no, true, "HEAD")}, adviceHistory},
	} {
		if got := advice(c.places); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
