package audit_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo"
)

// anyPolicy allows what the sources below ask for.
const anyPolicy = "version: 1\nname: any\nallow:\n" +
	"  - {scope: https://mail.google.com/, why: test}\n  - {scope: drive, why: test}\n  - {scope: gmail.settings.basic, why: test}\n" +
	"  - {scope: gmail.metadata, why: test}\n"

// indexed is the catalogue's index, which all tests share.
var indexed = sync.OnceValue(func() *needs.Index {
	cat, err := loaded()
	if err != nil {
		panic(err)
	}
	return needs.NewIndex(cat)
})

// inferred reads sources as a tree of programs.
func inferred(t *testing.T, sources map[string]string) *needs.Result {
	t.Helper()
	var all []*needs.Source
	for name, text := range sources {
		all = append(all, needs.Read(name, []byte(text)))
	}
	r := indexed().Infer(all, needs.Options{})
	return &r
}

func python(scope, calls string) map[string]string {
	return map[string]string{"mail/app.py": "from googleapiclient.discovery import build\n" + scope +
		"\ncreds = Credentials.from_authorized_user_file('t', SCOPES)\nservice = build('gmail', 'v1', credentials=creds)\n" + calls}
}

const (
	list  = "service.users().messages().list(userId='me', q='x').execute()\n"
	trash = "service.users().messages().trash(userId='me', id=1).execute()\n"
)

// What code asks for is held to what it calls; where it can be told from one
// line, the remedy has the line that mends it.
func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		sources      map[string]string
		want         string // rules, in their order
		remedy       string // of the first, in part
	}{
		{"enough", "", python("SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']", list), "", ""},
		{
			"too wide", anyPolicy, python("SCOPES = ['https://mail.google.com/']  # all", list), "scope-narrower-exists",
			"line 2 becomes `SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']  # all`",
		},
		{
			"too wide and not allowed", "", python("SCOPES = ['https://mail.google.com/']", list), "scope-excess scope-narrower-exists",
			"line 2 becomes `SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']`",
		},
		{
			"needed and not allowed", "", python("SCOPES = ['https://www.googleapis.com/auth/gmail.modify']", trash), "scope-excess",
			"do without the calls that need it (gmail.users.messages.trash)",
		},
		{
			"unneeded first", anyPolicy, python(`SCOPES = ["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/gmail.readonly"]`, list),
			"scope-unneeded", "line 2 becomes `SCOPES = [\"https://www.googleapis.com/auth/gmail.readonly\"]`",
		},
		{
			"unneeded last", anyPolicy, python(`SCOPES = ['https://www.googleapis.com/auth/gmail.readonly', 'https://www.googleapis.com/auth/drive']`, list),
			"scope-unneeded", "line 2 becomes `SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']`",
		},
		{
			"missing", "version: 1\nname: m\nallow: [{scope: gmail.modify, why: test}]\n", python("SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']", trash), "scope-missing",
			"line 2 becomes `SCOPES = ['https://www.googleapis.com/auth/gmail.modify']`",
		},
		{
			"missing one more", "version: 1\nname: m\nallow: [{scope: gmail.send, why: test}, {scope: gmail.readonly, why: test}]\n",
			python("SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']", list+"service.users().messages().send(userId='me', body=b).execute()\n"), "scope-missing",
			"ask for gmail.send too: line 2 becomes `SCOPES = ['https://www.googleapis.com/auth/gmail.readonly', 'https://www.googleapis.com/auth/gmail.send']`",
		},
		{
			"missing and not allowed", "", python("SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']", trash), "scope-missing",
			"the policy does not allow gmail.modify",
		},
		{
			"conflict", anyPolicy, python("SCOPES = ['https://www.googleapis.com/auth/gmail.readonly', 'https://www.googleapis.com/auth/gmail.metadata']", list),
			"scope-conflict scope-unneeded", "",
		},
		{"misspelt", anyPolicy, python("SCOPES = ['https://www.googleapis.com/auth/gmail.readnoly']", list), "scope-missing scope-unknown", ""},
		{
			"a constant of Go", anyPolicy, map[string]string{"main.go": `package main

import (
	"golang.org/x/oauth2/google"
	"google.golang.org/api/gmail/v1"
)

func main() {
	config, _ := google.ConfigFromJSON(data, gmail.MailGoogleComScope)
	service, _ := gmail.NewService(ctx, option.WithHTTPClient(config.Client(ctx, token)))
	service.Users.Messages.List("me").Q("x").Do()
}
`}, "scope-narrower-exists", "`config, _ := google.ConfigFromJSON(data, gmail.GmailReadonlyScope)`",
		},
		{
			"not followed", anyPolicy, python("SCOPES = ['https://mail.google.com/']", list+"getattr(service.users(), name)().execute()\n"), "call-unresolved", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := audit.Check(audit.Evidence{Time: now, Needs: inferred(t, c.sources)}, policy(t, c.policy), catalogue(t))
			var got []string
			for _, f := range r.Findings {
				if strings.HasPrefix(string(f.Rule), "flow-") {
					continue // see TestFlow
				}
				got = append(got, string(f.Rule))
				if len(f.Locations) == 0 || f.Locations[0].Line == 0 || f.Message == "" || f.Remedy == "" || f.Fingerprint == "" || f.Subject.Program == "" {
					t.Errorf("a finding that says too little: %+v", f)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want {
				t.Fatalf("rules %q, want %q: %+v", got, c.want, r.Findings)
			}
			if c.remedy != "" && !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return strings.Contains(f.Remedy, c.remedy) }) {
				t.Errorf("no remedy has %q: %+v", c.remedy, r.Findings)
			}
		})
	}
}

