package policies_test

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
)

func decode(t *testing.T, text string) *policies.Policy {
	t.Helper()
	p, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", options())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func builtin(t *testing.T, name string) *policies.Policy {
	t.Helper()
	p, err := policies.Builtin(name, options())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func normal(t *testing.T, text string) scopes.Scope {
	t.Helper()
	s, ok := catalogue().Normalise(text)
	if !ok {
		t.Fatalf("the catalogue does not know %q", text)
	}
	return s
}

func TestBuiltinsJudge(t *testing.T) {
	for _, c := range []struct {
		policy         string
		allows, others []string
	}{
		{"gmail-readonly", []string{"gmail.readonly", "gmail.metadata"}, []string{"https://mail.google.com/", "gmail.modify", "gmail.labels", "gmail.send", "gmail.settings.basic", "drive.readonly"}},
		{"gmail-metadata", []string{"gmail.metadata"}, []string{"gmail.readonly", "gmail.labels"}},
		{"gmail-labels", []string{"gmail.labels"}, []string{"gmail.modify", "gmail.metadata"}},
		{"gmail-send", []string{"gmail.send"}, []string{"gmail.compose", "gmail.readonly"}},
		{"gmail-modify", []string{"gmail.modify", "gmail.readonly", "gmail.send", "gmail.labels"}, []string{"https://mail.google.com/", "gmail.settings.basic"}},
		{"drive-file", []string{"drive.file", "drive.appdata"}, []string{"drive", "drive.readonly", "drive.metadata.readonly"}},
		{"drive-readonly", []string{"drive.readonly", "drive.metadata.readonly"}, []string{"drive", "drive.file"}},
		{"calendar-readonly", []string{"calendar.readonly", "calendar.events.readonly", "calendar.freebusy"}, []string{"calendar", "calendar.events"}},
		{"sheets-readonly", []string{"spreadsheets.readonly"}, []string{"spreadsheets", "drive.readonly", "drive.file"}},
		{"identity", nil, []string{"gmail.metadata", "contacts.readonly"}},
		{"any-readonly", []string{"gmail.readonly", "drive.readonly", "calendar.readonly", "spreadsheets.readonly", "gmail.metadata"}, []string{"gmail.send", "gmail.labels", "drive.file", "https://mail.google.com/", "gmail.settings.basic"}},
	} {
		p := builtin(t, c.policy)
		for _, text := range c.allows {
			if v := p.Judge(normal(t, text), catalogue()); !v.Judged || !v.Allowed || v.Denied || v.Note != nil || v.Why == "" {
				t.Errorf("%s: %s: %+v, want allowed, with the reason and without a note", c.policy, text, v)
			}
		}
		for _, text := range c.others {
			if v := p.Judge(normal(t, text), catalogue()); !v.Judged || v.Allowed {
				t.Errorf("%s: %s: %+v, want judged and not allowed", c.policy, text, v)
			}
		}
		if v := p.Judge("openid", catalogue()); !v.Allowed || v.Note != nil {
			t.Errorf("%s: openid: %+v, want allowed silently", c.policy, v)
		}
		for _, text := range []string{"email", "profile"} {
			if v := p.Judge(normal(t, text), catalogue()); !v.Allowed || v.Note == nil || *v.Note != rules.Info {
				t.Errorf("%s: %s: %+v, want allowed with an info", c.policy, text, v)
			}
		}
		if v := p.Judge("https://example.com/auth/all", catalogue()); !v.Judged || v.Allowed {
			t.Errorf("%s: an unknown scope: %+v, want judged and not allowed", c.policy, v)
		}
		if p.Source != policies.SourceBuiltIn || p.Name != c.policy || p.Description == "" || p.FileMode != 0o600 {
			t.Errorf("%s: %+v", c.policy, p)
		}
		for _, e := range p.Allowed {
			if info, _ := catalogue().Info(e.Scope); p.PowerExceeds(info) {
				t.Errorf("%s: %s is allowed and exceeds %s", c.policy, e.Scope, p.MaxPower)
			}
		}
	}
}

// What each built-in policy allows beyond what it lists: the parts of those
// scopes, and nothing that another product's name hides.
func TestBuiltinsAllowParts(t *testing.T) {
	current := func(names ...string) (out []string) {
		for _, n := range names {
			out = append(out, "gmail.addons.current."+n)
		}
		return out
	}
	for policy, want := range map[string][]string{
		"gmail-readonly": append(current("message.action", "message.metadata", "message.readonly"), "gmail.metadata"),
		"gmail-metadata": current("message.metadata"),
		"gmail-labels":   nil,
		"gmail-send":     nil,
		"gmail-modify": append(current("action.compose", "message.action", "message.metadata", "message.readonly"),
			"gmail.compose", "gmail.insert", "gmail.labels", "gmail.metadata", "gmail.readonly", "gmail.send"),
		"drive-file":     nil,
		"drive-readonly": {"documents.readonly", "drive.meet.readonly", "forms.body.readonly", "presentations.readonly", "spreadsheets.readonly"},
		"calendar-readonly": {"calendar.calendarlist.readonly", "calendar.calendars.readonly", "calendar.events.freebusy",
			"calendar.events.owned.readonly", "calendar.events.public.readonly", "calendar.settings.readonly"},
		"sheets-readonly": nil,
		"identity":        nil,
	} {
		p := builtin(t, policy)
		var got []string
		for _, s := range catalogue().All() {
			if v := p.Judge(s, catalogue()); v.Allowed && v.By != s {
				got = append(got, s.Short())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s allows also %q, want %q", policy, got, want)
		}
	}
}

func TestLoadDefaultJudgesGmailOnly(t *testing.T) {
	p, err := policies.LoadDefault(options())
	if err != nil {
		t.Fatal(err)
	}
	if p.Source != policies.SourceDefault || p.Name != policies.Default {
		t.Errorf("source %s, name %s", p.Source, p.Name)
	}
	for text, want := range map[string]policies.Verdict{
		"gmail.send":     {Judged: true},
		"drive":          {},
		"calendar":       {},
		"cloud-platform": {},
	} {
		if v := p.Judge(normal(t, text), catalogue()); v != want {
			t.Errorf("%s: %+v, want %+v", text, v, want)
		}
	}
	if v := p.Judge("openid", catalogue()); !v.Judged || !v.Allowed {
		t.Errorf("openid: %+v, want allowed", v)
	}
}

func TestJudgeByAuthority(t *testing.T) {
	p := decode(t, `version: 1
apis: [gmail]
extends: gmail-modify
deny: [{scope: gmail.send, why: nothing goes out}]
`)
	for text, want := range map[string]policies.Verdict{
		// Deny wins over what the base allows, and reaches what covers it.
		"gmail.send":               {Judged: true, Denied: true, By: normal(t, "gmail.send"), Why: "nothing goes out"},
		"gmail.modify":             {Judged: true, Denied: true, By: normal(t, "gmail.send"), Why: "nothing goes out"},
		"https://mail.google.com/": {Judged: true, Denied: true, By: normal(t, "gmail.send"), Why: "nothing goes out"},
		"gmail.settings.basic":     {Judged: true},
		"drive":                    {},
	} {
		if v := p.Judge(normal(t, text), catalogue()); v != want {
			t.Errorf("%s: %+v, want %+v", text, v, want)
		}
	}
	if v := p.Judge(normal(t, "gmail.readonly"), catalogue()); !v.Allowed || v.By != normal(t, "gmail.modify") {
		t.Errorf("gmail.readonly: %+v, want allowed by gmail.modify", v)
	}
}

// No union of listed scopes allows a third.
func TestNoUnion(t *testing.T) {
	p := decode(t, `version: 1
allow:
  - {scope: gmail.readonly, why: to read}
  - {scope: gmail.send, why: to send}
  - {scope: gmail.labels, why: to label}
  - {scope: gmail.insert, why: to insert}
`)
	if v := p.Judge(normal(t, "gmail.modify"), catalogue()); v.Allowed {
		t.Errorf("gmail.modify: %+v", v)
	}
}

// Allowing more never forbids, denying more never allows, and what is denied is
// not allowed.
func TestJudgeIsMonotone(t *testing.T) {
	all := catalogue().All()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []policies.Entry {
			var entries []policies.Entry
			for _, s := range rapid.SliceOfN(rapid.SampledFrom(all), 0, 4).Draw(t, label) {
				entries = append(entries, policies.Entry{Scope: s, Why: label})
			}
			return entries
		}
		small := policies.Policy{Allowed: draw("allow"), Denied: draw("deny"), AllowAny: rapid.Bool().Draw(t, "any"), MaxPower: scopes.Read}
		more, less := small, small
		more.Allowed = append(draw("more"), small.Allowed...)
		less.Denied = append(draw("less"), small.Denied...)
		s := rapid.SampledFrom(all).Draw(t, "scope")
		v := small.Judge(s, catalogue())
		if v.Denied && v.Allowed {
			t.Errorf("%s: both denied and allowed", s)
		}
		if v.Allowed && !more.Judge(s, catalogue()).Allowed {
			t.Errorf("%s: allowed no longer when more is allowed", s)
		}
		if !v.Allowed && less.Judge(s, catalogue()).Allowed {
			t.Errorf("%s: allowed because more is denied", s)
		}
	})
}

