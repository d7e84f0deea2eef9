package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
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
		out, err := exec.Command(debianPython, "-W", "ignore", filepath.Join("testdata", "python_reads.py"), l.path("token.json"), l.fake.URL()).Output()
		if err != nil {
			var stderr []byte
			if exit, ok := err.(*exec.ExitError); ok {
				stderr = exit.Stderr
			}
			t.Fatalf("%s: %v\n%s", as, err, stderr)
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
