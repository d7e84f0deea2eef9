package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

func digits(c string) string { return strings.Repeat(c, 32) }

func own(entries string) string {
	return "{\n  \"format\": \"scopeaudit-baseline\",\n  \"version\": 1,\n  \"findings\": [" + entries + "]\n}\n"
}

func TestDecodeBaseline(t *testing.T) {
	entry := `{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `"}`
	tests := []struct {
		name string
		text string
		want string // format and number of entries, or the error
	}{
		{"ours", own("\n    " + entry + "\n  "), "scopeaudit 1"},
		{"ours, empty", own(""), "scopeaudit 0"},
		{"ours, keys in another order", `{"findings":[` + entry + `],"version":1,"format":"scopeaudit-baseline"}`, "scopeaudit 1"},
		{"ours, with a byte-order mark and Windows line ends", "\uFEFF" + strings.ReplaceAll(own(entry), "\n", "\r\n"), "scopeaudit 1"},
		{"ours, with all there is", own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `","blob":"` + strings.Repeat("b", 40) + `","reason":"made up"}`), "scopeaudit 1"},
		{"two lists", own(entry) + own(entry), "line 6: is no JSON from here on"},
		{"no list", `{"format":"scopeaudit-baseline","version":1}`, "has other keys than format, version and findings, a list"},
		{"another key", `{"format":"scopeaudit-baseline","version":1,"findings":[],"allow":"all"}`, "has other keys than format, version and findings, a list"},
		{"no version", `{"format":"scopeaudit-baseline","findings":[]}`, "says no version that there is"},
		{"version 0", `{"format":"scopeaudit-baseline","version":0,"findings":[]}`, "says no version that there is"},
		{"version 1.5", `{"format":"scopeaudit-baseline","version":1.5,"findings":[]}`, "says no version that there is"},
		{"version 9", `{"format":"scopeaudit-baseline","version":9,"entries":[]}`, "was written by a newer scopeaudit: its format has version 9, this one reads 1"},
		{"no rule", own(`{"path":"a.py","fingerprint":"` + digits("a") + `"}`), "line 4: the entry has no rule"},
		{"no path", own(`{"rule":"jwt","fingerprint":"` + digits("a") + `"}`), "line 4: the entry has no path"},
		{"a long fingerprint", own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `a"}`), "line 4: the entry has no fingerprint: 32 hexadecimal digits"},
		{"no hexadecimal digits", own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("x") + `"}`), "line 4: the entry has no fingerprint: 32 hexadecimal digits"},
		{"a blob that is none", own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `","blob":"1"}`), "line 4: the entry's blob is no name of an object: 40 or 64 hexadecimal digits"},
		{"an endless reason", own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `","reason":"` + strings.Repeat("x", 9000) + `"}`), "line 4: the entry's reason is longer than 8192 bytes"},
		{"a number for a string", own(`{"rule":"jwt","path":5,"fingerprint":"` + digits("a") + `"}`), "line 4: this is no entry of a baseline"},
		{"an unknown key in the second", own("\n" + entry + ",\n\n" + strings.Replace(entry, "}", `,"secret":"x"}`, 1)), "line 7: this is no entry of a baseline"},
		{"null", own("null"), "line 4: the entry has no rule"},
		{"a syntax error", own(entry + ",,"), "line 4: is no JSON from here on"},
		{"cut", own("\n" + entry)[:120], "line 5: ends in the middle"},
		{"a merge conflict", own("\n<<<<<<< HEAD\n" + entry + "\n=======\n>>>>>>> x"), "line 5: git left a merge conflict here"},
		{"a report of ours", `{"version": 1, "tool": "scopeaudit 0.1.0", "findings": []}`, "is a report of scopeaudit, which accepts nothing"},
		{"SARIF", `{"version": "2.1.0", "runs": []}`, "is no baseline"},
		{"empty", " \n", "is empty"},
		{"too many", own(strings.Repeat(entry+",", 200_000) + entry), "line 4: lists more than 200000 findings"},

		{"gitleaks", `[{"RuleID":"jwt","File":"a.py","StartLine":1,"EndLine":2,"Secret":"x","New":{}}]`, "gitleaks-report 1"},
		{"gitleaks, clean", "[]\n", "gitleaks-report 0"},
		{"gitleaks, no file", `[{"RuleID":"jwt","StartLine":1}]`, "line 1: this is no finding of gitleaks: it has no RuleID, File and StartLine"},
		{"gitleaks, a word for a line", "[\n" + `{"RuleID":"jwt","File":"a.py","StartLine":"1"}]`, "line 2: this is no finding of gitleaks: it has no RuleID, File and StartLine"},
		{"a list of something else", `["a", "b"]`, "line 1: this is no finding of gitleaks: it has no RuleID, File and StartLine"},

		{"ignore", "# known\n\na.py:jwt:1\r\nC:\\x\\a.py:jwt:1\n  0123456:a.py:jwt:12  \n", "gitleaksignore 3"},
		{"ignore, comments alone", "# nothing\n", "gitleaksignore 0"},
		{"ignore, no line", "a.py:jwt\n", "line 1: is no baseline: as a .gitleaksignore, this line would be FILE:RULE:LINE or COMMIT:FILE:RULE:LINE"},
		{"ignore, no file", ":jwt:1\n", "line 1: is no baseline: as a .gitleaksignore, this line would be FILE:RULE:LINE or COMMIT:FILE:RULE:LINE"},
		{"a key that somebody named by mistake", "API_TOKEN=x:y:z\n", "line 1: is no baseline: as a .gitleaksignore, this line would be FILE:RULE:LINE or COMMIT:FILE:RULE:LINE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			b, err := audit.DecodeBaseline([]byte(tt.text), "b")
			var fault *audit.BaselineError
			switch {
			case err == nil:
				got = fmt.Sprintf("%s %d", b.Format, len(b.Entries))
			case errors.As(err, &fault) && fault.Hint != "":
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
	if _, err := audit.DecodeBaseline(make([]byte, audit.MaxBaseline+1), "b"); err == nil {
		t.Error("a file over the limit was read")
	}
}

func TestDecodeIgnore(t *testing.T) {
	b, err := audit.DecodeBaseline([]byte("a:b.py:jwt:1\nabcdef0:dir/a.py:my-rule:12\n"), "b")
	if err != nil {
		t.Fatal(err)
	}
	want := []audit.BaselineEntry{
		{Line: 1, Path: "a:b.py", Rule: "jwt", First: 1, Last: 1},
		{Line: 2, Path: "dir/a.py", Rule: "my-rule", First: 12, Last: 12, Commit: "abcdef0"},
	}
	if diff := cmp.Diff(want, b.Entries); diff != "" {
		t.Error(diff)
	}
}

// What is written is read again, sorted and each place once, whatever the order
// in which it came.
func TestEncodeBaseline(t *testing.T) {
	entries := []audit.BaselineEntry{
		{Rule: "jwt", Path: "b.py", Fingerprint: digits("b"), Reason: "a \"reason\" <&>\u2028\n"},
		{Rule: "jwt", Path: "a.py", Fingerprint: digits("c")},
		{Rule: "jwt", Path: "b.py", Fingerprint: digits("b")}, // without its reason
		{Rule: "jwt", Path: "a\xffb", Fingerprint: digits("d"), Blob: strings.Repeat("e", 40)},
	}
	first := (&audit.Baseline{Entries: entries}).Encode()
	entries[0], entries[1] = entries[1], entries[0]
	if again := (&audit.Baseline{Entries: entries}).Encode(); !bytes.Equal(first, again) {
		t.Errorf("the order decides:\n%s\n%s", first, again)
	}
	b, err := audit.DecodeBaseline(first, "b")
	if err != nil {
		t.Fatalf("%v\n%s", err, first)
	}
	want := []audit.BaselineEntry{
		{Line: 5, Rule: "jwt", Path: "a.py", Fingerprint: digits("c")},
		{Line: 6, Rule: "jwt", Path: "a\uFFFDb", Fingerprint: digits("d"), Blob: strings.Repeat("e", 40)},
		{Line: 7, Rule: "jwt", Path: "b.py", Fingerprint: digits("b"), Reason: "a \"reason\" <&>\u2028\n"},
	}
	if diff := cmp.Diff(want, b.Entries); diff != "" {
		t.Error(diff)
	}
}

// TestAccept holds that the report after accepting is that of the next run.
func TestAccept(t *testing.T) {
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 3}, Leaks: []secrets.Leak{
		leak(rules.JWT, "a.py", 1, digits("a")), leak(rules.JWT, "b.zip", 1, digits("b")), leak(rules.GoogleRefreshToken, "c.py", 2, digits("c")),
	}}
	e.Leaks[1].Location.Origin, e.Leaks[1].Location.Member = rules.Archive, "in/b.py"
	again := e.Leaks[0]
	again.Location.Line = 7 // the same value once more in that file
	e.Leaks = append(e.Leaks, again)
	first := audit.Check(e, policy(t, ""), catalogue(t))
	b, accepted := audit.Accept(&first, "b.json")
	if accepted != 3 {
		t.Errorf("%d places were accepted", accepted)
	}
	text := string(b.Encode())
	for _, want := range []string{`"path":"b.zip!in/b.py","fingerprint":"` + digits("b"), `"rule":"google-refresh-token"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	read, err := audit.DecodeBaseline([]byte(text), "b.json")
	if err != nil {
		t.Fatal(err)
	}
	e.Baselines = []*audit.Baseline{read}
	next := audit.Check(e, policy(t, ""), catalogue(t))
	if len(next.Findings) != len(first.Findings) || next.Coverage.Suppressed != first.Coverage.Suppressed {
		t.Fatalf("%d findings and %d suppressed, %d and %d in the next run",
			len(first.Findings), first.Coverage.Suppressed, len(next.Findings), next.Coverage.Suppressed)
	}
	for i, f := range next.Findings {
		if f.Suppressed == nil || f.Suppressed.By != "baseline" || first.Findings[i].Suppressed == nil {
			t.Errorf("not suppressed: %+v", f)
		}
	}
	if u := next.Baselines[0]; u.Matched != 3 || len(u.Unmatched) != 0 {
		t.Errorf("used: %+v", u)
	}
}

// What was accepted before stays where it matched, or was not looked at, with its
// reason; what matches nothing goes, and another tool's entries become ours.
func TestAcceptAnew(t *testing.T) {
	e := audit.Evidence{
		Time: now, TreeExamined: true, Coverage: rules.Coverage{Files: 2}, Roots: []audit.Root{{Typed: "src", Real: "/p/src", Name: "src"}},
		Leaks: []secrets.Leak{leak(rules.JWT, "src/a.py", 1, digits("a")), leak(rules.JWT, "src/b.py", 2, digits("b"))},
		Baselines: []*audit.Baseline{
			{Format: audit.OwnBaseline, Entries: []audit.BaselineEntry{
				{Rule: rules.JWT, Path: "src/a.py", Fingerprint: digits("a"), Reason: "known"},
				{Rule: rules.JWT, Path: "src/gone.py", Fingerprint: digits("c")},
				{Rule: rules.JWT, Path: "other/c.py", Fingerprint: digits("d")},
			}},
			{Format: audit.GitleaksIgnore, Entries: []audit.BaselineEntry{{Rule: "jwt", Path: "src/b.py", First: 1, Last: 1}, {Rule: "jwt", Path: "other/b.py", First: 1, Last: 1}}},
		},
	}
	r := audit.Check(e, policy(t, ""), catalogue(t))
	b, accepted := audit.Accept(&r, "b.json")
	text := string(b.Encode())
	for fingerprint, want := range map[string]int{digits("a"): 1, digits("b"): 1, digits("c"): 0, digits("d"): 1} {
		if got := strings.Count(text, fingerprint); got != want {
			t.Errorf("%s is there %d times, want %d:\n%s", fingerprint, got, want, text)
		}
	}
	if accepted != 0 || !strings.Contains(text, `"reason":"known"`) {
		t.Errorf("%d are new in\n%s", accepted, text)
	}
}

// What a baseline of ours lists in git's history it knows by rule and blob, too.
func TestBaselineKnowsBlobs(t *testing.T) {
	l := leak(rules.JWT, "new-name.py", 1, digits("a"))
	l.Location.Origin, l.Location.Blob = rules.History, strings.Repeat("b", 40)
	e := audit.Evidence{Time: now, TreeExamined: true, Coverage: rules.Coverage{Blobs: 1}, Leaks: []secrets.Leak{l}}
	e.Baselines = []*audit.Baseline{{Format: audit.OwnBaseline, Entries: []audit.BaselineEntry{
		{Rule: rules.JWT, Path: "old-name.py", Fingerprint: digits("c"), Blob: l.Location.Blob},
	}}}
	if r := audit.Check(e, policy(t, ""), catalogue(t)); r.Findings[0].Suppressed == nil {
		t.Error("the blob was not known")
	}
	e.Leaks[0].Location.Origin = rules.Tree
	if r := audit.Check(e, policy(t, ""), catalogue(t)); r.Findings[0].Suppressed != nil {
		t.Error("a file was taken for an object of history")
	}
}

// TestBaselineOutside tells entries that match nothing from those about what was
// not examined.
func TestBaselineOutside(t *testing.T) {
	e := audit.Evidence{
		Time: now, TreeExamined: true, Roots: []audit.Root{{Typed: "src", Real: "/home/kim/p/src", Name: "src", Excluded: func(path string) bool { return path == "left/out.py" }}},
		Coverage: rules.Coverage{Files: 1, Skipped: []rules.Skipped{{Path: "src/vendor", Reason: "excluded", Kind: rules.ByDesign}, {Path: "src/a.zip", Reason: "damaged", Kind: rules.ByFailure}}},
	}
	tests := []struct {
		format audit.BaselineFormat
		path   string
		want   string
	}{
		{audit.OwnBaseline, "src/a.py", "unmatched"},
		{audit.OwnBaseline, "src", "unmatched"},
		{audit.OwnBaseline, "srcs/a.py", "outside"},
		{audit.OwnBaseline, "a.py", "outside"},
		{audit.OwnBaseline, "src/vendor/x/y.py", "outside"},
		{audit.OwnBaseline, "src/a.zip!in/y.py", "outside"},
		{audit.OwnBaseline, "src/left/out.py", "outside"},
		{audit.OwnBaseline, "left/out.py", "outside"},
		{audit.OwnBaseline, "-", "outside"},
		{audit.GitleaksIgnore, "/home/kim/p/src/a.py", "unmatched"},
		{audit.GitleaksIgnore, "/home/kim/p/other/a.py", "outside"},
		{audit.GitleaksIgnore, "src/a.py", "unmatched"},
	}
	for _, tt := range tests {
		e.Baselines = []*audit.Baseline{{Format: tt.format, Entries: []audit.BaselineEntry{{Rule: rules.JWT, Path: tt.path, Fingerprint: digits("a")}}}}
		u := audit.Check(e, policy(t, ""), catalogue(t)).Baselines[0]
		if got := map[bool]string{true: "outside", false: "unmatched"}[u.Outside == 1]; got != tt.want || u.Outside+len(u.Unmatched) != 1 {
			t.Errorf("%s %s: %+v, want %s", tt.format, tt.path, u, tt.want)
		}
	}
}

// FuzzDecodeBaseline holds that whatever is read is written and read again to the
// same, and that no error tells a word of the file.
func FuzzDecodeBaseline(f *testing.F) {
	f.Add([]byte(own(`{"rule":"jwt","path":"a.py","fingerprint":"` + digits("a") + `"}`)))
	f.Add([]byte(`[{"RuleID":"jwt","File":"a.py","StartLine":1,"Secret":"QQQQ"}]`))
	f.Add([]byte("a.py:jwt:1\n0123456:a.py:jwt:1 QQQQ\n"))
	f.Add([]byte(`{"format":"scopeaudit-baseline","version":1,"findings":[{"QQQQ":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := audit.DecodeBaseline(data, "b")
		var fault *audit.BaselineError
		if err != nil {
			if !errors.As(err, &fault) || strings.Contains(err.Error()+fault.Hint, "QQQQ") || fault.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Fatalf("%#v", err)
			}
			return
		}
		for _, e := range b.Entries {
			if e.Line < 1 || e.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Fatalf("line %d", e.Line)
			}
		}
		if b.Format != audit.OwnBaseline {
			return
		}
		text := b.Encode()
		again, err := audit.DecodeBaseline(text, "b")
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if !bytes.Equal(again.Encode(), text) {
			t.Fatalf("written, read and written:\n%s\n%s", text, again.Encode())
		}
	})
}