// Of the least sets that cannot be compared that within the policy is preferred.
func TestPreferredWithinThePolicy(t *testing.T) {
	sources := python("SCOPES = ['https://www.googleapis.com/auth/gmail.modify']", "service.users().labels().list(userId='me').execute()\n")
	for policyText, want := range map[string]string{"": "gmail.readonly", "version: 1\nname: l\nallow: [{scope: gmail.labels, why: test}]\n": "gmail.labels"} {
		r := audit.Check(audit.Evidence{Time: now, Needs: inferred(t, sources)}, policy(t, policyText), catalogue(t))
		p := r.Programs[0].Needs
		if got := p.Least[0][0].Short(); got != want {
			t.Errorf("least is %s, want %s", got, want)
		}
		if got := p.Asked[0].Enough[0].Short(); got != want {
			t.Errorf("%s is said to be enough, want %s", got, want)
		}
	}
}

// The four columns speak of one program and of what lies with it.
func TestFourColumns(t *testing.T) {
	full := scopes.Scope(fullMail)
	e := audit.Evidence{Time: now, Needs: inferred(t, python("SCOPES = ['https://mail.google.com/']", list))}
	for _, at := range []string{"mail/token.json", "other/token.json"} {
		e.Credentials = append(e.Credentials, audit.Held{
			Credential: tokeninfo.Credential{Kind: tokeninfo.GoogleAuth, Scopes: []string{fullMail}, Claim: tokeninfo.ClaimRequested},
			Location:   rules.Location{Origin: rules.Tree, Path: at},
			Grant:      &tokeninfo.Grant{Access: tokeninfo.Live, Scopes: []string{fullMail}},
		})
	}
	r := audit.Check(e, policy(t, ""), catalogue(t))
	if got := r.Programs[0].Credentials; !slices.Equal(got, []string{"c1"}) {
		t.Errorf("the program's credentials are %v", got)
	}
	row := r.Scopes[0]
	if row.Scope != full || *row.Allowed || !*row.Requested || !*row.Granted || row.Needed == nil || *row.Needed {
		t.Errorf("full mail: %+v", row)
	}
	if n := r.Credentials[0].Scopes[0].Needed; n == nil || *n {
		t.Errorf("c1 needs full mail: %v", n)
	}
	if n := r.Credentials[1].Scopes[0].Needed; n != nil {
		t.Errorf("nobody knows what c2 is for, and it is said to need: %v", *n)
	}
	if r = audit.Check(audit.Evidence{Time: now, Credentials: e.Credentials}, policy(t, ""), catalogue(t)); r.Code != nil || r.Scopes[0].Needed != nil {
		t.Errorf("no code was looked at: %+v", r.Scopes)
	}
}

