package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo"
)

const (
	readonly = "https://www.googleapis.com/auth/gmail.readonly"
	metadata = "https://www.googleapis.com/auth/gmail.metadata"
	send     = "https://www.googleapis.com/auth/gmail.send"
	fullMail = "https://mail.google.com/"
	calendar = "https://www.googleapis.com/auth/calendar"
	email    = "https://www.googleapis.com/auth/userinfo.email"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// loaded is the catalogue, which all tests share: it is immutable.
var loaded = sync.OnceValues(scopes.Load)

func catalogue(t *testing.T) *scopes.Catalogue {
	t.Helper()
	cat, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func options(t *testing.T) policies.Options {
	var ids []rules.ID
	for _, r := range audit.Rules() {
		ids = append(ids, r.ID)
	}
	return policies.Options{Catalogue: catalogue(t), Rules: ids}
}

// policy reads a policy from its text; the default one for the empty text.
func policy(t *testing.T, text string) *policies.Policy {
	t.Helper()
	if text == "" {
		p, err := policies.LoadDefault(options(t))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", options(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// token is a credential of google-auth that claims the scopes.
func token(claimed ...string) audit.Held {
	return audit.Held{
		Credential: tokeninfo.Credential{
			Kind: tokeninfo.GoogleAuth, ClientID: "1-a.apps.googleusercontent.com",
			AccessToken: tokeninfo.NewSecret("access"), RefreshToken: tokeninfo.NewSecret("refresh"),
			Claim: tokeninfo.ClaimRequested, Scopes: claimed,
		},
		Location: rules.Location{Origin: rules.Tree, Path: "token.json", Line: 1},
		State:    rules.FileState{Git: rules.GitIgnored, Mode: 0o600, ModeKnown: true},
		Named:    true,
	}
}

// with changes a copy of a held credential.
func with(h audit.Held, change func(*audit.Held)) audit.Held {
	change(&h)
	return h
}

// live gives the credential Google's answer that it is live with these scopes.
func live(h audit.Held, granted ...string) audit.Held {
	h.Grant = &tokeninfo.Grant{
		Access: tokeninfo.Live, Scopes: granted, ClientID: h.Credential.ClientID,
		ExpiresIn: 50 * time.Minute, Asked: now,
	}
	return h
}

func TestCheckCredential(t *testing.T) {
	const allowReadonly = "version: 1\nallow:\n  - {scope: gmail.readonly, why: to read}\n"
	tests := []struct {
		name   string
		policy string
		held   audit.Held
		want   []string // "rule severity", in any order
	}{
		{"what the default allows is healthy", "", token(readonly), nil},
		{"a claim of full mail", "", token(fullMail), []string{"scope-excess high"}},
		{"a covered scope is allowed", "", token("https://www.googleapis.com/auth/gmail.addons.current.message.readonly"), nil},
		{"Google's answer counts, not the claim", "", live(token(readonly), fullMail), []string{"scope-excess high", "claim-differs medium"}},
		{"a claim that was not granted", "", live(token(readonly, fullMail), readonly), []string{"claim-differs medium"}},
		{"openid on its own is no difference", "", live(token(readonly), readonly, "openid"), nil},
		{"order and aliases are no difference", "", live(token("email", readonly), readonly, email), []string{"scope-noted info"}},
		{"another client than the file names", "", with(live(token(readonly), readonly), func(h *audit.Held) { h.Grant.ClientID = "2-b.apps.googleusercontent.com" }), []string{"claim-differs medium"}},
		{"email is mentioned", "", token(readonly, "email"), []string{"scope-noted info"}},
		{"the default does not judge other APIs", "", token(calendar), []string{"scope-not-judged info"}},
		{"a named policy judges all APIs", allowReadonly, token(calendar), []string{"scope-excess high"}},
		{"reading what nobody allowed is medium", allowReadonly, token("https://www.googleapis.com/auth/calendar.readonly"), []string{"scope-excess medium"}},
		{"a misspelt scope", "", token("https://www.googleapis.com/auth/gmail.readnoly"), []string{"scope-unknown medium"}},
		{"metadata beside readonly", "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\n  - {scope: gmail.metadata, why: b}\n", token(readonly, metadata), []string{"scope-conflict medium"}},
		{"denied", "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\ndeny:\n  - {scope: gmail.send, why: no mail in our name}\n", token(send), []string{"scope-denied critical"}},
		{"a scope that covers a denied one", "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\ndeny:\n  - {scope: gmail.send, why: b}\n", token("gmail.modify"), []string{"scope-denied critical"}},
		{"required and missing", "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\n  - {scope: gmail.send, why: a}\nrequire:\n  - {scope: gmail.readonly, why: the report}\n", token(send), []string{"scope-required medium"}},
		{"required and covered", "version: 1\nallow:\n  - {scope: gmail.modify, why: a}\nrequire:\n  - {scope: gmail.readonly, why: b}\n", token("gmail.modify"), nil},
		{"a file that claims nothing may hold anything", allowReadonly + "require:\n  - {scope: gmail.readonly, why: b}\n",
			with(token(), func(h *audit.Held) { h.Credential.Claim = tokeninfo.ClaimNone }), nil},
		{"more power than the greatest", "version: 1\nmax_power: read\nallow_any: true\n", token(send), []string{"power-excess high"}},
		{"within the greatest power", "version: 1\nmax_power: read\nallow_any: true\n", token(readonly, "https://www.googleapis.com/auth/drive.readonly"), nil},
		{"a foreign client", allowReadonly + "clients: [\"9-*\"]\n", token(readonly), []string{"client-not-allowed high"}},
		{"the client that is wanted", allowReadonly + "clients: [\"1-*\"]\n", token(readonly), nil},
		{"a foreign account", allowReadonly + "accounts: [\"*@school.example\"]\n",
			with(token(readonly), func(h *audit.Held) { h.Credential.Account = "me@home.example" }), []string{"account-not-allowed high"}},
		{"an account under an address that nobody proved", allowReadonly + "accounts: [\"*@school.example\"]\n",
			with(live(token(readonly), readonly), func(h *audit.Held) { h.Grant.Account = "dean@school.example" }), []string{"account-not-allowed high"}},
		{"the account that is wanted", allowReadonly + "accounts: [\"*@school.example\"]\n",
			with(live(token(readonly), readonly), func(h *audit.Held) { h.Grant.Account, h.Grant.AccountVerified = "kim@school.example", true }), nil},
		{"an account that nobody told is not judged", allowReadonly + "accounts: [\"*@school.example\"]\n", token(readonly), nil},
		{"a refresh token where none may be", allowReadonly + "refresh_token: forbidden\n", token(readonly), []string{"refresh-token-present medium"}},
		{"lives too long", allowReadonly + "max_lifetime: 30m\n", live(token(readonly), readonly), []string{"lifetime-excess medium"}},
		{"lives not too long", allowReadonly + "max_lifetime: 1h\n", live(token(readonly), readonly), nil},
		{"a foreign endpoint", "", with(token(readonly), func(h *audit.Held) {
			h.Credential.Endpoints = []tokeninfo.Endpoint{{Field: "token_uri", Value: "https://evil.example/token", Foreign: true}}
		}), []string{"foreign-endpoint high"}},
		{"dead beside a refresh token is never harmless", "", with(token(readonly), func(h *audit.Held) { h.Grant = &tokeninfo.Grant{Access: tokeninfo.NotValid} }), []string{"token-not-tested high"}},
		{"dead and alone", "", with(token(readonly), func(h *audit.Held) {
			h.Grant = &tokeninfo.Grant{Access: tokeninfo.NotValid}
			h.Credential.RefreshToken = tokeninfo.Secret{}
		}), []string{"token-not-valid info"}},
		{"a refresh token alone", "", with(token(), func(h *audit.Held) {
			h.Grant = &tokeninfo.Grant{Access: tokeninfo.NoToken}
			h.Credential.AccessToken, h.Credential.Claim = tokeninfo.Secret{}, tokeninfo.ClaimNone
		}), []string{"token-not-tested high"}},
		{"a service account's power is unknown, never blank", "", with(token(), func(h *audit.Held) {
			h.Credential = tokeninfo.Credential{Kind: tokeninfo.ServiceAccount, PrivateKey: tokeninfo.NewSecret("key"), Claim: tokeninfo.ClaimNone, CannotTell: []string{"IAM decides"}}
		}), []string{"power-unknown info"}},
		{"git tracks the file", "", with(token(readonly), func(h *audit.Held) { h.State.Git = rules.GitTracked }), []string{"credential-tracked high"}},
		{"git would add the file", "", with(token(readonly), func(h *audit.Held) { h.State.Git = rules.GitUntracked }), []string{"credential-not-ignored medium"}},
		{"what cannot be told of git is no finding", "", with(token(readonly), func(h *audit.Held) { h.State.Git = rules.GitUnknown }), nil},
		{"client secrets of an installed app", "", with(token(), func(h *audit.Held) {
			h.Credential = tokeninfo.Credential{Kind: tokeninfo.ClientSecrets, ClientType: "installed", ClientSecret: tokeninfo.NewSecret("s"), Claim: tokeninfo.ClaimNone}
			h.State.Git = rules.GitTracked
		}), []string{"credential-tracked medium"}},
		{"others can read the file", allowReadonly + "file_mode: \"0600\"\n", with(token(readonly), func(h *audit.Held) { h.State.Mode = 0o644 }), []string{"file-readable low"}},
		{"the mode of a tracked file is git's", allowReadonly + "file_mode: \"0600\"\n",
			with(token(readonly), func(h *audit.Held) { h.State.Mode, h.State.Git, h.Named = 0o644, rules.GitTracked, false }), []string{"credential-tracked high"}},
		{"a system without mode bits", allowReadonly + "file_mode: \"0600\"\n", with(token(readonly), func(h *audit.Held) { h.State.Mode, h.State.ModeKnown = 0o666, false }), nil},
		{"never inside archives", allowReadonly + "file_mode: \"0600\"\n", with(token(readonly), func(h *audit.Held) { h.State.Mode, h.Location.Origin = 0o644, rules.Archive }), nil},
		{"the policy has the last word on severity", allowReadonly + "severity: {scope-excess: low}\n", token(fullMail), []string{"scope-excess low"}},
	}
	cat := catalogue(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{tt.held}}, policy(t, tt.policy), cat)
			var got []string
			for _, f := range r.Findings {
				got = append(got, string(f.Rule)+" "+f.Severity.String())
				if f.Message == "" || f.Remedy == "" || len(f.Fingerprint) != 32 || f.Confidence == 0 || len(f.Locations) == 0 {
					t.Errorf("finding %s lacks a message, remedy, fingerprint, confidence or place: %+v", f.Rule, f)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
				for _, f := range r.Findings {
					t.Log(f.Rule, f.Message)
				}
			}
			if !r.Complete {
				t.Error("the report is not complete")
			}
		})
	}
}

func leak(rule rules.ID, path string, secret byte, fingerprint string) secrets.Leak {
	return secrets.Leak{
		Rule: rule, Severity: rules.High, Confidence: rules.HighConfidence, Message: "a leak", Tag: secrets.Tag{secret},
		Fingerprint: fingerprint, Location: rules.Location{Origin: rules.Tree, Path: path, Line: 1, Column: 1},
	}
}

func TestEqualSecretsAreOneFinding(t *testing.T) {
	whole := leak(rules.GoogleFullCredential, "a.json", 9, "whole")
	whole.Severity, whole.Parts = rules.Critical, []string{"at-a", "at-b"}
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 2}, Leaks: []secrets.Leak{
		leak(rules.GoogleRefreshToken, "b.ipynb", 1, "at-b"),
		leak(rules.GoogleRefreshToken, "a.json", 1, "at-a"),
		leak(rules.GoogleAccessToken, "a.json", 2, "other"),
		whole,
	}}
	r := audit.Check(e, policy(t, ""), catalogue(t))
	if len(r.Findings) != 3 {
		t.Fatalf("%d findings, want 3: %+v", len(r.Findings), r.Findings)
	}
	composite := r.Findings[0]
	if composite.Rule != rules.GoogleFullCredential || !slices.Equal(composite.Parts, []string{"at-a"}) {
		t.Errorf("the composite is %s with parts %q, want both places joined to at-a", composite.Rule, composite.Parts)
	}
	for _, f := range r.Findings[1:] {
		switch f.Rule {
		case rules.GoogleRefreshToken:
			if len(f.Locations) != 2 || f.Locations[0].Path != "a.json" || f.Fingerprint != "at-a" || f.PartOf != "whole" {
				t.Errorf("the refresh token is %+v", f)
			}
		case rules.GoogleAccessToken:
			if f.PartOf != "" || f.Secret == composite.Secret {
				t.Errorf("the access token is %+v", f)
			}
		}
	}
}

