package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/collect"
)

// screen is what a terminal shows after it was sent text: one line, unless there
// was more than the line takes.
func screen(t *testing.T, sent string, width int) string {
	t.Helper()
	if strings.ContainsAny(sent, "\x1b\n\b") {
		t.Errorf("more than text and carriage returns: %q", sent)
	}
	line, column := bytes.Repeat([]byte(" "), width), 0
	for _, b := range []byte(sent) {
		if b == '\r' {
			column = 0
			continue
		}
		if column >= width-1 {
			t.Fatalf("the line of %d columns is full: %q", width, sent)
		}
		line[column] = b
		column++
	}
	return strings.TrimRight(string(line), " ")
}

func TestProgressLine(t *testing.T) {
	var sent bytes.Buffer
	width := 80
	line := progressLine{to: &sent, width: func() int { return width }}
	start := time.Unix(1000, 0)
	for _, step := range []struct {
		after        time.Duration
		files, bytes int64
		width        int
		want         string
	}{
		{0, 10, 1e6, 80, ""},
		{quietFor - redraw - 1, 20, 2e6, 80, ""},
		{quietFor - redraw, 1234, 4.2e6, 80, "scopeaudit: 1234 files, 4.2 MB, 4.2 MB/s"},
		{2*time.Second - redraw, 99999, 2e9, 80, "scopeaudit: 99999 files, 2.0 GB, 1.0 GB/s"},
		{2*time.Second - redraw, 1, 500, 80, "scopeaudit: 1 file, 500 B, 250 B/s"},
		// Shorter than before, and narrower.
		{3*time.Second - redraw, 9, 3, 80, "scopeaudit: 9 files, 3 B, 1 B/s"},
		{3*time.Second - redraw, 9, 3, 20, "scopeaudit: 9 files"},
		{3*time.Second - redraw, 9, 3, 1, ""},
	} {
		if step.width < width {
			sent.Reset() // what a terminal that shrinks does with its line is its own
			line.drawn = 0
		}
		width = step.width
		line.draw(start.Add(step.after), step.files, step.bytes)
		if got := screen(t, sent.String(), width); got != step.want {
			t.Errorf("after %s: %q, want %q", step.after, got, step.want)
		}
	}
	width = 80
	line.draw(start.Add(4*time.Second), 1, 1)
	line.erase()
	if got := screen(t, sent.String(), width); got != "" || !strings.HasSuffix(sent.String(), "\r") {
		t.Errorf("not erased: %q", got)
	}
	before := sent.Len()
	line.erase()
	if sent.Len() != before {
		t.Error("what is gone is erased again")
	}
}

// Where nobody looks at a terminal, nothing is shown, however long it takes.
func TestNoProgressOnAPipe(t *testing.T) {
	for _, verb := range []string{"scan", "audit"} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{verb, t.TempDir()}, environment{
			stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
			ticks: func() (<-chan time.Time, func()) {
				t.Errorf("%s: something waits for the time to draw", verb)
				return nil, func() {}
			},
		})
		if code != int(exitUnfinished) || stderr.Len() > 0 {
			t.Errorf("%s: exit status %d, printed %q", verb, code, stderr.String())
		}
	}
	a := &app{env: environment{stderr: &bytes.Buffer{}}}
	if err := a.watched(func(p *collect.Progress) error {
		if p != nil {
			t.Error("counted for nobody")
		}
		return context.Canceled
	}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
