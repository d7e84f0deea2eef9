package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo/fakegoogle"
)

// debianPython is the interpreter that Debian's packages belong to.
const debianPython = "/usr/bin/python3"

// TestPythonReadsOurToken signs in, and gives the file to the libraries that a
// student's script uses: they renew it and read with it, and cannot write.
func TestPythonReadsOurToken(t *testing.T) {
	if err := exec.Command(debianPython, "-c", "import googleapiclient.discovery, google.oauth2.credentials").Run(); err != nil {
		t.Skip("needs google-api-python-client (Debian: python3-googleapi)")
	}
	l := newLogin(t)
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	l.fake.OpenGmail(cat, fakegoogle.Message{From: "ann@example.com", Subject: "One"}, fakegoogle.Message{From: "bob@example.com", Subject: "Two"})
	for _, as := range []string{"python", "node", "adc"} {
		l.run(0, "--as", as, "--replace")
		file := l.path("token.json")
		if as == "adc" {
			file = "" // google.auth.default finds it
		}
		cmd := exec.Command(debianPython, "-W", "ignore", filepath.Join("testdata", "python_reads.py"), file, l.fake.URL())
		cmd.Env = append(cmd.Environ(), "GOOGLE_APPLICATION_CREDENTIALS="+l.path("token.json"), "GOOGLE_CLOUD_PROJECT=example")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", as, err, stderr.String())
		}
		var got struct {
			Scopes   []string
			Valid    bool
			Messages int
			Trashed  int
		}
		if err := json.Unmarshal(out, &got); err != nil || !got.Valid || got.Messages != 2 || got.Trashed != 403 {
			t.Errorf("%s: %s, %v", as, out, err)
		}
	}
}

// TestPythonSignsIn lets google-auth-oauthlib sign in with a client's file that
// we call sound: what it keeps is read here, and equals what login keeps for the
// same grant but for the tokens and their end.
func TestPythonSignsIn(t *testing.T) {
	if err := exec.Command(debianPython, "-c", "import google_auth_oauthlib.flow").Run(); err != nil {
		t.Skip("needs google-auth-oauthlib (Debian: python3-google-auth-oauthlib)")
	}
	for _, kind := range []string{"installed", "web"} {
		l := newLogin(t)
		if kind == "web" {
			l.web("localhost", "/").Close()
		}
		l.verb(0, "client", l.path("client.json"))
		if strings.Contains(l.stdout, "warning") {
			t.Errorf("%s: a warning about a sound file:\n%s", kind, l.stdout)
		}
		theirs := l.path("theirs")
		cmd := exec.Command(debianPython, "-W", "ignore", filepath.Join("testdata", "python_signs_in.py"), l.path("client.json"),
			l.fake.URL()+fakegoogle.AuthPath, takesBasic(t, l.fake)+fakegoogle.TokenPath, theirs, readonly)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		form, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, stderr.String())
		}
		l.consents(1)
		l.verb(0, "token", "--endpoint", l.fake.URL(), theirs)
		l.says("gmail.readonly", "live: Google accepts")
		// A whole credential lies in the folder, which audit finds as well.
		l.verb(1, "audit", "--credential", theirs, "--endpoint", l.fake.URL(), l.folder)
		l.says("live: Google accepts", "google-full-credential")
		if strings.TrimSpace(string(form)) != "json" {
			t.Log("this google-auth keeps tokens by pickle: the vectors hold what to_json of later ones writes")
			continue
		}
		if kind == "web" {
			continue // the system keeps the one port from us for a while
		}
		l.run(0)
		if got, want := blotted(l.read("token.json")), blotted(l.read("theirs")); got != want {
			t.Errorf("%s: got  %s\nwant %s", kind, got, want)
		}
	}
}

// takesBasic puts before the stand-in what Google does too: it takes the client's
// name and secret in the Authorization header, where Python's library has them.
func takesBasic(t *testing.T, fake *fakegoogle.Server) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, secret, ok := r.BasicAuth(); ok && r.ParseForm() == nil {
			r.PostForm.Set("client_id", id)
			r.PostForm.Set("client_secret", secret)
			r.Header.Del("Authorization")
			body := r.PostForm.Encode()
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
