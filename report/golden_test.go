package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares output with a file of testdata.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (go test ./report -update writes it anew):\n%s", path, diff)
	}
}

// render writes r twice and fails if the bytes differ.
func render(t *testing.T, f Format, r audit.Report, o Options) []byte {
	t.Helper()
	var first, second bytes.Buffer
	if err := Write(&first, f, r, o); err != nil {
		t.Fatal(err)
	}
	if err := Write(&second, f, r, o); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("equal reports give different bytes")
	}
	return first.Bytes()
}

func TestTextGolden(t *testing.T) {
	for _, c := range []struct {
		file    string
		report  audit.Report
		options Options
	}{
		{"sample-40.txt", sample(), Options{Width: 40}},
		{"sample-60.txt", sample(), Options{Width: 60}},
		{"sample-80.txt", sample(), Options{}},
		{"sample-80-color.txt", sample(), Options{Color: true}},
		{"sample-80-quiet.txt", sample(), Options{Quiet: true}},
		{"sample-120.txt", sample(), Options{Width: 120}},
		{"sample-200.txt", sample(), Options{Width: 200}},
		{"clean.txt", clean(), Options{}},
		{"empty.txt", audit.Report{Tool: "scopeaudit 0.1.0"}, Options{}},
		{"incomplete.txt", incomplete(), Options{}},
		{"asked.txt", asked(), Options{}},
		{"names.txt", names(), Options{}},
		{"class-60.txt", students(12), Options{Width: 60}},
		{"class-80-color.txt", students(12), Options{Color: true}},
	} {
		t.Run(c.file, func(t *testing.T) {
			golden(t, c.file, render(t, Text, c.report, c.options))
		})
	}
}

func TestMachineGolden(t *testing.T) {
	for _, f := range []Format{JSON, SARIF} {
		for name, r := range map[string]audit.Report{"sample": sample(), "clean": clean(), "incomplete": incomplete(), "asked": asked()} {
			t.Run(fmt.Sprintf("%s.%s", name, f), func(t *testing.T) {
				got := render(t, f, r, Options{})
				golden(t, fmt.Sprintf("%s.%s", name, f), got)
				if other := render(t, f, r, Options{Width: 40, Color: true, Quiet: true}); !bytes.Equal(got, other) {
					t.Error("options for text change a machine format")
				}
			})
		}
	}
}

// TestWidth holds every line to the width, but for words that may not be broken.
func TestWidth(t *testing.T) {
	for _, width := range []int{40, 50, 60, 64, 72, 80, 100, 120, 200} {
		for _, r := range []audit.Report{sample(), clean(), incomplete(), asked(), students(12), coded()} {
			for line := range strings.Lines(string(render(t, Text, r, Options{Width: width, Color: true}))) {
				line = plain(strings.TrimRight(line, "\n"))
				if columns(line) <= width {
					continue
				}
				words := strings.Fields(line)
				if longest := columns(words[len(words)-1]); longest < width-gutter-4 {
					t.Errorf("width %d: %d columns: %q", width, columns(line), line)
				}
			}
		}
	}
}

// What people copy stays on one line: a command between backquotes that fits on
// one, and a path with spaces in it.
func TestWhatIsCopiedIsNotBroken(t *testing.T) {
	const command = "`git rm --cached -- data/token.json`"
	at := rules.Location{Origin: rules.Tree, Path: "the second try/token.json", Line: 3, Cell: 5, Execution: 7, Output: true}
	for width := 52; width <= 100; width++ {
		out := string(render(t, Text, audit.Report{Findings: []audit.Finding{{
			Rule: rules.CredentialTracked, Severity: rules.High, Fingerprint: "70000000000000000000000000000000",
			Message:   "git tracks it",
			Remedy:    "end the grant, then run " + command + " at the top of the work tree",
			Locations: []rules.Location{at},
		}}}, Options{Width: width}))
		for _, whole := range []string{command, "the second try/token.json:3", "(cell 5, In [7], output)"} {
			if !strings.Contains(out, whole) {
				t.Errorf("width %d: %s is broken:\n%s", width, whole, out)
			}
		}
	}
	long := "`" + strings.Repeat("word ", 40) + "end`"
	for line := range strings.Lines(string(render(t, Text, audit.Report{Notes: []string{"see " + long}}, Options{Width: 60}))) {
		if columns(strings.TrimRight(line, "\n")) > 60 {
			t.Errorf("a command that fits on no line is not broken: %q", line)
		}
	}
}

