//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Nobody reads what is printed any more, as behind `| head -1`: what a server was
// told is carried through all the same, and written down.
func TestClosedPipe(t *testing.T) {
	s := lost(t)
	held := s.write("held.json", s.token("other@example.com"))
	receipt := filepath.Join(t.TempDir(), "receipt.txt")
	for _, args := range [][]string{{"sos", "--yes", "--output", receipt, filepath.Join(s.dir, "homework", "..")}, {"revoke", "--yes", held}} {
		os.Remove(held)
		if args[0] == "revoke" {
			s.write("held.json", s.token("other@example.com"))
		}
		before := s.revocations()
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		read.Close()
		var stderr bytes.Buffer
		cmd := exec.Command("scopeaudit", append(args, "--endpoint", s.fake.URL())...)
		cmd.Stdout, cmd.Stderr = write, &stderr
		cmd.Run()
		write.Close()
		if code := cmd.ProcessState.ExitCode(); code != int(exitUnfinished) || !strings.Contains(stderr.String(), "what was printed is not whole") {
			t.Errorf("%q: exit status %d\n%s", args, code, stderr.String())
		}
		if s.revocations() == before {
			t.Errorf("%q: nothing was revoked", args)
		}
	}
	if text, err := os.ReadFile(receipt); err != nil || !strings.Contains(string(text), "confirmed dead at  20") {
		t.Errorf("the receipt: %v\n%s", err, text)
	}
}
