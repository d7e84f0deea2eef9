package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// TestNoOutputHoldsASecret plants every kind of Google's secrets in every place
// that is read, runs every verb that reads it in every format, and searches all
// that was printed or written for each secret in each form that gives it away.
func TestNoOutputHoldsASecret(t *testing.T) {
	fake, err := fakegoogle.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	planted := plantSecrets()
	given := t.TempDir()
	files := secretFiles(planted)
	for name, content := range files {
		file := filepath.Join(given, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fake.Register(tokeninfo.NewSecret(planted["access token"]), fakegoogle.Token{
		Scopes: nil, ClientID: "1-a.apps.googleusercontent.com", Expires: time.Now().Add(time.Hour),
	})

	written := t.TempDir()
	client := filepath.Join(t.TempDir(), "client.json")
	if err := os.WriteFile(client, []byte(`{"installed": {"client_id": "`+loginClient+`", "redirect_uris": ["http://localhost"]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	standard := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		url, _ := json.Marshal("http://" + r.Host)
		said, _ := io.ReadAll(r.Body)
		echo, _ := json.Marshal(string(said))
		// Everything that it is asked for at once, and what it was told.
		fmt.Fprintf(w, `{"issuer": %[1]s, "token_endpoint": %[1]s, "introspection_endpoint": %[1]s, "active": true, "scope": %[2]s, "username": %[2]s, "error": %[2]s}`, url, echo)
	}))
	defer standard.Close()
	var commands [][]string
	add := func(args ...string) { commands = append(commands, args) }
	for _, format := range []string{"text", "json", "sarif"} {
		for _, more := range [][]string{nil, {"--strict"}, {"--quiet"}, {"--only", "google-*"}, {"--policy", "any-readonly"}} {
			add(append([]string{"audit", "--offline", "--format", format, given}, more...)...)
		}
		add("audit", "--offline", "--format", format+"="+filepath.Join(written, format), given)
		for _, more := range [][]string{nil, {"--price"}, {"--justify"}, {"--fix"}, {"--lock", "--lock-file", filepath.Join(written, "scopes.lock")}, {"--policy-out", filepath.Join(written, format+".yaml")}} {
			add(append([]string{"needs", "--format", format, given}, more...)...)
		}
		for name := range files {
			file := filepath.Join(given, filepath.FromSlash(name))
			add("token", "--offline", "--format", format, file)
			add("client", "--format", format, file)
			if format == "text" {
				add("token", "--endpoint", fake.URL(), file)
				add("token", "--strict", "--endpoint", fake.URL(), file)
				add("token", "--refresh", "--endpoint", fake.URL(), file)
				add("token", "--issuer", standard.URL, file)
				add("token", "--refresh", "--issuer", standard.URL, file)
				add("login", "--no-browser", "--timeout", "1ms", "--issuer", standard.URL, "--output", filepath.Join(written, "token.json"), file)
				add("login", "--no-browser", "--timeout", "1ms", "--endpoint", fake.URL(), "--output", filepath.Join(written, "token.json"), file)
				add("login", "--no-browser", "--timeout", "1ms", "--endpoint", fake.URL(), "--output", file, client)
				add("revoke", "--endpoint", fake.URL(), file)
				add("revoke", "--yes", "--endpoint", fake.URL(), file)
				add("revoke", "--yes", "--endpoint", fake.URL(), "--leak", file+":1")
				add("scan", "--find", file, given)
				add("sos", "--yes", "--endpoint", fake.URL(), file)
				add("sos", "--yes", "--format", "json", "--endpoint", fake.URL(), file)
				add("audit", "--offline", "--credential", file, given)
				add("audit", "--offline", file)
				add("policy", "init", file)
				add("policy", "check", file)
				add("audit", "--policy", file, given)
			}
		}
	}
	// Baselines: ours as it is written, and gitleaks' report, which quotes secrets.
	outside := t.TempDir()
	report := filepath.Join(outside, "gitleaks.json")
	if err := os.WriteFile(report, []byte(gitleaksReport(files, planted)), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, verb := range [][]string{{"scan"}, {"audit", "--offline"}} {
		add(append(verb, "--write-baseline", filepath.Join(written, fmt.Sprint("baseline-", i)), given)...)
		for _, format := range []string{"text", "json", "sarif"} {
			add(append(verb, "--baseline", report, "--format", format, given)...)
		}
	}
	for name := range files {
		add("scan", "--baseline", filepath.Join(given, filepath.FromSlash(name)), given)
	}
	add("policy", "init", given)
	add("policy", "init", given, "--output", filepath.Join(written, "policy.yaml"))
	for _, secret := range planted {
		for _, verb := range [][]string{
			{"audit"}, {"token"}, {"client"}, {"login"}, {"login", client, "--scope"}, {"login", client, "--issuer"}, {"login", client, "--login-hint"}, {"revoke"}, {"sos"}, {"sos", "--yes"}, {"revoke", "--yes"}, {"revoke", "--yes", "--leak"}, {"explain"}, {"policy", "check"}, {"policy", "show"}, {"audit", "--policy"}, {"audit", "--format"},
			{"audit", "--only"}, {"audit", "--fail-on"}, {"token", "--endpoint"}, {"audit", "--output"}, {"policy"}, {"version"}, {},
		} {
			add(append(slices.Clone(verb), secret)...)
			add(append(slices.Clone(verb), filepath.Join(given, secret))...)
		}
		add("--" + secret)
		add("audit", "--policy="+secret)
	}

	search := func(t *testing.T, where, text string) {
		t.Helper()
		for kind, secret := range planted {
			for form, value := range givenAway(secret) {
				if at := strings.Index(text, value); at >= 0 {
					t.Errorf("%s: holds the %s (%s)", where, kind, form)
				}
			}
		}
	}
	runOne := func(name string, args []string, stdin, variable string) {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), args, environment{
			stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
			getenv: func(key string) string {
				if key == tokenVariable {
					return variable
				}
				return ""
			},
		})
		if stdout.Len()+stderr.Len() == 0 && !strings.Contains(strings.Join(args, " "), written) {
			t.Errorf("%s: exit status %d without a word", name, code)
		}
		search(t, name+", standard output", stdout.String())
		search(t, name+", standard error", stderr.String())
	}
	masked := func(args []string) string {
		name := strings.Join(args, " ")
		for kind, secret := range planted {
			name = strings.ReplaceAll(name, secret, "<"+kind+">")
		}
		return strings.NewReplacer(given, "GIVEN", written, "WRITTEN", fake.URL(), "FAKE", standard.URL, "STANDARD").Replace(name)
	}
	for _, args := range commands {
		runOne(masked(args), args, "", "")
	}
	for name, content := range files {
		runOne("token - < "+name, []string{"token", "--offline", "-"}, content, "")
		runOne("SCOPEAUDIT_TOKEN="+name, []string{"token", "--offline"}, "", content)
	}
	// A server that answers what it was asked, or worse.
	for how, mischief := range map[string]fakegoogle.Misbehaviour{
		"echo": fakegoogle.Echo, "html": fakegoogle.HTML, "500": fakegoogle.Status(500), "cut": fakegoogle.Cut,
		"redirect": fakegoogle.Redirect(307, "http://127.0.0.1:9/"+planted["access token"]),
		"scopes":   fakegoogle.OtherScopes(scopes.Scope(planted["access token"])),
	} {
		fake.Misbehave(fakegoogle.Current, mischief)
		for _, format := range []string{"text", "json", "sarif"} {
			runOne(how+" "+format, []string{"token", "--endpoint", fake.URL(), "--format", format, "-"}, planted["access token"], "")
		}
	}

	reports := 0
	err = filepath.WalkDir(written, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		reports++
		data, err := os.ReadFile(file)
		search(t, masked([]string{file}), string(data))
		return err
	})
	if err != nil || reports != 10 {
		t.Errorf("%d files were written, want 3 reports, 4 policies, a lock and 2 baselines (%v)", reports, err)
	}
}

// gitleaksReport lists every secret at the first line of every file, in every
// field that gitleaks fills from files, as a report without --redact does.
func gitleaksReport(files, planted map[string]string) string {
	var findings []map[string]any
	for name := range files {
		for kind, secret := range planted {
			findings = append(findings, map[string]any{
				"RuleID": kind, "File": name, "StartLine": 1, "EndLine": 1, "Secret": secret, "Match": "key = " + secret,
				"Line": secret, "Description": secret, "Message": secret, "Fingerprint": name + ":" + secret + ":1",
			})
		}
	}
	// Entries that match nothing are listed by rule and path, also where a secret
	// stands there.
	for _, kind := range []string{"access token", "refresh token", "client secret", "API key"} {
		secret := planted[kind]
		findings = append(findings, map[string]any{"RuleID": secret, "File": secret + "/gone.py", "StartLine": 1, "Secret": secret})
	}
	data, err := json.Marshal(findings)
	if err != nil {
		panic(err) // strings and maps always encode
	}
	return string(data)
}

// plantSecrets makes one secret of full length of every kind, by its name.
func plantSecrets() map[string]string {
	random := rand.New(rand.NewPCG(3, 4))
	secret := func(head string, n int) string {
		b := []byte(head)
		for range n {
			b = append(b, urlSafe[random.IntN(62)])
		}
		return string(b)
	}
	return map[string]string{
		"access token":         secret("ya29"+".", 140),
		"refresh token":        secret("1//"+"0", 98),
		"old refresh token":    secret("1/", 43),
		"authorization code":   secret("4/"+"0A", 60),
		"client secret":        secret("GOCSPX"+"-", 28),
		"old client secret":    secret("aB1", 21),
		"API key":              secret("AI"+"za", 35),
		"bound API key":        secret("AQ."+"Ab8R", 46),
		"ID token":             "ey" + "JhbGciOiJSUzI1NiJ9." + secret("eyJ", 90) + "." + secret("", 86),
		"body of the PEM file": secret("MII", 61),
	}
}

// givenAway lists what must not be seen of a secret: itself, what anyone can turn
// back into it, and half of it.
func givenAway(secret string) map[string]string {
	escaped, _ := json.Marshal(secret)
	reversed := []rune(secret)
	slices.Reverse(reversed)
	forms := map[string]string{
		"plain": secret, "hex": hex.EncodeToString([]byte(secret)), "hex, capitals": strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"URL": url.QueryEscape(secret), "URL path": url.PathEscape(secret), "JSON": strings.Trim(string(escaped), `"`),
		"JSON, slashes": strings.ReplaceAll(secret, "/", `\/`), "reversed": string(reversed), "first half": secret[:len(secret)/2],
	}
	// In base64 a secret looks one of three ways, by where it stands.
	for before := range 3 {
		text := append(bytes.Repeat([]byte{0}, before), secret...)
		whole := base64.RawStdEncoding.EncodeToString(text)
		// The characters at both ends carry bits of what stands beside it.
		inner := whole[(before*8+5)/6 : len(text)*8/6]
		forms[fmt.Sprintf("base64 %d", before)] = inner
		forms[fmt.Sprintf("base64 URL %d", before)] = strings.NewReplacer("+", "-", "/", "_").Replace(inner)
	}
	return forms
}

// secretFiles puts the secrets where they are met: source, notebooks, settings,
// credential files of several programs, and fields that are no place for them.
func secretFiles(s map[string]string) map[string]string {
	encode := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings and maps always encode
		}
		return string(data)
	}
	type object = map[string]any
	pem := "-----BEGIN " + "PRIVATE KEY-----\n" + strings.Repeat(s["body of the PEM file"]+"\n", 20) + "-----END PRIVATE KEY-----\n"
	cell := func(secret string) object {
		return object{
			"cell_type": "code", "execution_count": 7, "metadata": object{}, "source": []string{"token = '" + secret + "'\n", "print(token)"},
			"outputs": []object{{"output_type": "stream", "name": "stdout", "text": []string{secret + "\n"}}},
		}
	}
	files := map[string]string{
		"token.json": encode(object{
			"token": s["access token"], "refresh_token": s["refresh token"], "client_id": "1-a.apps.googleusercontent.com",
			"client_secret": s["client secret"], "id_token": s["ID token"], "scopes": []string{"https://mail.google.com/"},
			"token_uri": "https://oauth2.googleapis.com/token",
		}),
		"old.json": encode(object{
			"access_token": s["access token"], "refresh_token": s["old refresh token"], "client_id": "2-b.apps.googleusercontent.com",
			"client_secret": s["old client secret"], "token_uri": "https://oauth2.googleapis.com/token", "_module": "oauth2client.client",
		}),
		"client_secret.json": encode(object{"web": object{
			"client_id": "1-a.apps.googleusercontent.com", "client_secret": s["client secret"], "auth_uri": "https://accounts.google.com/o/oauth2/auth",
			"token_uri": "https://oauth2.googleapis.com/token", "redirect_uris": []string{"https://example.com/?code=" + s["authorization code"]},
		}}),
		"key.json": encode(object{
			"type": "service_account", "project_id": "p", "private_key_id": "1", "private_key": pem,
			"client_email": "a@p.iam.gserviceaccount.com", "client_id": "1", "token_uri": "https://oauth2.googleapis.com/token",
		}),
		"access":      s["access token"] + "\n",
		"refresh":     s["refresh token"] + "\n",
		"half.json":   `{"token": "` + s["access token"] + `", "refresh_token": "` + s["refresh token"],
		"page.html":   "<html>" + s["access token"] + "</html>",
		"policy.yaml": "version: 1\nname: " + s["access token"] + "\nallow:\n  - {scope: gmail.readonly, why: " + s["client secret"] + "}\n",
		"bad.yaml":    "version: 1\nallow:\n  - {scope: " + s["refresh token"] + ", why: " + s["access token"] + "}\n",
		"key.yaml":    "version: 1\n" + s["access token"] + ": 1\n",
		"extend.yaml": "version: 1\nextends: " + s["access token"] + "\n",
		"rclone.conf": "[" + s["access token"] + "]\ntype = drive\nscope = drive " + s["refresh token"] + "\nclient_id = " + s["client secret"] +
			"\nclient_secret = " + s["old client secret"] + "\ntoken = " + encode(object{"access_token": s["access token"], "refresh_token": s["refresh token"], "expiry": "2026-01-01T00:00:00Z"}) + "\n",
	}
	var source, env strings.Builder
	var cells []object
	for i, kind := range []string{"access token", "refresh token", "client secret", "API key", "bound API key", "ID token", "authorization code"} {
		fmt.Fprintf(&source, "secret_%d = %q  # curl -H 'Authorization: Bearer %s' 'https://example.com/?key=%s'\n", i, s[kind], s[kind], url.QueryEscape(s[kind]))
		fmt.Fprintf(&env, "SECRET_%d=%s\n", i, s[kind])
		cells = append(cells, cell(s[kind]))
		// Fields that reports print, filled with what does not belong there.
		files[fmt.Sprintf("fields-%d.json", i)] = encode(object{
			"token": s["access token"], "refresh_token": s["refresh token"], "client_id": s[kind], "client_secret": s["client secret"],
			"scopes": []string{s[kind], "https://www.googleapis.com/auth/" + s[kind]}, "account": s[kind], "universe_domain": s[kind],
			"token_uri": "https://example.com/" + s[kind] + "?t=" + s[kind], "quota_project_id": s[kind], "expiry": s[kind], "type": s[kind],
		})
	}
	for i, kind := range []string{"access token", "refresh token", "client secret", "API key", "bound API key", "authorization code"} {
		files[fmt.Sprintf("code-%d/mail.py", i)] = fmt.Sprintf(`from googleapiclient.discovery import build
SCOPES = ['https://mail.google.com/']; key = '%[1]s'
if key == '%[1]s':
    SCOPES = ['https://www.googleapis.com/auth/%[1]s', 'https://www.googleapis.com/auth/drive']
creds = Credentials.from_authorized_user_file('%[1]s', SCOPES)
service = build('gmail', 'v1', credentials=creds, developerKey='%[1]s')
service.users().messages().list(userId='me', q='%[1]s').execute()
getattr(service.users(), '%[1]s' + name)(userId='%[1]s').execute()
`, s[kind])
		files[fmt.Sprintf("narrow-%d/%s/mail.py", i, strings.ReplaceAll(s[kind], "/", "_"))] = fmt.Sprintf(`from googleapiclient.discovery import build
key = '%[1]s'
SCOPES = ['https://mail.google.com/']
service = build('gmail', 'v1', credentials=Credentials.from_authorized_user_file('t', SCOPES))
service.users().messages().list(userId='me', q='%[1]s').execute()
`, s[kind])
	}
	fmt.Fprintf(&source, "client_secret = %q\nrefresh_token = %q\nkey = '''%s'''\n", s["old client secret"], s["old refresh token"], pem)
	files["main.py"], files[".env"] = source.String(), env.String()
	files["notes.ipynb"] = encode(object{"cells": cells, "metadata": object{}, "nbformat": 4, "nbformat_minor": 5})
	// A download is easily called by what it holds.
	files["names/"+s["access token"]+".json"] = files["token.json"]
	files["names/"+s["client secret"]+"/token.json"] = files["token.json"]
	return files
}
