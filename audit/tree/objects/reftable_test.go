package objects

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// tableRef is a ref as a test writes it into a table: with two IDs, a tag with
// what it leads to; with none of anything, one that is gone.
type tableRef struct {
	name   string
	ids    []ID
	target string
}

func tableNumber(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append([]byte{byte(n&0x7f) | 0x80}, out...)
	}
	return out
}

// writeTable makes a reftable with so many refs in a block; step is the size of a
// block that is padded, or 0.
func writeTable(format Format, step, each int, refs ...tableRef) []byte {
	head := append([]byte("REFT\x01"), byte(step>>16), byte(step>>8), byte(step))
	if format == SHA256 {
		head[4] = 2
	}
	head = append(head, make([]byte, 16)...)
	if format == SHA256 {
		head = append(head, "s256"...)
	}
	out := slices.Clone(head)
	for first := true; len(refs) > 0; first = false {
		base := len(out)
		if first {
			base = 0
		}
		start := len(out)
		out = append(out, "r123"...)
		restart := len(out) - base
		last := ""
		for _, r := range refs[:min(each, len(refs))] {
			prefix := 0
			for prefix < len(last) && prefix < len(r.name) && last[prefix] == r.name[prefix] {
				prefix++
			}
			last = r.name
			kind := len(r.ids)
			if r.target != "" {
				kind = 3
			}
			out = append(out, tableNumber(prefix)...)
			out = append(out, tableNumber((len(r.name)-prefix)<<3|kind)...)
			out = append(out, r.name[prefix:]...)
			out = append(out, tableNumber(300)...)
			for _, id := range r.ids {
				out = append(out, id.sum[:format.Size()]...)
			}
			if kind == 3 {
				out = append(append(out, tableNumber(len(r.target))...), r.target...)
			}
		}
		refs = refs[min(each, len(refs)):]
		out = append(out, byte(restart>>16), byte(restart>>8), byte(restart), 0, 1)
		size := len(out) - base
		copy(out[start+1:], []byte{byte(size >> 16), byte(size >> 8), byte(size)})
		if step > 0 && len(refs) > 0 {
			out = append(out, make([]byte, step-size)...)
		}
	}
	out = append(out, "g\x00\x00\x08what was logged"...)
	foot := append(slices.Clone(head), make([]byte, 40)...)
	foot = binary.BigEndian.AppendUint32(foot, crc32.ChecksumIEEE(foot))
	return append(out, foot...)
}

func numbered(format Format, n int) ID { return makeID(format, bytes.Repeat([]byte{byte(n)}, 32)) }

func TestReftable(t *testing.T) {
	for _, format := range []Format{SHA1, SHA256} {
		for _, step := range []int{0, 4096} {
			var many []tableRef
			for i := range 200 {
				many = append(many, tableRef{name: fmt.Sprintf("refs/heads/b%03d", i), ids: []ID{numbered(format, i)}})
			}
			old := append([]tableRef{{name: "HEAD", target: "refs/heads/old"}, {name: "ORIG_HEAD", ids: []ID{numbered(format, 9)}}}, many...)
			dir := fstest.MapFS{
				"HEAD":                 {Data: []byte("ref: refs/heads/.invalid\n")},
				"refs/heads":           {Data: []byte("this repository uses the reftable format\n")},
				"reftable/tables.list": {Data: []byte("1.ref\n2.ref\n3.ref\n")},
				"reftable/1.ref":       {Data: writeTable(format, step, 30, old...)},
				"reftable/2.ref": {Data: writeTable(format, step, 1, tableRef{name: "HEAD", target: "refs/heads/b199"},
					tableRef{name: "refs/heads/b005"}, tableRef{name: "refs/heads/b198", ids: []ID{numbered(format, 77)}},
					tableRef{name: "refs/tags/v1", ids: []ID{numbered(format, 7), numbered(format, 8)}})},
				"reftable/3.ref":                   {Data: writeTable(format, step, 1)},
				"worktrees/w/reftable/tables.list": {Data: []byte("1.ref\n")},
				"worktrees/w/reftable/1.ref":       {Data: writeTable(format, step, 9, tableRef{name: "HEAD", target: "refs/tags/v1"}, tableRef{name: "refs/bisect/bad", ids: []ID{numbered(format, 3)}})},
			}
			e := Extensions{Objects: format, Refs: "reftable"}
			refs := ReadRefs(e, dir, dir)
			if !refs.Known || refs.Head != (Ref{"HEAD", "refs/heads/b199", numbered(format, 199)}) || len(refs.All) != 201 {
				t.Fatalf("known %t, HEAD %+v, %d refs", refs.Known, refs.Head, len(refs.All))
			}
			for _, want := range []Ref{
				{"refs/heads/b004", "", numbered(format, 4)}, {"refs/heads/b198", "", numbered(format, 77)},
				{"refs/tags/v1", "", numbered(format, 7)}, {"worktrees/w/HEAD", "refs/tags/v1", numbered(format, 7)},
			} {
				if !slices.Contains(refs.All, want) {
					t.Errorf("no %+v", want)
				}
			}
			tree, err := fs.Sub(dir, "worktrees/w")
			if err != nil {
				t.Fatal(err)
			}
			if refs := ReadRefs(e, tree, dir); refs.Head.ID != numbered(format, 7) || len(refs.All) != 202 || !refs.Known {
				t.Errorf("of the other work tree: HEAD %+v, %d refs", refs.Head, len(refs.All))
			}
			if ref, ok := FindRef(e, dir, dir, "refs/heads/b004"); !ok || ref.ID != numbered(format, 4) {
				t.Errorf("found %+v", ref)
			}
			if ref, ok := FindRef(e, dir, dir, "refs/heads/b005"); ok {
				t.Errorf("found %+v, which is gone", ref)
			}
			if ref, ok := FindRef(e, dir, dir, "HEAD"); !ok || ref.ID != numbered(format, 199) {
				t.Errorf("found %+v", ref)
			}

			for what, change := range map[string]func(){
				"cut":               func() { dir["reftable/1.ref"].Data = dir["reftable/1.ref"].Data[:3000] },
				"of another format": func() { dir["reftable/3.ref"].Data = writeTable(1-format, step, 1) },
				"elsewhere":         func() { dir["reftable/tables.list"].Data = []byte("../1.ref\n") },
				"missing":           func() { delete(dir, "reftable/2.ref") },
				"changed":           func() { dir["reftable/1.ref"].Data[len(dir["reftable/1.ref"].Data)-20] ^= 1 },
			} {
				kept := make(fstest.MapFS)
				for name, file := range dir {
					kept[name] = &fstest.MapFile{Data: bytes.Clone(file.Data)}
				}
				change()
				if refs := ReadRefs(e, dir, dir); refs.Known {
					t.Errorf("%s: the refs are known", what)
				}
				dir = kept
			}
		}
	}
}

