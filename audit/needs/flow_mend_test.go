package needs_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

// TestFlowInstead holds what is said to write in place of what was found.
func TestFlowInstead(t *testing.T) {
	const (
		python = "from google_auth_oauthlib.flow import InstalledAppFlow, Flow\nfrom google.oauth2.credentials import Credentials\nfrom google.auth.transport.requests import Request\n" +
			"READ = 'https://www.googleapis.com/auth/gmail.readonly'\nflow = InstalledAppFlow.from_client_secrets_file('c.json', [READ])\ncreds = flow.run_local_server()\ncreds.refresh(Request())\n"
		golang = "package main\nimport (\n\t\"os\"\n\t\"golang.org/x/oauth2/google\"\n\t\"google.golang.org/api/gmail/v1\"\n)\nfunc main() {\n" +
			"\tconfig, _ := google.ConfigFromJSON(b, gmail.GmailReadonlyScope)\n"
		node = "const { google } = require('googleapis');\nconst auth = new google.auth.OAuth2(id, secret, redirect);\n" +
			"const scope = ['https://www.googleapis.com/auth/drive'];\n"
	)
	for _, c := range []struct {
		file, before, line string
		kind               needs.FlowKind
		want               string
	}{
		{"a.py", python, "with open('t.json', 'w') as f:\n    f.write(creds.to_json())", needs.TokenMode, "open('t.json', 'w', opener=lambda path, flags: os.open(path, flags, 0o600))"},
		{"a.py", python, "f = open(name, 'w')\nf.write(creds.to_json())", needs.TokenMode, "open(name, 'w', opener=lambda path, flags: os.open(path, flags, 0o600))"},
		{"a.py", python, "open('t', 'w').write(creds.to_json())", needs.TokenMode, "open('t', 'w', opener=lambda path, flags: os.open(path, flags, 0o600))"},
		{"a.py", python, "pickle.dump(creds, open('t', 'wb'))", needs.TokenMode, "open('t', 'wb', opener=lambda path, flags: os.open(path, flags, 0o600))"},
		{"a.py", python, "with TOKEN.open('w') as f:\n    f.write(creds.to_json())", needs.TokenMode, "open(TOKEN, 'w', opener=lambda path, flags: os.open(path, flags, 0o600))"},
		{"a.py", python, "TOKEN.write_text(creds.to_json())", needs.TokenMode, "with open(TOKEN, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as f: f.write(creds.to_json())"},
		{"a.py", python, "def save(out):\n    out.write(creds.to_json())", needs.TokenMode, ""},
		{"a.py", python, "flow.run_console(prompt='x')", needs.OutOfBand, "flow.run_local_server(port=0)"},
		{"a.py", python, "flow.redirect_uri = 'urn:ietf:wg:oauth:2.0:oob'", needs.OutOfBand, "'http://127.0.0.1:8080'"},
		{"a.py", python, "flow.authorization_url(prompt='consent', include_granted_scopes=\"true\")", needs.IncludeGranted, "flow.authorization_url(prompt='consent', include_granted_scopes=\"false\")"},
		{"a.py", python, "flow.authorization_url(include_granted_scopes=True)", needs.IncludeGranted, "flow.authorization_url(include_granted_scopes=False)"},
		{"a.py", python, "Credentials.from_authorized_user_file('t', READ)", needs.ScopeString, "[READ]"},
		{"a.py", python, "Credentials.from_authorized_user_file('t', READ + ' ' + READ)", needs.ScopeString, "(READ + ' ' + READ).split()"},
		{"a.py", python, "Credentials.from_authorized_user_file('t', READ + ',' + READ)", needs.ScopeString, "(READ + ',' + READ).split(',')"},
		{"a.py", python, "Credentials.from_authorized_user_file(os.path.join(a, 't'), scopes=['openid'])", needs.LoaderScopes, "Credentials.from_authorized_user_file(os.path.join(a, 't'))"},
		{"a.py", python, "InstalledAppFlow.from_client_config(c, [READ], autogenerate_code_verifier=False)", needs.NoPKCE, "InstalledAppFlow.from_client_config(c, [READ], autogenerate_code_verifier=True)"},
		{"a.go", golang, "config.AuthCodeURL(\"state\", oauth2.AccessTypeOffline)\n}", needs.NoState, "config.AuthCodeURL(rand.Text(), oauth2.AccessTypeOffline)"},
		{"a.go", golang, "config.AuthCodeURL(\"state\")\n}", needs.NoPKCE, "config.AuthCodeURL(\"state\", oauth2.S256ChallengeOption(verifier))"},
		{"a.go", golang, "os.Create(\"token.json\")\n}", needs.TokenMode, "os.OpenFile(\"token.json\", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0600)"},
		{"a.go", golang, "os.WriteFile(tokenPath, b, 0o644)\n}", needs.TokenMode, "os.WriteFile(tokenPath, b, 0600)"},
		{"a.js", node, "auth.generateAuthUrl({\n  access_type: 'offline',\n  scope,\n});", needs.NoState, "auth.generateAuthUrl({ state, access_type: 'offline', scope, })"},
		{"a.js", node, "auth.generateAuthUrl({ state, scope })", needs.NoPKCE, "auth.generateAuthUrl({ code_challenge, code_challenge_method: 'S256', state, scope })"},
		{"a.js", node, "auth.generateAuthUrl({ state, code_challenge, scope, include_granted_scopes: true })", needs.IncludeGranted, "include_granted_scopes: false"},
		{"a.js", node, "fs.writeFileSync('token.json', text)", needs.TokenMode, "fs.writeFileSync('token.json', text, { mode: 0o600 })"},
		{"a.js", node, "fs.writeFileSync('token.json', text, 'utf8')", needs.TokenMode, "fs.writeFileSync('token.json', text, { encoding: 'utf8', mode: 0o600 })"},
		{"a.js", node, "fs.writeFileSync('token.json', text, { flag: 'w' })", needs.TokenMode, "fs.writeFileSync('token.json', text, { mode: 0o600, flag: 'w' })"},
		{"a.js", node, "fs.writeFile('token.json', text, (err) => { if (err) throw err; })", needs.TokenMode, "fs.writeFile('token.json', text, { mode: 0o600 }, (err) => { if (err) throw err; })"},
		{"a.js", node, "auth.generateAuthUrl({ login_hint: '" + strings.Repeat("x", 200) + "', state, scope, include_granted_scopes: true })", needs.IncludeGranted, "include_granted_scopes: false"},
	} {
		r := infer(t, []txtar.File{{Name: c.file, Data: []byte(c.before + c.line + "\n")}}, true)
		found := false
		for _, p := range r.Programs {
			for _, f := range p.Flow {
				if f.Kind != c.kind {
					continue
				}
				found = true
				if f.Instead != c.want {
					t.Errorf("%s: %s: in place of %q there is to be %q, want %q", c.line, c.kind, f.Text, f.Instead, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: no %s was found", c.line, c.kind)
		}
	}
}
