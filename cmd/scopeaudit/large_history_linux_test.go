package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// maxLargeMemory is what a run may take at its peak, in MiB, where objects are
// larger than that.
const maxLargeMemory = 256

// itselfWatched runs the program, and gives the most memory of its own (RssAnon of
// proc_pid_status(5)) that it was seen to have, in MiB. What the system says at the
// end would count what this process had when it began.
func itselfWatched(t *testing.T, args ...string) (stdout, stderr string, most int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, text bytes.Buffer
	cmd := &exec.Cmd{Path: exe, Args: append([]string{"scopeaudit"}, args...), Stdout: &out, Stderr: &text}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			if err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			return out.String(), text.String(), most
		case <-time.After(5 * time.Millisecond):
		}
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if _, rest, ok := strings.Cut(string(status), "RssAnon:"); ok {
			var kib int
			if _, err := fmt.Sscan(rest, &kib); err == nil {
				most = max(most, kib>>10)
			}
		}
	}
}

// TestLargeObjectsInHistory searches a blob of 300 MiB, and others that are deltas
// of it, in a memory that holds none of them.
func TestLargeObjectsInHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute with the race detector")
	}
	needsGit(t)
	dir := filepath.Join(t.TempDir(), "r.git")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "init", "-q", "--bare", "-b", "main")
	const size = 300 << 20
	line := []byte("row of a table, of which there are many,     0\n")
	base := bytes.Repeat(line, size/len(line)+1)[:size]
	for i := range size / len(line) {
		binary.LittleEndian.PutUint32(base[(i+1)*len(line)-5:], 0x20202020+uint32(i%7919))
	}
	put := func(at int, secret string) { copy(base[at:], "\nT = '"+ownToken(secret)+"'\n") }
	put(size-(1<<20), "in the large one")
	id := func(i int) string { return hashed("blob", fmt.Sprint("large ", i)) }
	copyOf := func(delta []byte, from, n int) []byte {
		for n > 0 {
			m := min(n, 0xffffff)
			delta = append(delta, 0xff, byte(from), byte(from>>8), byte(from>>16), byte(from>>24), byte(m), byte(m>>8), byte(m>>16))
			from, n = from+m, n-m
		}
		return delta
	}
	insert := func(delta []byte, secret string) []byte {
		text := "T = '" + ownToken(secret) + "'\n"
		for _, part := range []string{text[:20], text[20:]} {
			delta = append(append(delta, byte(len(part))), part...)
		}
		return delta
	}
	made := len("T = '" + ownToken("x") + "'\n")
	sizes := func(base, target int) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(base)), uint64(target))
	}
	// One that puts something in, one on it whose halves change places, and one that
	// is a small part of that.
	first := copyOf(insert(copyOf(sizes(size, size+made), 0, size/3), "in a delta"), size/3, size-size/3)
	second := insert(copyOf(copyOf(sizes(size+made, size+2*made), size/2, size+made-size/2), 0, size/2), "in a delta of a delta")
	third := insert(copyOf(sizes(size+2*made, 5000+made), size/4, 5000), "in a small one")
	all := []packedObject{
		{name: id(0), kind: 3, data: base}, {name: id(1), kind: 7, base: id(0), data: first},
		{name: id(2), kind: 7, base: id(1), data: second}, {name: id(3), kind: 7, base: id(2), data: third},
	}
	addPack(t, dir, all...)
	base, all = nil, nil
	stdout, stderr, used := itselfWatched(t, "scan", "--history-only", "--format", "json", dir)
	var report struct {
		Complete bool
		Coverage struct {
			Blobs   int
			Skipped []struct{ Reason string }
		}
		Findings []struct{ Masked string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	for _, secret := range []string{"in the large one", "in a delta", "in a delta of a delta", "in a small one"} {
		token, found := ownToken(secret), false
		for _, f := range report.Findings {
			found = found || strings.HasSuffix(f.Masked, token[len(token)-4:])
		}
		if !found {
			t.Errorf("the secret %s was not found", secret)
		}
	}
	if !report.Complete || report.Coverage.Blobs != 4 || len(report.Findings) != 4 {
		t.Errorf("complete %t, %d objects, %d findings: %v", report.Complete, report.Coverage.Blobs, len(report.Findings), report.Coverage.Skipped)
	}
	if used > maxLargeMemory {
		t.Errorf("%d MiB of memory, want at most %d", used, maxLargeMemory)
	}
	t.Logf("%d MiB", used)
}
