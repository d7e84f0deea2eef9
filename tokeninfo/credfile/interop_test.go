package credfile

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
)

// debianPython is the interpreter that Debian's packages belong to; the first
// python3 in PATH is often another.
const debianPython = "/usr/bin/python3"

type verdict struct {
	Verdict  string `json:"verdict"`
	TokenURI string `json:"token_uri"`
	Scopes   string `json:"scopes"`
}

// googleAuth runs testdata/google_auth.py, and skips where google-auth is not
// installed.
func googleAuth(t *testing.T, verb, folder string) (version string, files map[string]verdict) {
	t.Helper()
	module, name := "google.auth", "python3-google-auth"
	if verb == "clients" {
		module, name = "google_auth_oauthlib.flow", "python3-google-auth-oauthlib"
	}
	if err := exec.Command(debianPython, "-c", "import "+module).Run(); err != nil {
		t.Skipf("needs %s (Debian: %s)", module, name)
	}
	out, err := exec.Command(debianPython, "-W", "ignore", "testdata/google_auth.py", verb, folder).Output()
	if err != nil {
		t.Fatalf("google_auth.py %s: %v", verb, err)
	}
	var answer struct {
		Version string             `json:"version"`
		Files   map[string]verdict `json:"files"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Version, answer.Files
}

// TestGoogleAuthReads gives the vectors to the real library and holds its
// verdict against the header for its generation.
func TestGoogleAuthReads(t *testing.T) {
	folder := t.TempDir()
	vectors := map[string]vector{}
	for _, v := range readVectors(t) {
		if v.keys["google-auth-1"] == "" {
			continue
		}
		vectors[v.name] = v
		if err := os.WriteFile(filepath.Join(folder, v.name), v.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	version, files := googleAuth(t, "read", folder)
	generation, _, _ := strings.Cut(version, ".")
	key := "google-auth-" + generation
	if generation != "1" && generation != "2" {
		t.Fatalf("google-auth %s: no vector says what this generation does", version)
	}
	for name, v := range vectors {
		got, want := files[name], v.keys[key]
		if got.Verdict != want {
			t.Errorf("%s: google-auth %s says %q, the header %q", name, version, got.Verdict, want)
		}
		if scopes, ok := v.keys[key+"-scopes"]; ok && got.Scopes != scopes {
			t.Errorf("%s: google-auth %s reads the scopes %s, the header says %s", name, version, got.Scopes, scopes)
		}
		if strings.HasPrefix(got.Verdict, "reject") {
			continue
		}
		if got.TokenURI != "https://oauth2.googleapis.com/token" {
			t.Errorf("%s: google-auth %s takes the file's token_uri", name, version)
		}
		if !v.accepted() {
			t.Errorf("%s: google-auth %s loads it and Identify does not", name, version)
		}
	}
	t.Logf("google-auth %s agrees on %d vectors", version, len(vectors))
}

// TestInstalledAppFlowReads gives the clients to the class that students' scripts
// use. It can sign in with those that we read without a warning, and with no
// others.
func TestInstalledAppFlowReads(t *testing.T) {
	folder := t.TempDir()
	vectors := map[string]vector{}
	for _, v := range readVectors(t) {
		if v.row() != 6 {
			continue
		}
		vectors[v.name] = v
		if err := os.WriteFile(filepath.Join(folder, v.name), v.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, files := googleAuth(t, "clients", folder)
	for name, v := range vectors {
		got := files[name].Verdict
		if want := v.keys["installed-app-flow"]; got != want {
			t.Errorf("%s: InstalledAppFlow says %q, the header %q", name, got, want)
		}
		found, err := Identify(v.data)
		sound := err == nil && len(found) > 0 && found[0].Kind == tokeninfo.ClientSecrets
		for _, c := range found {
			sound = sound && len(c.Warnings) == 0
		}
		if loads := got == "accept"; loads != sound {
			t.Errorf("%s: InstalledAppFlow says %q, and we call it sound: %v", name, got, sound)
		}
	}
	if len(vectors) < 15 {
		t.Errorf("%d vectors about clients", len(vectors))
	}
}

// TestVectorsGoogleAuthAccepts holds, without Python, that Identify accepts
// whatever either generation does.
func TestVectorsGoogleAuthAccepts(t *testing.T) {
	n := 0
	for _, v := range readVectors(t) {
		one, two := v.keys["google-auth-1"], v.keys["google-auth-2"]
		if (one == "") != (two == "") {
			t.Errorf("%s has a header for one generation only", v.name)
		}
		if one == "" {
			continue
		}
		n++
		if strings.HasPrefix(one+two, "accept") && !v.accepted() {
			t.Errorf("%s: google-auth accepts it, and we do not", v.name)
		}
	}
	if n < 30 {
		t.Errorf("%d vectors about google-auth, want at least 30", n)
	}
}

// TestGoogleAuthWrites goes the other way: what the real library writes now is
// recognised.
func TestGoogleAuthWrites(t *testing.T) {
	folder := t.TempDir()
	version, _ := googleAuth(t, "write", folder)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 5 {
		t.Fatalf("google-auth %s wrote %d files: %v", version, len(entries), err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		creds, err := Identify(data)
		if err != nil || len(creds) != 1 {
			t.Errorf("%s: %d credentials, %v", entry.Name(), len(creds), err)
			continue
		}
		c, kind := creds[0], tokeninfo.Pickle
		if entry.Name() == "json" {
			kind = tokeninfo.GoogleAuth
		}
		if c.Kind != kind || c.AccessToken.Reveal() != "ya29.EXAMPLE" || c.RefreshToken.Reveal() != "1//0EXAMPLE" ||
			c.ClientID != "example" || c.ClientSecret.Reveal() != "GOCSPX-EXAMPLE" || len(c.Scopes) != 1 || c.Scopes[0] != "openid" {
			t.Errorf("%s: read as %+v", entry.Name(), c)
		}
		if want := time.Date(2099, 1, 1, 0, 0, 0, 500000000, time.UTC); !c.Expiry.Equal(want) {
			t.Errorf("%s: expiry %v, want %v", entry.Name(), c.Expiry, want)
		}
		if len(c.Warnings) > 0 {
			t.Errorf("%s: warnings %q about an honest file", entry.Name(), c.Warnings)
		}
	}
}
