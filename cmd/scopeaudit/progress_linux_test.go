package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"scopeaudit/audit/collect"
)

// openTerminal gives both ends of a pseudo-terminal: what is written to the
// second is read from the first.
func openTerminal(t *testing.T, columns int) (outside, inside *os.File) {
	t.Helper()
	outside, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { outside.Close() })
	fd := int(outside.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("needs pseudo-terminals: %v", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Skipf("needs pseudo-terminals: %v", err)
	}
	if inside, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Skipf("needs pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { inside.Close() })
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	return outside, inside
}

// shown closes the inside of a terminal and gives all that was written to it.
func shown(outside, inside *os.File) string {
	inside.Close()
	all, _ := io.ReadAll(outside) // ends in an error, as terminals do
	return string(all)
}

// TestProgressOnATerminal: a long run shows how far it has come, and its line is
// gone when it ends, before anything else is said, be it by an interrupt.
func TestProgressOnATerminal(t *testing.T) {
	folder := t.TempDir()
	for i := range 3 {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i)), []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, interrupted := range []bool{false, true} {
		outside, inside := openTerminal(t, 60)
		now, stopped := make(chan time.Time), false
		a := &app{env: environment{stderr: inside, getenv: func(string) string { return "" }, ticks: func() (<-chan time.Time, func()) {
			return now, func() { stopped = true }
		}}}
		ctx, interrupt := context.WithCancel(context.Background())
		defer interrupt()
		err := a.watched(func(p *collect.Progress) error {
			if _, err := collect.Run(ctx, collect.Sources{Paths: []string{folder}}, collect.Options{Progress: p}); err != nil {
				t.Error(err)
			}
			start := time.Unix(1000, 0)
			// That a tick is taken means that the one before it was drawn.
			for _, after := range []time.Duration{0, quietFor, 2 * quietFor} {
				now <- start.Add(after)
			}
			if interrupted {
				interrupt()
			}
			return ctx.Err()
		})
		code := 0
		if err != nil {
			code = report(inside, err)
		}
		sent, end, _ := strings.Cut(shown(outside, inside), "scopeaudit: error: ")
		if !strings.Contains(sent, "\rscopeaudit: 3 files, 15 B, ") || !stopped {
			t.Errorf("no line was drawn: %q", sent)
		}
		if left := screen(t, sent, 60); left != "" {
			t.Errorf("%q is left on the screen", left)
		}
		if interrupted && (code != int(exitUnfinished) || !strings.HasPrefix(end, "interrupted") || !strings.HasSuffix(sent, "\r")) {
			t.Errorf("exit status %d, said %q", code, end)
		}
	}
}

// Every verb that walks is watched, unless it is told to be quiet.
func TestWhatIsWatched(t *testing.T) {
	for _, c := range []struct {
		args, term string
		want       bool
	}{
		{"scan", "xterm", true}, {"audit", "xterm", true}, {"", "", true}, {"scan --find -", "xterm", true},
		{"scan --quiet", "xterm", false}, {"audit --quiet", "xterm", false}, {"scan", "dumb", false},
	} {
		outside, inside := openTerminal(t, 60)
		watched := false
		var stdout bytes.Buffer
		run(context.Background(), append(strings.Fields(c.args), t.TempDir()), environment{
			stdin: strings.NewReader("correct horse battery"), stdout: &stdout, stderr: inside,
			getenv: func(name string) string { return map[string]string{"TERM": c.term}[name] },
			ticks: func() (<-chan time.Time, func()) {
				watched = true
				return nil, func() {}
			},
		})
		if sent := shown(outside, inside); watched != c.want || sent != "" {
			t.Errorf("%+v: watched %v, printed %q", c, watched, sent)
		}
	}
}
