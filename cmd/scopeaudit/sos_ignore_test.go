package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit"
)

// The command that git is given forgets one file, though git takes a name for a
// pattern.
func TestUntrackForgetsOneFile(t *testing.T) {
	for _, name := range []string{"token.json", "*.json", "toke[n].json", "a?.json", `b\.json`, ":x.json", "::error::.json", ":!x.json", "-rf.json", "it's.json", "$(x).json", "a\nb.json"} {
		s := newStage(t)
		s.git("init", "-q")
		for _, file := range []string{name, "token.json", "x.json", "ab.json", "b.json"} {
			s.write(file, "{}")
		}
		s.git("add", "-A")
		before := strings.Split(s.git("ls-files", "-z"), "\x00")
		cmd := exec.Command("sh", "-c", audit.Untrack(name))
		cmd.Dir = s.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q: %v\n%s", name, err, out)
		}
		after := strings.Split(s.git("ls-files", "-z"), "\x00")
		left := strings.Join(after, "\x00")
		if len(after) != len(before)-1 || strings.Contains("\x00"+left, "\x00"+name+"\x00") {
			t.Errorf("%q: git has %q", name, after)
		}
		if _, err := os.Stat(filepath.Join(s.dir, name)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
