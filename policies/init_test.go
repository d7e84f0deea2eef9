package policies_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"scopeaudit/policies"
)

// The whole text is the contract with its reader, so it is compared whole.
func TestInit(t *testing.T) {
	got, err := policies.Init(policies.InitOptions{Catalogue: catalogue(), Name: "bail-fund", Claims: []policies.Claim{
		{From: "token.json", Scopes: []string{"https://mail.google.com/", "openid", "gmail.redonly"}, ClientID: "000000000000-example.apps.googleusercontent.com", RefreshToken: true},
		{From: "old/token.json", Scopes: []string{"gmail.readonly", "gmail.metadata"}, Account: "bailfund@example.com"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := `# A first policy, made from what these credentials claim:
#   token.json
#   old/token.json
# It allows all of it. Read it from the top, take away what the program does not
# need, and give every scope that stays its reason.
version: 1
name: "bail-fund"
extends: identity # sign-in scopes: openid, email, profile

# Beware: old/token.json holds gmail.metadata beside gmail.readonly.
# gmail.metadata blocks search (q) and message bodies even where another scope
# allows them.

allow:
  # Google's consent screen: Read, compose, send, and permanently delete all
  # your email from Gmail
  # Power: read, send, write, delete. Google's class: restricted.
  # Narrower, should it be enough: gmail.modify (to label, archive and trash);
  # gmail.send (to send and no more); gmail.readonly (to search and read).
  - scope: https://mail.google.com/
    why: "claimed by token.json; say here what needs it"

  # Google's consent screen: View your email message metadata such as labels and
  # headers, but not the email body
  # Power: metadata. Google's class: restricted.
  - scope: gmail.metadata
    why: "claimed by old/token.json; say here what needs it"

  # Google's consent screen: View your email messages and settings
  # Power: read. Google's class: restricted.
  - scope: gmail.readonly
    why: "claimed by old/token.json; say here what needs it"

# Claimed too, but no scope that Google documents, and so left out:
#   gmail.redonly (did you mean gmail.readonly?)

# The greatest power among the scopes above. From mildest: identity, metadata,
# read, send, write, delete, settings.
max_power: delete

# Only tokens of these OAuth clients.
clients:
  - "000000000000-example.apps.googleusercontent.com"

# Only tokens for these accounts.
accounts:
  - "bailfund@example.com"

# A refresh token exists: it gets new access tokens until someone revokes it. A
# program that runs once can do without.
refresh_token: allowed

# Only the owner may read the file.
file_mode: "0600"
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
}

// The narrower scopes named are those that programs really need, nearest first.
func TestInitNamesNarrowerScopes(t *testing.T) {
	for claim, want := range map[string][]string{
		"https://mail.google.com/": {"gmail.modify", "gmail.send", "gmail.readonly"},
		"gmail.modify":             {"gmail.send", "gmail.readonly"},
		"gmail.compose":            {"gmail.send"},
		"gmail.readonly":           nil,
		"drive":                    {"drive.file", "drive.readonly", "drive.metadata.readonly", "spreadsheets"},
		"drive.readonly":           {"drive.metadata.readonly", "spreadsheets.readonly", "documents.readonly"},
		"drive.file":               nil,
		"spreadsheets":             {"spreadsheets.readonly"},
		"calendar":                 {"calendar.events", "calendar.readonly", "calendar.events.readonly", "calendar.freebusy"},
		"calendar.events":          {"calendar.events.readonly"},
		"youtube":                  {"youtube.upload", "youtube.readonly"},
		"tasks":                    {"tasks.readonly"},
		"contacts":                 {"contacts.readonly"},
		"classroom.courses":        {"classroom.courses.readonly"},
		"cloud-platform":           {"cloud-platform.read-only", "devstorage.read_write", "devstorage.read_only"},
		"devstorage.full_control":  {"devstorage.read_write", "devstorage.read_only"},
	} {
		text, err := policies.Init(policies.InitOptions{Catalogue: catalogue(), Claims: []policies.Claim{{From: "token.json", Scopes: []string{claim}}}})
		if err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(strings.ReplaceAll(string(text), "\n  #", ""), "Narrower, should it be enough: ")
		list, _, _ = strings.Cut(list, ".\n")
		var got []string
		for item := range strings.SplitSeq(list, "; ") {
			if scope, _, found := strings.Cut(item, " ("); found {
				got = append(got, scope)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("for %s: %q, want %q", claim, got, want)
		}
	}
}

func TestInitWithoutClaims(t *testing.T) {
	text, err := policies.Init(policies.InitOptions{Catalogue: catalogue()})
	if err != nil {
		t.Fatal(err)
	}
	p := decode(t, string(text))
	if p.Name != "my-policy" || p.RefreshToken != policies.Forbidden || len(p.Allowed) != 3 {
		t.Errorf("%+v", p)
	}
}

// Whatever files claim, the policy decodes, allows what they claim, and nothing
// that they say becomes a line of its own.
func TestInitDecodes(t *testing.T) {
	all := catalogue().All()
	hostile := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", "*", "a\nallow_any: true\nmax_power: settings", "\u202e", "\xff", "# x", "- x", "a: b", "{", "'", "\"", "\\", "%", "\x1b[2J", strings.Repeat("x", 5000), "1//0EXAMPLE"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		var claims []policies.Claim
		for range rapid.IntRange(0, 3).Draw(t, "claims") {
			c := policies.Claim{
				From: hostile.Draw(t, "from"), ClientID: hostile.Draw(t, "client"), Account: hostile.Draw(t, "account"),
				RefreshToken: rapid.Bool().Draw(t, "refresh"),
				Scopes:       rapid.SliceOfN(hostile, 0, 3).Draw(t, "odd scopes"),
			}
			for _, s := range rapid.SliceOfN(rapid.SampledFrom(all), 0, 6).Draw(t, "scopes") {
				c.Scopes = append(c.Scopes, string(s))
			}
			claims = append(claims, c)
		}
		text, err := policies.Init(policies.InitOptions{Catalogue: catalogue(), Name: hostile.Draw(t, "name"), Claims: claims})
		if err != nil {
			t.Fatal(err)
		}
		p, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: text}}, "p.yaml", policies.Options{Catalogue: catalogue()})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if p.AllowAny || len(p.Exceptions)+len(p.Severities) > 0 {
			t.Errorf("a claim became a rule:\n%s", text)
		}
		refresh := false
		for _, c := range claims {
			refresh = refresh || c.RefreshToken
			for _, s := range c.Scopes {
				scope, known := catalogue().Normalise(s)
				info, _ := catalogue().Info(scope)
				if known && (!p.Judge(scope, catalogue()).Allowed || p.PowerExceeds(info)) {
					t.Errorf("%s is claimed and not allowed:\n%s", scope, text)
				}
			}
		}
		if refresh != (p.RefreshToken == policies.Permitted) {
			t.Errorf("refresh_token: %s", p.RefreshToken)
		}
		if strings.Contains(string(text), "1//0") {
			t.Errorf("a secret is repeated:\n%s", text)
		}
	})
}

func TestInitRefusesTooMuch(t *testing.T) {
	var claim policies.Claim
	for _, s := range catalogue().All() {
		claim.Scopes = append(claim.Scopes, string(s))
	}
	if _, err := policies.Init(policies.InitOptions{Catalogue: catalogue(), Claims: []policies.Claim{claim}}); err == nil ||
		!strings.HasPrefix(err.Error(), "the credentials claim more than fits into a policy of 64 KiB") {
		t.Errorf("got %v", err)
	}
}
