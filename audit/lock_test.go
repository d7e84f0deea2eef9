package audit_test

import (
	"reflect"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// A lock is read back as it was written, whatever a program is called.
func TestLockRoundTrip(t *testing.T) {
	want := &audit.Lock{Name: "scopes.lock", Programs: []audit.LockedProgram{
		{Path: ".", Verdict: needs.Exact, Scopes: []scopes.Scope{readonly, send}},
		{Path: "two words\nscope https://mail.google.com/", Verdict: needs.LowerBound},
	}}
	got, err := audit.DecodeLock(want.Encode(), "scopes.lock")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestLockErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "it has no line",
		"{}":                                    "line 1: it is no lock",
		"scopes.lock 2\n":                       "line 1: it is no lock of a version",
		"scopes.lock 1\nscope x\n":              "line 2: it takes program and scope",
		"scopes.lock 1\n\nprogram mail exact\n": "line 3: a program is its path in quotes",
		"scopes.lock 1\nprogram \"m\" exact\nx y z": "line 3: it takes",
	} {
		if _, err := audit.DecodeLock([]byte(text), "l"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzDecodeLock(f *testing.F) {
	f.Add([]byte("scopes.lock 1\nprogram \"a\" exact\nscope https://mail.google.com/\n"))
	f.Add([]byte("scopes.lock 1\nprogram \"\\x00\" x y\n#\nscope\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := audit.DecodeLock(data, "l")
		if err != nil {
			return
		}
		if _, err := audit.DecodeLock(l.Encode(), "l"); err != nil {
			t.Errorf("what was written is not read: %v", err)
		}
	})
}
