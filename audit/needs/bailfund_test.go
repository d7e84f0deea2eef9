package needs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestBailfund tells the story that all this is for: full mail is asked for, and
// reading is all that is done.
func TestBailfund(t *testing.T) {
	names, err := filepath.Glob("../../testdata/bailfund/*")
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, txtar.File{Name: filepath.Base(name), Data: data})
	}
	r := infer(t, files, true)
	if len(r.Programs) != 1 {
		t.Fatalf("%d programs", len(r.Programs))
	}
	p := r.Programs[0]
	want := map[string]string{
		"verdict": "exact", "requested": "https://mail.google.com/", "least": "gmail.readonly", "excess": ": gmail.readonly",
		"calls": "gmail.users.getProfile gmail.users.messages.get gmail.users.messages.list", "unresolved": "0", "missing": "",
	}
	got := describe(p)
	for key, text := range want {
		if got[key] != text {
			t.Errorf("%s: %q, want %q", key, got[key], text)
		}
	}
	if len(p.Requests) == 0 || p.Requests[0].At.Line != 10 || !strings.HasSuffix(p.Requests[0].At.Path, "gmail_connect.py") {
		t.Errorf("requests: %+v", p.Requests)
	}
	if q := p.Requests[0]; q.Text != "'https://mail.google.com/'" || q.Line != "SCOPES = ['https://mail.google.com/']" {
		t.Errorf("the request is quoted as %q in %q", q.Text, q.Line)
	}
	for _, c := range p.Calls {
		if c.At.Cell == 0 || c.At.Line == 0 || len(c.PermittedBy) != 1 {
			t.Errorf("%s at %v, permitted by %v", c.Method, c.At, c.PermittedBy)
		}
		t.Logf("%v %s %q %s %q", c.At, c.Method, c.Text, c.State, c.Notes)
	}
}