func TestPowerExceeds(t *testing.T) {
	for _, c := range []struct {
		max    scopes.Power
		powers []scopes.Power
		want   bool
	}{
		{"", []scopes.Power{scopes.Settings}, false},
		{scopes.Read, []scopes.Power{scopes.Metadata, scopes.Read}, false},
		{scopes.Read, []scopes.Power{scopes.Read, scopes.Send}, true},
		{scopes.Settings, []scopes.Power{scopes.Settings}, false},
	} {
		p := policies.Policy{MaxPower: c.max}
		if got := p.PowerExceeds(scopes.Info{Powers: c.powers}); got != c.want {
			t.Errorf("max %q, powers %v: %t", c.max, c.powers, got)
		}
	}
}

func TestHolders(t *testing.T) {
	p := decode(t, `version: 1
extends: identity
clients: ["000000000000-*.apps.googleusercontent.com"]
accounts: ["*@example.edu", Ann@Example.com]
`)
	for id, want := range map[string]bool{
		"000000000000-example.apps.googleusercontent.com":             true,
		"000000000001-example.apps.googleusercontent.com":             false,
		"000000000000-example.apps.googleusercontent.com.example.com": false,
		"": false,
	} {
		if got := p.AllowsClient(id); got != want {
			t.Errorf("client %q: %t", id, got)
		}
	}
	for account, want := range map[string]bool{
		"bob@example.edu": true, "Bob@EXAMPLE.edu": true, "ann@example.com": true,
		"bob@example.com": false, "bob@example.edu.example.com": false, "": false,
	} {
		if got := p.AllowsAccount(account); got != want {
			t.Errorf("account %q: %t", account, got)
		}
	}
	open := policies.Policy{}
	if !open.AllowsClient("any") || !open.AllowsAccount("any@example.com") {
		t.Error("a policy without patterns refuses someone")
	}
}