// TestGitReftable compares with what git reads of its own tables.
func TestGitReftable(t *testing.T) {
	for _, format := range []Format{SHA1, SHA256} {
		r := newRepo(t, "--object-format="+format.String())
		if out, err := r.command("init", "-q", "--bare", "-b", "main", "--ref-format=reftable", "--object-format="+format.String(), "tables").CombinedOutput(); err != nil {
			t.Skipf("this git writes no reftables, which takes 2.45 or later: %s", out)
		}
		r.dir = filepath.Join(r.dir, "tables")
		r.grow("main", 3, 2, 1)
		r.grow("a/b/c", 3, 2, 2)
		r.git("tag", "-a", "-m", "a tag", "v1", "main")
		r.git("symbolic-ref", "refs/heads/link", "refs/heads/a/b/c")
		var many strings.Builder
		main := r.git("rev-parse", "main")
		for i := range 500 {
			fmt.Fprintf(&many, "create refs/heads/many/%d %s\n", i, main)
		}
		r.gitIn(many.String(), "update-ref", "--stdin")
		r.git("update-ref", "-d", "refs/heads/many/7")
		tree := filepath.Join(t.TempDir(), "beside")
		r.git("worktree", "add", "-q", "--detach", tree, "a/b/c")
		for _, packed := range []bool{false, true} {
			if packed {
				r.git("pack-refs", "--all")
			}
			dir := os.DirFS(r.dir)
			e := Extensions{Objects: format, Refs: "reftable"}
			refs := ReadRefs(e, dir, dir)
			if !refs.Known || refs.Head.Target != "refs/heads/main" || refs.Head.ID.String() != main {
				t.Errorf("HEAD %+v, known %t", refs.Head, refs.Known)
			}
			var got strings.Builder
			for _, ref := range refs.All {
				if ref.Name == "worktrees/beside/HEAD" && ref.ID.String() == r.git("rev-parse", "a/b/c") {
					continue
				}
				fmt.Fprintf(&got, "%s %s %s\n", ref.ID, ref.Name, ref.Target)
			}
			if want := r.git("for-each-ref", "--format=%(objectname) %(refname) %(symref)"); strings.TrimSpace(got.String()) != want {
				t.Errorf("got\n%swant\n%s", got.String(), want)
			}
			refs = ReadRefs(e, os.DirFS(filepath.Join(r.dir, "worktrees", "beside")), dir)
			if !refs.Known || refs.Head.ID.String() != r.git("rev-parse", "a/b/c") {
				t.Errorf("HEAD of the other work tree: %+v", refs.Head)
			}
		}
	}
}

// FuzzReftable reads any table: what it gives is bounded by its size, and nothing
// panics.
func FuzzReftable(f *testing.F) {
	for _, format := range []Format{SHA1, SHA256} {
		for _, step := range []int{0, 256} {
			f.Add(writeTable(format, step, 2, tableRef{name: "HEAD", target: "refs/heads/a"}, tableRef{name: "refs/heads/a", ids: []ID{numbered(format, 1)}},
				tableRef{name: "refs/heads/gone"}, tableRef{name: "refs/tags/v", ids: []ID{numbered(format, 1), numbered(format, 2)}}), format == SHA256)
		}
	}
	f.Fuzz(func(t *testing.T, table []byte, sha256 bool) {
		format := SHA1
		if sha256 {
			format = SHA256
		}
		if len(table) > 100 { // as fuzzing finds no checksum
			table = bytes.Clone(table)
			foot := table[len(table)-68-int(format)*4:]
			copy(foot, table[:24+int(format)*4])
			binary.BigEndian.PutUint32(foot[len(foot)-4:], crc32.ChecksumIEEE(foot[:len(foot)-4]))
		}
		n := 0
		_ = eachTableRef(format, table, func(name []byte, ref *Ref) error {
			if n++; len(name) > maxRefFile || ref != nil && !ref.ID.IsZero() && ref.ID.Format() != format {
				t.Errorf("%d bytes of a name, %+v", len(name), ref)
			}
			return nil
		})
		if n > len(table)/3 {
			t.Errorf("%d refs in %d bytes", n, len(table))
		}
		dir := fstest.MapFS{"reftable/tables.list": {Data: []byte("t\n")}, "reftable/t": {Data: table}}
		ReadRefs(Extensions{Objects: format, Refs: "reftable"}, dir, dir)
	})
}