// The first step is that of the whole, not that of a part of it.
func TestStartIsNotAPart(t *testing.T) {
	out := string(render(t, Text, audit.Report{Findings: []audit.Finding{
		{Rule: "part", Severity: rules.Critical, Remedy: "mend the part", Fingerprint: "a", PartOf: "b"},
		{Rule: "whole", Severity: rules.Critical, Remedy: "mend the whole", Fingerprint: "b", Parts: []string{"a"}},
	}}, Options{}))
	if !strings.Contains(out, "Start with: mend the whole\n") {
		t.Errorf("the report starts with a part:\n%s", out)
	}
}

func clean() audit.Report {
	r := audit.Report{
		Tool: "scopeaudit 0.1.0", Complete: true, Sandbox: "landlock+seccomp",
		Coverage: rules.Coverage{Files: 1, Bytes: 999, Blobs: 3_000},
		Policy:   audit.PolicyRef{Name: "course", Source: "file", Digest: "sha256:00ff"},
		Rules:    sampleRules(),
	}
	return r
}

func incomplete() audit.Report {
	r := clean()
	r.Complete = false
	r.Coverage.Skipped = []rules.Skipped{
		{Path: "pipe", Reason: "a named pipe", Kind: rules.ByDesign},
		{Path: "secret", Reason: "permission denied", Kind: rules.ByFailure},
		{Path: "two\nlines", Reason: "permission denied", Kind: rules.ByFailure},
	}
	return r
}