// No line that a secret stands on is quoted.
func TestNeedsQuotesNoSecret(t *testing.T) {
	const secret = "correct-horse-battery-staple"
	sources := python("SCOPES = ['https://mail.google.com/']; password = '"+secret+"'", "service.users().messages().list(userId='me', q='"+secret+"').execute()\n")
	e := audit.Evidence{Time: now, Needs: inferred(t, sources)}
	for _, line := range []int{2, 5} {
		e.Leaks = append(e.Leaks, secrets.Leak{Rule: rules.GenericSecret, Location: rules.Location{Origin: rules.Tree, Path: "mail/app.py", Line: line, EndLine: line}})
	}
	r := audit.Check(e, policy(t, anyPolicy), catalogue(t))
	for _, f := range r.Findings {
		if strings.Contains(f.Message+f.Remedy, secret) {
			t.Errorf("quoted: %+v", f)
		}
	}
	for _, p := range r.Programs {
		for _, q := range p.Needs.Requests {
			if strings.Contains(q.Line+q.Text, secret) {
				t.Errorf("quoted: %+v", q)
			}
		}
		for _, c := range p.Needs.Calls {
			if strings.Contains(c.Text, secret) {
				t.Errorf("quoted: %+v", c)
			}
		}
	}
}

// How a token is obtained and kept is told by rule, with what to write instead
// where that can be said.
func TestFlow(t *testing.T) {
	text := `from google_auth_oauthlib.flow import InstalledAppFlow
SCOPES = 'https://www.googleapis.com/auth/gmail.readonly'
creds = Credentials.from_authorized_user_file('token.json', SCOPES)
flow = InstalledAppFlow.from_client_secrets_file('c.json', [SCOPES, 'openid'], autogenerate_code_verifier=False)
url, state = flow.authorization_url(include_granted_scopes='true')
creds = flow.run_console()
with open('token.json', 'w') as f:
    f.write(creds.to_json())
`
	r := audit.Check(audit.Evidence{Time: now, Needs: inferred(t, map[string]string{"a.py": text})}, policy(t, ""), catalogue(t))
	want := map[rules.ID]string{
		rules.FlowScopesAsText:   "write `[SCOPES]` instead of `SCOPES`",
		rules.FlowLoaderScopes:   "write `Credentials.from_authorized_user_file('token.json')` instead",
		rules.FlowWithoutPKCE:    "autogenerate_code_verifier=True)` instead",
		rules.FlowIncludedScopes: "write `flow.authorization_url(include_granted_scopes='false')` instead",
		rules.FlowOutOfBand:      "write `flow.run_local_server(port=0)` instead of `flow.run_console()`",
		rules.FlowNeverRefreshes: "creds.refresh(Request())",
		rules.FlowTokenMode:      "write `open('token.json', 'w', opener=lambda path, flags: os.open(path, flags, 0o600))` instead of `open('token.json', 'w')`",
	}
	for _, f := range r.Findings {
		if w, found := want[f.Rule]; found {
			if !strings.Contains(f.Remedy, w) || len(f.Locations) == 0 || f.Locations[0].Line == 0 || f.Subject.Program != "." {
				t.Errorf("%s: %+v, want a remedy with %q", f.Rule, f, w)
			}
			delete(want, f.Rule)
		} else if strings.HasPrefix(string(f.Rule), "flow-") {
			t.Errorf("told without reason: %+v", f)
		}
	}
	if len(want) > 0 {
		t.Errorf("not told: %v", want)
	}
}
