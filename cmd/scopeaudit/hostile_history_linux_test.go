package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// maxMemory is what a run may take at its peak, in MiB, whatever a repository
// claims: a few objects that are put together, and what the collector has not seen
// to yet.
const maxMemory = 256

// packedObject is an object of a pack: whole, or a delta against the one of a name.
type packedObject struct {
	name string // 20 bytes
	kind byte   // 1 to 4, or 7 for a delta
	size int64  // that it claims; 0: that of its data
	base string
	data []byte
}

func deflate(t *testing.T, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	write(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hashed is a name as git makes it.
func hashed(kind, content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content))
	return string(sum[:])
}

// addPack writes a pack and its index to a git directory.
func addPack(t *testing.T, gitDir string, all ...packedObject) (pack, index string) {
	t.Helper()
	data := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(all)))
	offsets := make(map[string]uint32)
	for _, o := range all {
		offsets[o.name] = uint32(len(data))
		size := uint64(len(o.data))
		if o.size != 0 {
			size = uint64(o.size)
		}
		c := o.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			data = append(data, c|0x80)
			c = byte(size & 0x7f)
		}
		data = append(append(data, c), o.base...)
		data = append(data, deflate(t, func(w io.Writer) { w.Write(o.data) })...)
	}
	sum := sha1.Sum(data)
	data = append(data, sum[:]...)
	slices.SortFunc(all, func(a, b packedObject) int { return strings.Compare(a.name, b.name) })
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	for first := range 256 {
		n := 0
		for _, o := range all {
			if int(o.name[0]) <= first {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, o := range all {
		idx = append(idx, o.name...)
	}
	idx = append(idx, make([]byte, 4*len(all))...)
	for _, o := range all {
		idx = binary.BigEndian.AppendUint32(idx, offsets[o.name])
	}
	idx = append(idx, sum[:]...)
	own := sha1.Sum(idx)
	idx = append(idx, own[:]...)
	pack = filepath.Join(gitDir, fmt.Sprintf("objects/pack/pack-%x.pack", sum))
	index = strings.TrimSuffix(pack, ".pack") + ".idx"
	put(t, pack, string(data), 0o644)
	put(t, index, string(idx), 0o644)
	return pack, index
}

// addLoose writes a loose object under any name.
func addLoose(t *testing.T, gitDir, name string, write func(io.Writer)) {
	t.Helper()
	digits := hex.EncodeToString([]byte(name))
	put(t, filepath.Join(gitDir, "objects", digits[:2], digits[2:]), string(deflate(t, write)), 0o644)
}

func zeros(t *testing.T, w io.Writer, mib int) {
	t.Helper()
	block := make([]byte, 1<<20)
	for range mib {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
}

// copiesOf is a delta that makes n copies of a base of that size.
func copiesOf(size, n, claim int) []byte {
	delta := binary.AppendUvarint(nil, uint64(size))
	delta = binary.AppendUvarint(delta, uint64(claim))
	for range n {
		for at := 0; at < size; at += 0xffffff {
			m := min(size-at, 0xffffff)
			delta = append(delta, 0xff, byte(at), byte(at>>8), byte(at>>16), byte(at>>24), byte(m), byte(m>>8), byte(m>>16))
		}
	}
	return delta
}

// TestHostileHistories runs the program on repositories that are damaged, or
// made to harm: what can be read is searched, what cannot is said, and memory is
// bounded.
func TestHostileHistories(t *testing.T) {
	needsGit(t)
	made := filepath.Join(t.TempDir(), "made")
	if err := os.Mkdir(made, 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, made, "init", "-q", "-b", "main")
	var source strings.Builder
	for i := range 400 {
		fmt.Fprintf(&source, "line %d is %d\n", i, i*i)
	}
	for i := range 30 {
		put(t, filepath.Join(made, "a/b.txt"), source.String()[i*20:]+fmt.Sprint(i), 0o644)
		put(t, filepath.Join(made, fmt.Sprintf("c/%d", i%7)), source.String()[:i*100], 0o644)
		gitIn(t, made, "add", ".")
		gitIn(t, made, "commit", "-q", "-m", fmt.Sprint("commit ", i))
	}
	gitIn(t, made, "gc", "-q")
	put(t, filepath.Join(made, "secret.py"), "T = '"+ownToken("loose")+"'\n", 0o644)
	gitIn(t, made, "add", ".")
	gitIn(t, made, "commit", "-q", "-m", "a secret, loose")
	packOf := func(dir, ending string) string {
		names, err := filepath.Glob(filepath.Join(dir, "objects/pack/*."+ending))
		if err != nil || len(names) != 1 {
			t.Fatalf("%v, %v", names, err)
		}
		return names[0]
	}
	change := func(file string, how func([]byte) []byte) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		put(t, file, string(how(data)), 0o644)
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)/n] } }
	flips := func(seed uint64) func([]byte) []byte {
		return func(b []byte) []byte {
			random := rand.New(rand.NewPCG(seed, 1))
			for range 20 {
				b[random.IntN(len(b))] ^= byte(1 + random.IntN(255))
			}
			return b
		}
	}
	name := func(i int) string { return hashed("blob", fmt.Sprint("made up ", i)) }
	tree := func(entries ...string) string { // mode and name, then what it names
		var b strings.Builder
		for i := 0; i < len(entries); i += 2 {
			b.WriteString(entries[i] + "\x00" + entries[i+1])
		}
		return b.String()
	}
	commit := func(tree string, parents ...string) string {
		text := fmt.Sprintf("tree %x\n", tree)
		for _, p := range parents {
			text += fmt.Sprintf("parent %x\n", p)
		}
		return text + "author a <a> 1 +0000\ncommitter c <c> 1 +0000\n\nm\n"
	}
	type state int
	const (
		whole  state = iota // all that there is can be read
		partly              // the secret is found, and something is said to be unread
		none                // nothing can be read
		any                 // as it falls
	)
	for what, test := range map[string]struct {
		do   func(t *testing.T, gitDir string)
		want state
	}{
		"as it was":             {func(t *testing.T, d string) {}, whole},
		"pack cut":              {func(t *testing.T, d string) { change(packOf(d, "pack"), cut(2)) }, partly},
		"pack of three bytes":   {func(t *testing.T, d string) { change(packOf(d, "pack"), func([]byte) []byte { return []byte("PAC") }) }, partly},
		"pack gone":             {func(t *testing.T, d string) { os.Remove(packOf(d, "pack")) }, partly},
		"index cut":             {func(t *testing.T, d string) { change(packOf(d, "idx"), cut(3)) }, partly},
		"pack with flips":       {func(t *testing.T, d string) { change(packOf(d, "pack"), flips(1)) }, partly},
		"pack with other flips": {func(t *testing.T, d string) { change(packOf(d, "pack"), flips(2)) }, any},
		"index with flips":      {func(t *testing.T, d string) { change(packOf(d, "idx"), flips(3)) }, any},
		"index of random bytes": {func(t *testing.T, d string) {
			change(packOf(d, "idx"), func(b []byte) []byte {
				for i := 8 + 1024; i < len(b); i++ {
					b[i] = byte(i * 7)
				}
				return b
			})
		}, partly},
		"work tree's index with flips": {func(t *testing.T, d string) { change(filepath.Join(d, "index"), flips(4)) }, any},
		"bombs of deltas": {func(t *testing.T, d string) {
			const size = 1 << 20
			base := packedObject{name: name(0), kind: 3, data: make([]byte, size)}
			all := []packedObject{base}
			for i := 1; i <= 24; i++ { // each twice as large as its base
				all = append(all, packedObject{name: name(i), kind: 7, base: name(i - 1), data: copiesOf(size<<(i-1), 2, size<<i)})
			}
			for i := 100; i < 116; i++ { // each a thousand times the base
				all = append(all, packedObject{name: name(i), kind: 7, base: name(0), data: copiesOf(size, 1000, 1000*size)})
			}
			all = append(all, packedObject{name: name(200), kind: 7, base: name(0), data: copiesOf(size, 1, 1<<45)})
			addPack(t, d, all...)
		}, partly},
		"deltas in a circle": {func(t *testing.T, d string) {
			addPack(t, d, packedObject{name: name(1), kind: 7, base: name(2), data: copiesOf(9, 1, 9)},
				packedObject{name: name(2), kind: 7, base: name(1), data: copiesOf(9, 1, 9)},
				packedObject{name: name(3), kind: 7, base: name(3), data: copiesOf(9, 1, 9)})
		}, partly},
		"sizes that lie": {func(t *testing.T, d string) {
			addPack(t, d, packedObject{name: name(1), kind: 3, size: 1 << 60, data: []byte("x")},
				packedObject{name: name(2), kind: 3, size: 1 << 33, data: make([]byte, 1<<20)},
				packedObject{name: name(3), kind: 3, size: 1, data: make([]byte, 100<<20)})
		}, partly},
		"bombs of zlib": {func(t *testing.T, d string) {
			addLoose(t, d, name(1), func(w io.Writer) { fmt.Fprintf(w, "blob %d\x00", 400<<20); zeros(t, w, 400) })
			addLoose(t, d, name(2), func(w io.Writer) { fmt.Fprintf(w, "blob 5\x00"); zeros(t, w, 200) })
			addLoose(t, d, name(3), func(w io.Writer) { fmt.Fprintf(w, "tree %d\x00", 300<<20); zeros(t, w, 300) })
			addLoose(t, d, name(4), func(w io.Writer) { fmt.Fprintf(w, "commit %d\x00", 300<<20); zeros(t, w, 300) })
			addLoose(t, d, name(5), func(w io.Writer) { zeros(t, w, 100) })
		}, partly},
		"folders without end": {func(t *testing.T, d string) {
			secret := "T = '" + ownToken("loose") + "'\n"
			blob := hashed("blob", secret)
			content := tree("100644 x", blob)
			for range 30 {
				id := hashed("tree", content)
				addLoose(t, d, id, func(w io.Writer) { fmt.Fprintf(w, "tree %d\x00%s", len(content), content) })
				content = tree("40000 a", id, "40000 b", id, "40000 c", id, "40000 d", id)
			}
			top := hashed("tree", content)
			addLoose(t, d, top, func(w io.Writer) { fmt.Fprintf(w, "tree %d\x00%s", len(content), content) })
			self := name(7)
			content = tree("40000 a", self, "40000 b", self, "100644 x", blob)
			addLoose(t, d, self, func(w io.Writer) { fmt.Fprintf(w, "tree %d\x00%s", len(content), content) })
			for i, text := range []string{commit(top, name(9)), commit(self, name(8), name(9))} {
				addLoose(t, d, name(8+i), func(w io.Writer) { fmt.Fprintf(w, "commit %d\x00%s", len(text), text) })
			}
			put(t, filepath.Join(d, "refs/heads/bomb"), hex.EncodeToString([]byte(name(9)))+"\n", 0o644)
		}, whole},
		"refs without end": {func(t *testing.T, d string) {
			put(t, filepath.Join(d, "HEAD"), "ref: refs/heads/a\n", 0o644)
			put(t, filepath.Join(d, "refs/heads/a"), "ref: refs/heads/b\n", 0o644)
			put(t, filepath.Join(d, "refs/heads/b"), "ref: refs/heads/a\n", 0o644)
			put(t, filepath.Join(d, "packed-refs"), strings.Repeat("garbage\n", 100_000), 0o644)
		}, whole},
		"borrowed from itself": {func(t *testing.T, d string) {
			put(t, filepath.Join(d, "objects/info/alternates"), strings.Repeat(filepath.Join(d, "objects")+"\n../objects\n", 200), 0o644)
		}, any},
		"names of unknown format": {func(t *testing.T, d string) {
			put(t, filepath.Join(d, "config"), "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = md5\n", 0o644)
		}, none},
		"settings without end": {func(t *testing.T, d string) {
			put(t, filepath.Join(d, "config"), "[core]\n"+strings.Repeat("\tx = y\n", 1<<18), 0o644)
		}, none},
		"no objects": {func(t *testing.T, d string) {
			os.RemoveAll(filepath.Join(d, "objects"))
			put(t, filepath.Join(d, "objects"), "", 0o644)
		}, none},
	} {
		if testing.Short() && strings.HasPrefix(what, "bombs") {
			continue // which the race detector makes slow
		}
		t.Run(what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "r.git")
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(made, ".git"))); err != nil {
				t.Fatal(err)
			}
			test.do(t, dir)
			stdout, stderr, state := itself(t, dir, nil, "scan", "--history-only", "--format", "json", dir)
			if used := state.SysUsage().(*syscall.Rusage).Maxrss >> 10; used > maxMemory && !testing.Short() {
				t.Errorf("%d MiB of memory, want at most %d", used, maxMemory)
			}
			if state.ExitCode() < 0 || strings.Contains(stderr, "goroutine ") || strings.Contains(stderr, "panic") {
				t.Fatalf("%s\n%s", state, stderr)
			}
			var report struct {
				Complete bool
				Coverage struct {
					Skipped []struct{ Path, Reason, Kind string }
				}
				Findings []struct{ Masked string }
			}
			if err := json.Unmarshal([]byte(stdout), &report); err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			token := ownToken("loose")
			found := len(report.Findings) == 1 && strings.HasSuffix(report.Findings[0].Masked, token[len(token)-4:])
			code := state.ExitCode()
			switch test.want {
			case whole:
				if !found || !report.Complete || code != int(exitFindings) {
					t.Errorf("found %t, complete %t, exit status %d: %v", found, report.Complete, code, report.Coverage.Skipped)
				}
			case partly:
				if !found || report.Complete || code != int(exitFindings) {
					t.Errorf("found %t, complete %t, exit status %d: %v", found, report.Complete, code, report.Coverage.Skipped)
				}
			case none:
				if found || report.Complete || code != int(exitUnfinished) {
					t.Errorf("found %t, complete %t, exit status %d: %v", found, report.Complete, code, report.Coverage.Skipped)
				}
			case any:
				if !found || code != int(exitFindings) {
					t.Errorf("found %t, complete %t, exit status %d: %v", found, report.Complete, code, report.Coverage.Skipped)
				}
			}
			t.Logf("%d MiB, %v of CPU, %d skips", state.SysUsage().(*syscall.Rusage).Maxrss>>10, state.UserTime()+state.SystemTime(), len(report.Coverage.Skipped))
		})
	}
}
