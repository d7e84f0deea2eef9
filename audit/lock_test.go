package audit_test

import (
	"reflect"
	"slices"
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
		{Path: "two words\nscope https://mail.google.com/", Verdict: needs.LowerBound, Unresolved: 2},
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
		"scopes.lock 1\nscope x\n":              "line 2: it takes program, scope and unresolved",
		"scopes.lock 1\n\nprogram mail exact\n": "line 3: a program is its path in quotes",
		"scopes.lock 1\nprogram \"m\" exact\nx y z":                    "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" sure\n":                          "line 2: a program is its path in quotes and a verdict",
		"scopes.lock 1\nprogram \"m\" exact\nscope\n":                  "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" exact\nscope a\x1b[31m\n":        "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" exact\nscope a\x00\n":            "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" exact\nunresolved 0\n":           "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" exact\nunresolved 1e9\n":         "line 3: it takes",
		"scopes.lock 1\nprogram \"m\" exact\nprogram \"m\" exact":      "line 3: program \"m\" stands here twice",
		"scopes.lock 1\n<<<<<<< HEAD\nprogram \"m\" exact":             "line 2: a merge left a conflict here",
		"<<<<<<< HEAD\nscopes.lock 1\n=======\nscopes.lock 2\n>>>>>>>": "line 1: a merge left a conflict here",
		strings.Repeat("#", audit.MaxLock) + "\nscopes.lock 1\n":       "it has more than",
	} {
		if _, err := audit.DecodeLock([]byte(text), "l"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// As git hands it out on Windows, and as an editor there writes it.
func TestLockOfWindows(t *testing.T) {
	l, err := audit.DecodeLock([]byte("\uFEFF# x\r\nscopes.lock 1\r\n\r\nprogram \"a\" exact\r\nscope openid\r\n"), "l")
	if err != nil || len(l.Programs) != 1 || !slices.Equal(l.Programs[0].Scopes, []scopes.Scope{"openid"}) {
		t.Errorf("%+v, %v", l, err)
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