// asked is a report about one credential that Google was asked about.
func asked() audit.Report {
	r := clean()
	r.Policy = audit.PolicyRef{Name: "gmail-readonly", Source: "built-in"}
	r.Scopes = []audit.ScopeRow{
		{
			Scope: readMail, Short: "gmail.readonly", Powers: []scopes.Power{scopes.Read},
			Tier: scopes.Restricted, Allowed: yes(), Requested: yes(), Granted: yes(),
		},
		{
			Scope: "https://www.googleapis.com/auth/gmail.settings.sharing", Short: "gmail.settings.sharing",
			Powers: []scopes.Power{scopes.Settings}, Tier: scopes.Restricted, Allowed: no(), Requested: no(), Granted: yes(),
		},
	}
	r.Credentials = []audit.CredentialRow{
		{
			ID: "c1", Location: rules.Location{Origin: rules.Stdin, Path: "-", Line: 1}, Kind: tokeninfo.BareAccessToken,
			ClientID: "000000000000-example.apps.googleusercontent.com", PublishedClient: "gcloud",
			Account: "someone@example.org", Access: tokeninfo.Live, Refresh: audit.RefreshNone,
			ExpiresAt: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Left: 49*time.Minute + 30*time.Second, Claim: tokeninfo.ClaimNone,
			Scopes: []audit.CredentialScope{
				{Scope: readMail, Short: "gmail.readonly", Granted: yes(), Allowed: yes()},
				{Scope: "https://www.googleapis.com/auth/gmail.settings.sharing", Short: "gmail.settings.sharing", Granted: yes(), Allowed: no()},
			},
			Probe: &audit.ProbeRow{
				Probe: tokeninfo.Probe{
					Asked: time.Date(2030, 1, 2, 2, 14, 35, 0, time.UTC), Account: "someone@example.org",
					Calls: []tokeninfo.ProbedCall{
						{Method: "gmail.users.getProfile", Outcome: tokeninfo.Opened},
						{Method: "gmail.users.messages.list", Search: true, Outcome: tokeninfo.Refused},
						{Method: "gmail.users.settings.getLanguage", Outcome: tokeninfo.NotProven, Reason: "no answer in time"},
					},
				},
				Follows: []string{"it reads mail"},
			},
		},
		{
			ID: "c2", Location: rules.Location{Origin: rules.Tree, Path: "key.json", Line: 1}, Kind: tokeninfo.ServiceAccount,
			Account: "robot@example.iam.gserviceaccount.com", Access: tokeninfo.NoToken, Refresh: audit.RefreshNone,
			Claim: tokeninfo.ClaimNone, CannotTell: []string{"What the key may do is unknown from this file."},
			Warnings: []string{"The file holds the key twice."},
		},
		{
			ID: "c3", Location: rules.Location{Origin: rules.Tree, Path: "old.json", Line: 1}, Kind: tokeninfo.ADCUser, RefreshToken: true,
			Access: tokeninfo.NotValid, Refresh: audit.RefreshNotAsked, Claim: tokeninfo.ClaimGranted,
		},
		{
			ID: "c4", Location: rules.Location{Origin: rules.Tree, Path: "slow.json", Line: 1}, Kind: tokeninfo.ADCUser, RefreshToken: true,
			Access: tokeninfo.Unknown, AccessReason: "Google answered 503", Refresh: audit.RefreshDead, Claim: tokeninfo.ClaimDelegation,
		},
		{
			ID: "c5", Location: rules.Location{Origin: rules.Tree, Path: "client.json", Line: 1}, Kind: tokeninfo.ClientSecrets,
			ClientID: "000000000000-example.apps.googleusercontent.com", Access: tokeninfo.NoToken, Refresh: audit.RefreshNone, Claim: tokeninfo.ClaimNone,
			Client: &audit.ClientRow{
				Type: "web", Project: "example-project", ProjectNumber: "000000000000", Secret: tokeninfo.SecretOld,
				Redirects: []string{"http://localhost:8080/", "https://example.org/callback"},
			},
		},
	}
	r.Advice = []rules.Advice{{
		Text: "access_denied", Means: "Nobody agreed.", Causes: []string{"the account is no test user", "the user pressed Cancel"},
		Remedy: "Add the account as a test user and sign in again.",
	}}
	return r
}

// names is a report whose names are hostile, wide or long.
func names() audit.Report {
	r := clean()
	long := "https://example.org/" + strings.Repeat("a-very-long-scope.", 9) + "end"
	r.Scopes = []audit.ScopeRow{
		{Scope: "::error::scope", Powers: nil, Allowed: no(), Requested: yes()},
		{Scope: scopes.Scope(long), Powers: []scopes.Power{scopes.Identity, scopes.Metadata, scopes.Read, scopes.Send, scopes.Write, scopes.Delete, scopes.Settings}, Allowed: no(), Requested: yes()},
		{Scope: "日本語のスコープ", Powers: []scopes.Power{scopes.Read}, Requested: yes()},
	}
	var places []rules.Location
	for _, path := range []string{
		"日本語/トークン.json", "evil\x1b[2J.json", "gpj.\u202enosj", "tag\U000e0041s", "bad\xffutf8", "two\nlines", "##[error]x",
		"::error::x", "tenth", "eleventh",
	} {
		places = append(places, rules.Location{Origin: rules.Tree, Path: path, Line: 3, Column: 9})
	}
	places[0].Origin, places[0].Member, places[0].Commit, places[0].InHead = rules.History, "in/member", strings.Repeat("ab", 20), no()
	places[1].Origin = rules.Index
	r.Findings = []audit.Finding{{
		Rule: rules.GoogleAccessToken, Severity: rules.Low, Confidence: rules.LowConfidence,
		Message: "a message that ends so that the next word starts a line of its own ::stop-commands::x and ##[group]y",
		Remedy:  "rename ##vso[task.setvariable]x", Locations: places, Fingerprint: "60000000000000000000000000000000",
	}}
	return r
}