// Where a secret lies now is where to look, and what names it; the path that an
// older commit held it under comes after, whatever the order of the names.
func TestFilesComeBeforeHistory(t *testing.T) {
	here := leak(rules.GoogleRefreshToken, "now.json", 1, "now")
	staged, before := leak(rules.GoogleRefreshToken, "index.json", 1, "staged"), leak(rules.GoogleRefreshToken, "before.json", 1, "before")
	staged.Location.Origin, before.Location.Origin = rules.Index, rules.History
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 1, Blobs: 2}, Leaks: []secrets.Leak{before, staged, here}}
	f := audit.Check(e, policy(t, ""), catalogue(t)).Findings[0]
	var got []string
	for _, l := range f.Locations {
		got = append(got, l.Path)
	}
	if want := []string{"now.json", "index.json", "before.json"}; !slices.Equal(got, want) || f.Fingerprint != "now" {
		t.Errorf("places %q and fingerprint %q, want %q and now", got, f.Fingerprint, want)
	}
}

func TestACopyIsJudgedOnce(t *testing.T) {
	pasted := func(change func(*audit.Held)) audit.Held {
		return with(token(fullMail), func(h *audit.Held) {
			h.Credential.Kind, h.Location.Path = tokeninfo.TextCredential, "inbox.ipynb"
			change(h)
		})
	}
	for name, tt := range map[string]struct {
		copy audit.Held
		want int
	}{
		"the same":      {pasted(func(*audit.Held) {}), 1},
		"other claims":  {pasted(func(h *audit.Held) { h.Credential.Scopes = []string{readonly} }), 2},
		"another token": {pasted(func(h *audit.Held) { h.Credential.RefreshToken = tokeninfo.NewSecret("other") }), 2},
		"no token at all": {pasted(func(h *audit.Held) {
			h.Credential.RefreshToken, h.Credential.AccessToken = tokeninfo.Secret{}, tokeninfo.Secret{}
		}), 2},
		"a file of its own": {pasted(func(h *audit.Held) { h.Credential.Kind = tokeninfo.NodeUser }), 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{token(fullMail), tt.copy}}, policy(t, ""), catalogue(t))
			if len(r.Credentials) != tt.want {
				t.Errorf("%d credentials in the report, want %d", len(r.Credentials), tt.want)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	const head = "version: 1\nallow:\n  - {scope: gmail.readonly, why: to read}\nexceptions:\n"
	exception := func(what, until string) string {
		return "  - {rule: scope-excess, " + what + ", reason: until the exam, owner: kim, until: " + until + "}\n"
	}
	tests := []struct {
		name       string
		text       string
		suppressed bool
		want       []string // other rules that fire
	}{
		{"by path", head + exception("path: token.json", "2026-12-01"), true, nil},
		{"by pattern", head + exception("path: \"**/*.json\"", "2026-12-01"), true, nil},
		{"on its last day", head + exception("path: token.json", "2026-11-23"), true, nil},
		{"a day late", head + exception("path: token.json", "2026-11-22"), false, []string{"exception-expired"}},
		{"elsewhere", head + exception("path: other.json", "2026-12-01"), false, []string{"exception-unused"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 1}, Credentials: []audit.Held{token(fullMail)}}
			r := audit.Check(e, policy(t, tt.text), catalogue(t))
			var others []string
			for _, f := range r.Findings {
				if f.Rule != rules.ScopeExcess {
					others = append(others, string(f.Rule))
				} else if (f.Suppressed != nil) != tt.suppressed {
					t.Errorf("suppressed: %+v, want %v", f.Suppressed, tt.suppressed)
				}
			}
			if !slices.Equal(others, tt.want) {
				t.Errorf("fired %q, want %q", others, tt.want)
			}
			if (r.Coverage.Suppressed == 1) != tt.suppressed {
				t.Errorf("%d counted as suppressed", r.Coverage.Suppressed)
			}
		})
	}
}

