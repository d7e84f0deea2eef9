package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// graded is a leak of a severity of its own.
func graded(l secrets.Leak, s rules.Severity) secrets.Leak {
	l.Severity = s
	return l
}

// beside is a comment beside a leak, in the line's 40th column.
func beside(l secrets.Leak, marker string, rule rules.ID, reason string) audit.Comment {
	at := l.Location
	at.Column = 40
	return audit.Comment{Beside: l.Location, Marker: marker, Rule: rule, Reason: reason, Location: at}
}

func TestComments(t *testing.T) {
	mild := graded(leak(rules.JWT, "a.py", 1, digits("a")), rules.Medium)
	grave := graded(leak(rules.PrivateKey, "a.py", 1, digits("b")), rules.Critical)
	again := mild
	again.Location.Line = 9
	elsewhere := mild
	elsewhere.Location.Path, elsewhere.Fingerprint = "b.py", digits("c")
	const allow = audit.AllowMarker
	tests := []struct {
		name     string
		leaks    []secrets.Leak
		comments []audit.Comment
		policy   string
		want     []string // of each finding: rule, severity, places, by whom
		note     string
		silenced int
	}{
		{"ours", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 comment"}, "", 1},
		{"without a reason", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, rules.JWT, "")}, "", []string{"jwt medium a.py:1 "}, "gives no reason", 0},
		{"without a rule", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, "", "")}, "", []string{"jwt medium a.py:1 "}, "names no rule", 0},
		{"another rule", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, rules.PrivateKey, "made up")}, "", []string{"jwt medium a.py:1 "}, "private-key finds nothing beside it", 0},
		{"no rule that there is", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, "jwts", "made up")}, "", []string{"jwt medium a.py:1 "}, `there is no rule "jwts"`, 0},
		{"two rules, one of which is there", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, rules.PrivateKey, "made up"), beside(mild, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 comment"}, "", 1},
		{"critical", []secrets.Leak{grave}, []audit.Comment{beside(grave, allow, rules.PrivateKey, "made up")}, "", []string{"private-key critical a.py:1 "}, "no comment silences a critical finding", 0},
		{"critical, another tool's", []secrets.Leak{grave}, []audit.Comment{beside(grave, "gitleaks:allow", "", "")}, "", []string{"private-key critical a.py:1 "}, "no comment silences a critical finding", 0},
		{"critical by the policy", []secrets.Leak{mild}, []audit.Comment{beside(mild, allow, rules.JWT, "made up")}, "severity: {jwt: critical}\n", []string{"jwt critical a.py:1 "}, "no comment silences a critical finding", 0},
		{"medium by the policy", []secrets.Leak{grave}, []audit.Comment{beside(grave, allow, rules.PrivateKey, "made up")}, "severity: {private-key: medium}\n", []string{"private-key medium a.py:1 comment"}, "", 1},
		{"another tool's", []secrets.Leak{mild}, []audit.Comment{beside(mild, "nosec", "", "")}, "", []string{"jwt info a.py:1 lowered from medium by nosec"}, "", 1},
		{"another tool's, of info", []secrets.Leak{graded(mild, rules.Info)}, []audit.Comment{beside(mild, "nosec", "", "")}, "", []string{"jwt info a.py:1 "}, "", 0},
		{"both", []secrets.Leak{mild}, []audit.Comment{beside(mild, "nosec", "", ""), beside(mild, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 comment"}, "", 1},
		{"twice in a file, one comment", []secrets.Leak{mild, again}, []audit.Comment{beside(mild, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 a.py:9 "}, "", 0},
		{"twice in a file, two comments", []secrets.Leak{mild, again}, []audit.Comment{beside(mild, allow, rules.JWT, "made up"), beside(again, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 a.py:9 comment"}, "", 1},
		{"twice in a file, the weaker counts", []secrets.Leak{mild, again}, []audit.Comment{beside(mild, allow, rules.JWT, "made up"), beside(again, "nosec", "", "")}, "", []string{"jwt info a.py:1 a.py:9 lowered from medium by nosec"}, "", 1},
		{"in two files, one comment", []secrets.Leak{mild, elsewhere}, []audit.Comment{beside(mild, allow, rules.JWT, "made up")}, "", []string{"jwt medium a.py:1 comment", "jwt medium b.py:1 "}, "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 1}, Leaks: tt.leaks, Comments: tt.comments}
			r := audit.Check(e, policy(t, "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\n"+tt.policy), catalogue(t))
			var got []string
			for _, f := range r.Findings {
				text := fmt.Sprintf("%s %s ", f.Rule, f.Severity)
				for _, l := range f.Locations {
					text += fmt.Sprintf("%s:%d ", l.Path, l.Line)
				}
				if f.Suppressed != nil {
					text += f.Suppressed.By
				}
				if f.Lowered != nil {
					text += fmt.Sprintf("lowered from %s by %s", f.Lowered.From, f.Lowered.Marker)
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if r.Coverage.Suppressed != tt.silenced {
				t.Errorf("%d counted as silenced, want %d", r.Coverage.Suppressed, tt.silenced)
			}
			told := strings.Join(slices.DeleteFunc(r.Notes, func(n string) bool { return !strings.HasPrefix(n, "the comment") }), "\n")
			if !strings.Contains(told, tt.note) || (tt.note == "") != (told == "") {
				t.Errorf("notes: %q, want %q", told, tt.note)
			}
		})
	}
}

// Thousands of comments without effect are not told one by one.
func TestCommentNotes(t *testing.T) {
	var e audit.Evidence
	for i := range 100 {
		l := leak(rules.JWT, "a.py", byte(i), fmt.Sprintf("%032d", i))
		l.Location.Line = i + 1
		e.Leaks = append(e.Leaks, l)
		e.Comments = append(e.Comments, beside(l, audit.AllowMarker, "", ""))
	}
	if r := audit.Check(e, policy(t, ""), catalogue(t)); len(r.Notes) > 15 || !slices.Contains(r.Notes, "90 more comments silence nothing") {
		t.Errorf("%d notes: %q", len(r.Notes), r.Notes)
	}
}

// A scope finding stands at a credential; a comment there has nothing to say.
func TestCommentsLeaveScopesAlone(t *testing.T) {
	held := token(fullMail)
	e := audit.Evidence{Time: now, TreeExamined: true, Credentials: []audit.Held{held}, Comments: []audit.Comment{
		{Beside: held.Location, Marker: audit.AllowMarker, Rule: rules.ScopeExcess, Reason: "the course wants it", Location: held.Location},
		{Beside: held.Location, Marker: "gitleaks:allow", Location: held.Location},
	}}
	r := audit.Check(e, policy(t, ""), catalogue(t))
	for _, f := range r.Findings {
		if f.Rule == rules.ScopeExcess && (f.Suppressed != nil || f.Severity != rules.High) {
			t.Errorf("silenced: %+v", f)
		}
	}
	if r.Coverage.Suppressed != 0 {
		t.Errorf("%d silenced", r.Coverage.Suppressed)
	}
}

// Policy, baseline, comment: the first that matches is named, and the others are
// none the less used.
func TestOrderOfSilencing(t *testing.T) {
	l := graded(leak(rules.JWT, "a.py", 1, digits("a")), rules.Medium)
	const excuse = "exceptions:\n  - {rule: jwt, path: a.py, reason: r, owner: o, until: 2027-01-01}\n"
	baseline := []*audit.Baseline{{Format: audit.OwnBaseline, Name: "b.json", Entries: []audit.BaselineEntry{{Line: 5, Rule: rules.JWT, Path: "a.py", Fingerprint: digits("a"), Reason: "known"}}}}
	comment := []audit.Comment{beside(l, audit.AllowMarker, rules.JWT, "made up")}
	for _, tt := range []struct {
		policy    string
		baselines []*audit.Baseline
		comments  []audit.Comment
		want      string
	}{
		{excuse, baseline, comment, "policy r (o) p.yaml:5"},
		{excuse, nil, comment, "policy r (o) p.yaml:5"},
		{"", baseline, comment, "baseline known b.json:5"},
		{"", nil, comment, "comment made up a.py:1"},
	} {
		e := audit.Evidence{
			Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 1}, Leaks: []secrets.Leak{l}, Baselines: tt.baselines, Comments: tt.comments,
			Roots: []audit.Root{{Typed: ".", Real: "/p", Name: "."}},
		}
		r := audit.Check(e, policy(t, "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\n"+tt.policy), catalogue(t))
		if len(r.Findings) != 1 || r.Findings[0].Suppressed == nil {
			t.Fatalf("%+v", r.Findings)
		}
		s := r.Findings[0].Suppressed
		if got := fmt.Sprintf("%s %s %s:%d", s.By, s.Reason, s.Location.Path, s.Location.Line); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		for _, u := range r.Baselines {
			if u.Matched != 1 {
				t.Errorf("the baseline's entry is told to be unused: %+v", u)
			}
		}
	}
}

// TestBaselinesOfGitleaks matches by path, line and rule.
func TestBaselinesOfGitleaks(t *testing.T) {
	at := func(rule rules.ID, path string, line, end int) secrets.Leak {
		l := leak(rule, path, 1, digits("a"))
		l.Location.Line, l.Location.EndLine = line, end
		return l
	}
	entry := func(rule rules.ID, path string, first, last int) audit.BaselineEntry {
		return audit.BaselineEntry{Line: 1, Rule: rule, Path: path, First: first, Last: last}
	}
	pack := []rules.Rule{{ID: "gitleaks:our-own", Severity: rules.Medium, Confidence: rules.LowConfidence}}
	tests := []struct {
		name  string
		leak  secrets.Leak
		entry audit.BaselineEntry
		want  bool
	}{
		{"same rule", at(rules.GoogleAPIKey, "a.py", 3, 3), entry("gcp-api-key", "a.py", 3, 3), true},
		{"another line", at(rules.GoogleAPIKey, "a.py", 3, 3), entry("gcp-api-key", "a.py", 4, 4), false},
		{"another file", at(rules.GoogleAPIKey, "b/a.py", 3, 3), entry("gcp-api-key", "a.py", 3, 3), false},
		{"a rule for something else", at(rules.GoogleRefreshToken, "a.py", 3, 3), entry("gcp-api-key", "a.py", 3, 3), false},
		{"a family of rules", at(rules.GitLabToken, "a.py", 3, 3), entry("gitlab-pat-routable", "a.py", 3, 3), true},
		{"another rule of a family", at(rules.GitHubToken, "a.py", 3, 3), entry("github-fine-grained-pat", "a.py", 3, 3), false},
		{"what looks secret", at(rules.GoogleRefreshToken, "a.py", 3, 3), entry("generic-api-key", "a.py", 3, 3), true},
		{"a rule that we do not have", at(rules.GenericSecret, "a.py", 3, 3), entry("acme-token", "a.py", 3, 3), true},
		{"a rule of a pack", at("gitleaks:our-own", "a.py", 3, 3), entry("our-own", "a.py", 3, 3), true},
		{"a rule that a pack has, for another's finding", at(rules.GenericSecret, "a.py", 3, 3), entry("our-own", "a.py", 3, 3), false},
		{"a block", at(rules.PrivateKey, "a.pem", 1, 27), entry("private-key", "a.pem", 1, 28), true},
		{"the middle of a block", at(rules.PrivateKey, "a.pem", 1, 27), entry("private-key", "a.pem", 5, 5), true},
		{"below a named folder", at(rules.JWT, "a.py", 3, 3), entry("jwt", "p/a.py", 3, 3), true},
		{"an absolute path", at(rules.JWT, "a.py", 3, 3), entry("jwt", "/home/kim/p/a.py", 3, 3), true},
		{"an absolute path elsewhere", at(rules.JWT, "a.py", 3, 3), entry("jwt", "/home/lee/p/a.py", 3, 3), false},
		{"in history", at(rules.JWT, "a.py", 3, 3), audit.BaselineEntry{Rule: "jwt", Path: "a.py", First: 3, Last: 3, Commit: "abcdef0"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := audit.Evidence{
				Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 1}, Rules: pack, Leaks: []secrets.Leak{tt.leak},
				Roots:     []audit.Root{{Typed: "p", Real: "/home/kim/p", Name: "."}},
				Baselines: []*audit.Baseline{{Format: audit.GitleaksReport, Entries: []audit.BaselineEntry{tt.entry}}},
			}
			r := audit.Check(e, policy(t, ""), catalogue(t))
			if got := r.Findings[0].Suppressed != nil; got != tt.want || (r.Baselines[0].Matched == 1) != tt.want {
				t.Errorf("accepted: %v, want %v; %+v", got, tt.want, r.Baselines[0])
			}
		})
	}
}

// A part that is accepted in one place and new in another is two findings, and
// the composite names both.
func TestPartedComposites(t *testing.T) {
	whole := leak(rules.GoogleFullCredential, "b.json", 1, digits("f"))
	whole.Tag, whole.Parts = secrets.Tag{9}, []string{digits("b")}
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 2}, Leaks: []secrets.Leak{
		leak(rules.GoogleRefreshToken, "a.json", 1, digits("a")), leak(rules.GoogleRefreshToken, "b.json", 1, digits("b")), whole,
	}}
	e.Baselines = []*audit.Baseline{{Format: audit.OwnBaseline, Entries: []audit.BaselineEntry{{Rule: rules.GoogleRefreshToken, Path: "a.json", Fingerprint: digits("a")}}}}
	for _, f := range audit.Check(e, policy(t, ""), catalogue(t)).Findings {
		switch {
		case f.Rule == rules.GoogleFullCredential && !slices.Equal(f.Parts, []string{digits("a"), digits("b")}):
			t.Errorf("the composite names %q", f.Parts)
		case f.Rule == rules.GoogleRefreshToken && f.PartOf != digits("f"):
			t.Errorf("a part of %q", f.PartOf)
		}
	}
}

// Each place tells what git does with its file.
func TestGitStateOfPlaces(t *testing.T) {
	held := with(token(fullMail), func(h *audit.Held) { h.State.Git = rules.GitUntracked })
	e := audit.Evidence{
		Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 2}, Credentials: []audit.Held{held},
		Leaks: []secrets.Leak{leak(rules.JWT, "a.py", 1, digits("a")), leak(rules.JWT, "b.py", 1, digits("b"))},
		Files: map[string]rules.FileState{"a.py": {Git: rules.GitTracked}, "b.py": {Git: rules.GitIgnored}},
	}
	want := map[string]rules.GitState{"a.py": rules.GitTracked, "b.py": rules.GitIgnored, "token.json": rules.GitUntracked}
	seen := map[string]bool{}
	for _, f := range audit.Check(e, policy(t, ""), catalogue(t)).Findings {
		for _, l := range f.Locations {
			seen[l.Path] = true
			if l.Git != want[l.Path] {
				t.Errorf("%s at %s: %q, want %q", f.Rule, l.Path, l.Git, want[l.Path])
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("only %v were seen", seen)
	}
}