func TestComposites(t *testing.T) {
	finding := func(id, partOf string) audit.Finding {
		return audit.Finding{
			Rule: rules.ID("rule-" + id), Severity: rules.High, Confidence: rules.HighConfidence,
			Message: "leak-" + id + "!", Fingerprint: id, PartOf: partOf, Locations: []rules.Location{{Origin: rules.Tree, Path: id + ".json"}},
		}
	}
	silenced := finding("top", "")
	silenced.Suppressed = &audit.Suppression{By: "comment"}
	for name, all := range map[string][]audit.Finding{
		"nested":              {finding("top", ""), finding("mid", "top"), finding("leaf", "mid")},
		"part before whole":   {finding("leaf", "top"), finding("top", "")},
		"whole is missing":    {finding("leaf", "gone")},
		"whole is silenced":   {silenced, finding("leaf", "top")},
		"its own part":        {finding("a", "a")},
		"parts of each other": {finding("a", "b"), finding("b", "a")},
		"no fingerprints":     {finding("", ""), finding("", "")},
	} {
		t.Run(name, func(t *testing.T) {
			out := string(render(t, Text, audit.Report{Findings: all}, Options{Quiet: true}))
			for _, f := range all {
				want := 0
				if f.Suppressed == nil {
					for _, g := range all {
						if g.Rule == f.Rule {
							want++
						}
					}
				}
				got := strings.Count(out, f.Message)
				if got != want {
					t.Errorf("%s is listed %d times, want %d:\n%s", f.Rule, got, want, out)
				}
			}
		})
	}
}