// A new place of an old secret is news, even where an exception covers the old:
// it is a finding of its own, under the fingerprint of its own place.
func TestExceptionCoversOnlyItsPlaces(t *testing.T) {
	text := "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\nexceptions:\n  - {rule: google-refresh-token, %s, reason: r, owner: o, until: 2027-01-01}\n"
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 2}, Leaks: []secrets.Leak{
		leak(rules.GoogleRefreshToken, "a.json", 1, strings.Repeat("a", 32)), leak(rules.GoogleRefreshToken, "b.py", 1, strings.Repeat("b", 32)),
	}}
	for _, target := range []string{"path: a.json", "fingerprint: " + strings.Repeat("a", 32)} {
		r := audit.Check(e, policy(t, fmt.Sprintf(text, target)), catalogue(t))
		if len(r.Findings) != 2 {
			t.Fatalf("%s: findings: %+v", target, r.Findings)
		}
		for _, f := range r.Findings {
			old := f.Locations[0].Path == "a.json"
			if len(f.Locations) != 1 || (f.Suppressed != nil) != old || (f.Fingerprint[0] == 'a') != old {
				t.Errorf("%s: finding: %+v", target, f)
			}
		}
	}
}

func TestTable(t *testing.T) {
	e := audit.Evidence{Time: now, Credentials: []audit.Held{token(fullMail)}}
	r := audit.Check(e, policy(t, ""), catalogue(t))
	var got []string
	word := func(b *bool) string {
		if b == nil {
			return "?"
		}
		return map[bool]string{true: "yes", false: "no"}[*b]
	}
	for _, row := range r.Scopes {
		got = append(got, strings.Join([]string{row.Short, word(row.Allowed), word(row.Requested), word(row.Granted), word(row.Needed)}, " "))
	}
	want := []string{"mail.google.com no yes ? ?", "gmail.readonly yes no ? ?"}
	if len(got) == 0 || !strings.HasSuffix(got[0], " no yes ? ?") || !slices.Contains(got, want[1]) {
		t.Errorf("table %q, want the claim first and %q", got, want[1])
	}
}

