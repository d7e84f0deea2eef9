package report_test

import (
	"strings"
	"testing"

	"scopeaudit/report"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ first, rest, text, want string }{
		{"", "", "short", "short\n"},
		{"- ", "  ", "one two three four five six seven eight", "- one two three four five six\n  seven eight\n"},
		{"", "", "run `git rm --cached -- token.json` in the folder", "run\n`git rm --cached -- token.json`\nin the folder\n"},
		{"", "", "::error::x", "| ::error::x\n"},
		{"  x  ", "     ", "", "  x\n"},
	} {
		if got := report.Fold(tt.first, tt.rest, tt.text, 32); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	if long := report.Fold("", "", strings.Repeat("word ", 40), 0); len(strings.Split(long, "\n")[0]) != 79 {
		t.Errorf("without a width: %q", long)
	}
}