// TestVocabulary holds the words that report repeats to those of tokeninfo.
func TestVocabulary(t *testing.T) {
	for got, want := range map[string]string{
		live: string(tokeninfo.Live), notValid: string(tokeninfo.NotValid), notAsked: string(tokeninfo.NotAsked),
		noToken: string(tokeninfo.NoToken), claimRequested: string(tokeninfo.ClaimRequested),
		claimGranted: string(tokeninfo.ClaimGranted), claimDelegation: string(tokeninfo.ClaimDelegation),
	} {
		if got != want {
			t.Errorf("%q is %q in tokeninfo", got, want)
		}
	}
	if claimNone != tokeninfo.ClaimNone {
		t.Errorf("%q is %q in tokeninfo", claimNone, tokeninfo.ClaimNone)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	for _, f := range Formats() {
		if err := Write(brokenWriter{}, f, sample(), Options{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v, want %v", f, err, errBroken)
		}
		if got, err := ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("ParseFormat(%q) = %q, %v", f, got, err)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, "xml", sample(), Options{}); err == nil || b.Len() > 0 {
		t.Errorf("an unknown format gives error %v and %d bytes", err, b.Len())
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB", 12345: "12 kB", 999499: "999 kB", 999500: "1.0 MB",
		2_500_000_000: "2.5 GB", 7_000_000_000_000: "7.0 TB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestExplainGolden(t *testing.T) {
	read := scopes.Info{
		Scope: readMail, Short: "gmail.readonly", Text: "View your email messages and settings",
		APIs: []string{"gmail"}, Powers: []scopes.Power{scopes.Metadata, scopes.Read}, Tier: scopes.Restricted,
		Sources: []string{"https://developers.google.com/workspace/gmail/api/auth/scopes"},
		Caveats: []scopes.Caveat{{
			Text:    "It reads the settings too, forwarding addresses among them.",
			Sources: []string{"https://developers.google.com/workspace/gmail/api/reference/rest"},
		}},
	}
	var many []scopes.Method
	for i := range 4 {
		many = append(many, scopes.Method{ID: fmt.Sprintf("gmail.users.m%03d", i), API: "gmail", Verb: []string{"GET", "POST"}[i%2]})
	}
	pages := map[string]func(*bytes.Buffer, Options) error{
		"explain-rule": func(b *bytes.Buffer, o Options) error { return Rule(b, sampleRules()[0], o) },
		"explain-rule-bare": func(b *bytes.Buffer, o Options) error {
			return Rule(b, rules.Rule{ID: "bare", Title: "nothing said", Confidence: rules.LowConfidence}, o)
		},
		"explain-advice": func(b *bytes.Buffer, o Options) error {
			return Advice(b, rules.Advice{
				Text: "invalid_grant", Also: []string{"token has been expired or \u202erevoked"}, Means: "The refresh token is dead.",
				Causes: []string{"it was revoked", "nobody used it"}, Remedy: "Sign in again.", Sources: []string{"RFC 6749, section 5.2"},
			}, o)
		},
		"explain-scope": func(b *bytes.Buffer, o Options) error {
			return Scope(b, ScopePage{
				Info: read, Known: true, Wider: []scopes.Scope{fullMail}, Narrower: []scopes.Scope{"https://www.googleapis.com/auth/gmail.metadata"},
				Methods: append([]scopes.Method{{ID: "drive.about.get", API: "drive", Verb: "GET"}}, many...),
				Conflicts: []scopes.Conflict{{
					Scope: "https://www.googleapis.com/auth/gmail.metadata", With: readMail,
					Why: "search stops working while both are held", Sources: []string{"https://developers.google.com/workspace/gmail/api"},
				}},
			}, o)
		},
		"explain-scope-vast": func(b *bytes.Buffer, o Options) error {
			vast := ScopePage{Info: scopes.Info{Scope: "https://www.googleapis.com/auth/vast", Tier: scopes.Sensitive, Assumed: true}, Known: true}
			for i := range maxNamesShown + 3 {
				api := fmt.Sprintf("api%02d", i)
				vast.Info.APIs = append(vast.Info.APIs, api)
				vast.Narrower = append(vast.Narrower, scopes.Scope("https://www.googleapis.com/auth/"+api))
				for m := range maxMethodsShown / (i + 1) {
					vast.Methods = append(vast.Methods, scopes.Method{ID: fmt.Sprintf("%s.m%03d", api, m), API: api, Verb: "GET"})
				}
			}
			for _, with := range []scopes.Scope{readMail, fullMail} {
				vast.Conflicts = append(vast.Conflicts, scopes.Conflict{
					Scope: vast.Info.Scope, With: with, Why: "it takes search away", Sources: []string{"https://example.org/why"},
				})
			}
			return Scope(b, vast, o)
		},
		"explain-scope-unknown": func(b *bytes.Buffer, o Options) error {
			return Scope(b, ScopePage{Info: scopes.Info{Scope: "https://example.org/\u202eevil", Derived: true}}, o)
		},
	}
	for file, write := range pages {
		for _, width := range []int{40, 80} {
			t.Run(fmt.Sprintf("%s-%d", file, width), func(t *testing.T) {
				var b bytes.Buffer
				if err := write(&b, Options{Width: width}); err != nil {
					t.Fatal(err)
				}
				golden(t, fmt.Sprintf("%s-%d.txt", file, width), b.Bytes())
			})
		}
	}
}

// A scope of a service that was shut gives its holder nothing.
func TestExplainDeadScope(t *testing.T) {
	var b bytes.Buffer
	page := ScopePage{Known: true, Info: scopes.Info{Scope: "https://www.googleapis.com/auth/gone", Powers: []scopes.Power{scopes.Read, scopes.Write}, Dead: true}}
	if err := Scope(&b, page, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "holder may  nothing any more; it was: read, write\n"; !strings.Contains(b.String(), want) {
		t.Errorf("the page does not say %q:\n%s", want, b.String())
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range Formats() {
		for name, r := range map[string]audit.Report{"sample": sample(), "5000": many(5000)} {
			b.Run(string(f)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := Write(io.Discard, f, r, Options{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