func TestMissingModeBitsAreSaid(t *testing.T) {
	text := "version: 1\nallow:\n  - {scope: gmail.readonly, why: a}\nfile_mode: \"0600\"\n"
	for known, want := range map[bool]bool{true: false, false: true} {
		held := with(token(readonly), func(h *audit.Held) { h.State.ModeKnown = known })
		r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{held}}, policy(t, text), catalogue(t))
		got := slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "not checked") })
		if got != want {
			t.Errorf("mode known %v: notes %q", known, r.Notes)
		}
	}
}

func TestNothingExaminedIsNotClean(t *testing.T) {
	if r := audit.Check(audit.Evidence{Time: now, TreeExamined: true}, policy(t, ""), catalogue(t)); r.Complete {
		t.Error("a run that examined nothing claims to be complete")
	}
	failed := audit.Evidence{Time: now, Coverage: rules.Coverage{Files: 1, Skipped: []rules.Skipped{{Path: "x", Reason: "unreadable", Kind: rules.ByFailure}}}}
	if r := audit.Check(failed, policy(t, ""), catalogue(t)); r.Complete {
		t.Error("a run with a failed part claims to be complete")
	}
}

func TestEveryRuleIsDocumented(t *testing.T) {
	seen := make(map[rules.ID]bool)
	for _, r := range audit.Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.What == "" || r.Why == "" || r.Remedy == "" || r.Confidence == 0 {
			t.Errorf("%s is not documented in full", r.ID)
		}
		if strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title ends in a full stop", r.ID)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"token.json":    "token.json",
		"my token.json": "'my token.json'",
		"it's":          `'it'\''s'`,
		"-rf":           "./-rf",
		"$(reboot)":     "'$(reboot)'",
		"a\nb; rm x":    "a?b??rm?x",
		"\x1b[31mred":   "??31mred",
		"":              "''",
	} {
		if got := audit.ShellQuote(in); got != want {
			t.Errorf("ShellQuote(%q) = %q, want %q", in, got, want)
		}
	}
}

// What is not allowed stands first in the table, what nobody judges last.
func TestTableOrder(t *testing.T) {
	held := token(calendar, send, readonly)
	r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{held}}, policy(t, ""), catalogue(t))
	var got []string
	for _, row := range r.Scopes {
		got = append(got, row.Short)
	}
	if want := []string{"gmail.send", "gmail.readonly", "calendar"}; !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
}

func TestTimeLeft(t *testing.T) {
	expired := with(token(readonly), func(h *audit.Held) { h.Credential.Expiry = now.Add(-time.Hour) })
	for name, tt := range map[string]struct {
		held audit.Held
		want time.Duration
	}{
		"Google says": {live(expired, readonly), 50 * time.Minute},
		"file says":   {expired, -time.Hour},
		"nobody says": {token(readonly), 0},
	} {
		r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{tt.held}}, policy(t, ""), catalogue(t))
		if got := r.Credentials[0].Left; got != tt.want {
			t.Errorf("%s: %v left, want %v", name, got, tt.want)
		}
	}
}