func TestException(t *testing.T) {
	day := time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC)
	byPath := policies.Exception{Rule: rules.GoogleClientID, Path: "notebooks/**/*.ipynb", Until: day}
	byPrint := policies.Exception{Rule: rules.GoogleClientID, Fingerprint: "0123456789abcdef0123456789abcdef", Until: day}
	for _, c := range []struct {
		e           policies.Exception
		rule        rules.ID
		path, print string
		want        bool
	}{
		{byPath, rules.GoogleClientID, "notebooks/a.ipynb", "", true},
		{byPath, rules.GoogleClientID, "notebooks/week1/a.ipynb", "", true},
		{byPath, rules.GoogleClientID, "notebooks/a.py", "", false},
		{byPath, rules.ScopeExcess, "notebooks/a.ipynb", "", false},
		{byPrint, rules.GoogleClientID, "anywhere", "0123456789abcdef0123456789abcdef", true},
		{byPrint, rules.GoogleClientID, "anywhere", "", false},
		{byPrint, rules.ScopeExcess, "anywhere", "0123456789abcdef0123456789abcdef", false},
		{policies.Exception{Rule: rules.GoogleClientID}, rules.GoogleClientID, "a", "", false},
	} {
		if got := c.e.Matches(c.rule, c.path, c.print); got != c.want {
			t.Errorf("%+v on %s %s %s: %t", c.e, c.rule, c.path, c.print, got)
		}
	}
	for at, want := range map[string]bool{
		"2030-01-30T00:00:00Z":      false,
		"2030-01-31T23:59:59Z":      false,
		"2030-02-01T00:00:00Z":      true,
		"2030-02-01T00:30:00+01:00": false, // still January in UTC
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := byPath.Expired(now); got != want {
			t.Errorf("at %s: expired %t", at, got)
		}
	}
}
