package main

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// Help fits a terminal: in prose and descriptions no line is wider. Commands
// stay whole, and so do usage lines.
func TestHelpFits(t *testing.T) {
	for _, width := range []int{50, 80} {
		for _, verb := range append(verbs((&app{}).root(), ""), "") {
			var stdout bytes.Buffer
			run(context.Background(), append(strings.Fields(verb), "--help"), environment{stdout: &stdout, stderr: io.Discard, getenv: func(name string) string {
				return map[string]string{"COLUMNS": strconv.Itoa(width)}[name]
			}})
			prose, lists, found := strings.Cut(stdout.String(), "\nUsage:\n")
			if !found {
				t.Fatalf("%s: %q", verb, stdout.String())
			}
			for line := range strings.SplitSeq(prose, "\n") {
				if utf8.RuneCountInString(line) > width && line[0] != ' ' {
					t.Errorf("%s: wider than %d: %s", verb, width, line)
				}
			}
			_, lists, _ = strings.Cut(lists, "\n\n")
			for line := range strings.SplitSeq(lists, "\n") {
				if utf8.RuneCountInString(line) > width && line[0] == ' ' {
					t.Errorf("%s: wider than %d: %s", verb, width, line)
				}
			}
		}
	}
}
