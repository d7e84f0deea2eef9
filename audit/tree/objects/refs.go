package objects

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bounds on what is read of refs.
const (
	maxRefFile    = 4 << 10
	maxPackedRefs = 256 << 20
	maxRefs       = 1 << 20
	maxRefDepth   = 32
	maxSymbolic   = 5 // as git
)

// Ref is a name for an object.
type Ref struct {
	Name string // "HEAD", "refs/heads/main", "worktrees/x/HEAD"
	// Target is the ref that a symbolic one stands for, else "".
	Target string
	// ID is of the object; zero where a symbolic ref leads to none, as HEAD of a
	// repository without a commit does.
	ID ID
}

// Refs are the names that a repository has for objects.
type Refs struct {
	Head Ref
	All  []Ref // by name, HEAD not among them, those of other work trees' among them
	// Shallow are the commits whose parents are left out by design.
	Shallow []ID
	// Known is false where something could not be read, or is kept in a way that
	// is not read here: then what is not in All may exist all the same.
	Known bool
}

// FindRef reads one ref by its whole name, HEAD or below "refs", and what it
// leads to, without reading all; ok is false where there is none. The directories
// are those of [ReadRefs]; refs that only one work tree has are found too.
func FindRef(e Extensions, gitDir, common fs.FS, name string) (ref Ref, ok bool) {
	if !fs.ValidPath(name) || name != "HEAD" && !strings.HasPrefix(name, "refs/") || !PlainRefs(e, common) {
		return Ref{Name: name}, false
	}
	if e.Refs == "reftable" {
		all := ReadRefs(e, gitDir, common)
		if name == "HEAD" {
			return all.Head, all.Head.Target != "" || !all.Head.ID.IsZero()
		}
		i, ok := slices.BinarySearchFunc(all.All, name, func(r Ref, name string) int { return strings.Compare(r.Name, name) })
		if !ok {
			return Ref{Name: name}, false
		}
		return all.All[i], true
	}
	r := &refReader{format: e.Objects, refs: make(map[string]Ref)}
	packed := false
	find := func(name string) (Ref, bool) {
		for _, dir := range []fs.FS{gitDir, common} {
			if ref, ok := r.read(dir, name); ok {
				return ref, true
			}
		}
		if !packed {
			packed = true
			r.packed(common)
		}
		ref, ok := r.refs[name]
		return ref, ok
	}
	ref, ok = find(name)
	for at, i := ref, 0; ok && at.Target != "" && i < maxSymbolic; i++ {
		next := Ref{}
		if fs.ValidPath(at.Target) && strings.HasPrefix(at.Target, "refs/") {
			next, _ = find(at.Target)
		}
		at = next
		ref.ID = at.ID
	}
	return ref, ok
}

// Shallow gives the commits whose parents a shallow clone leaves out.
func Shallow(format Format, common fs.FS) []ID {
	return (&refReader{format: format}).shallow(common)
}

// PlainRefs reports whether refs are kept in a way that is read here: as files, or
// in tables.
func PlainRefs(e Extensions, common fs.FS) bool {
	info, err := fs.Stat(common, "reftable")
	tables := err == nil && info.IsDir()
	return e.Refs == "files" && !tables || e.Refs == "reftable" && tables
}

// ReadRefs reads the refs of a git directory, and of the one that it shares
// with other work trees, which is the same for the main one
// (gitrepository-layout(5)). Extensions are those of the latter.
func ReadRefs(e Extensions, gitDir, common fs.FS) Refs {
	r := &refReader{format: e.Objects, known: PlainRefs(e, common), refs: make(map[string]Ref)}
	trees, err := fs.ReadDir(common, "worktrees")
	r.seen(err)
	var head Ref
	if e.Refs == "reftable" {
		head = r.tables(gitDir, common, trees)
	} else {
		head = r.files(gitDir, common, trees)
	}
	all := Refs{Head: r.resolve(head), Shallow: r.shallow(common)}
	for _, ref := range r.refs {
		all.All = append(all.All, r.resolve(ref))
	}
	slices.SortFunc(all.All, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	all.Known = r.known
	return all
}

// ownRefs are those that each work tree has for itself, besides HEAD.
var ownRefs = [...]string{"refs/bisect", "refs/worktree", "refs/rewritten"}

// files reads refs from files, and gives HEAD.
func (r *refReader) files(gitDir, common fs.FS, trees []fs.DirEntry) Ref {
	r.packed(common)
	r.folder(common, "refs", 0)
	for _, own := range ownRefs {
		r.folder(gitDir, own, 0)
	}
	for _, t := range trees {
		r.file(common, path.Join("worktrees", t.Name(), "HEAD"))
	}
	head, ok := r.read(gitDir, "HEAD")
	if !ok {
		r.known = false
	}
	return head
}

// tables reads refs from tables, and gives HEAD.
func (r *refReader) tables(gitDir, common fs.FS, trees []fs.DirEntry) Ref {
	read := func(dir fs.FS) map[string]Ref {
		refs, err := refTables(r.format, dir)
		if err != nil {
			r.known = false
		}
		return refs
	}
	for name, ref := range read(common) {
		if strings.HasPrefix(name, "refs/") {
			r.refs[name] = ref
		}
	}
	own := read(gitDir)
	for name, ref := range own {
		for _, folder := range ownRefs {
			if strings.HasPrefix(name, folder+"/") {
				r.refs[name] = ref
			}
		}
	}
	for _, t := range trees {
		name := path.Join("worktrees", t.Name())
		dir, err := fs.Sub(common, name)
		if err != nil {
			r.known = false
			continue
		}
		if head, ok := read(dir)["HEAD"]; ok {
			head.Name = path.Join(name, "HEAD")
			r.refs[head.Name] = head
		}
	}
	head, ok := own["HEAD"]
	if !ok {
		r.known = false
		return Ref{Name: "HEAD"}
	}
	return head
}

type refReader struct {
	format Format
	known  bool
	refs   map[string]Ref
}

// seen notes that something exists and could not be read.
func (r *refReader) seen(err error) {
	if err != nil && !isNotExist(err) {
		r.known = false
	}
}

// packed reads packed-refs: a line for each ref, one more for what a tag leads
// to, and comments.
func (r *refReader) packed(dir fs.FS) {
	data, err := readFile(dir, "packed-refs", maxPackedRefs)
	r.seen(err)
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		data = rest
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		hex, name, ok := strings.Cut(string(line), " ")
		id, err := ParseID(r.format, hex)
		if !ok || err != nil || len(r.refs) >= maxRefs {
			r.known = false
			continue
		}
		r.refs[name] = Ref{Name: name, ID: id}
	}
}

// folder reads the loose refs at and below a folder, which go before the packed
// ones.
func (r *refReader) folder(dir fs.FS, name string, depth int) {
	if depth > maxRefDepth {
		r.known = false
		return
	}
	entries, err := fs.ReadDir(dir, name)
	r.seen(err)
	for _, e := range entries {
		if len(r.refs) >= maxRefs {
			r.known = false
			return
		}
		p := path.Join(name, e.Name())
		switch {
		case e.IsDir():
			r.folder(dir, p, depth+1)
		case strings.HasSuffix(p, ".lock"):
		default:
			r.file(dir, p)
		}
	}
}

func (r *refReader) file(dir fs.FS, name string) {
	if ref, ok := r.read(dir, name); ok {
		r.refs[name] = ref
	}
}

// read reads a file that holds a name or "ref: " and another ref.
func (r *refReader) read(dir fs.FS, name string) (Ref, bool) {
	data, err := readFile(dir, name, maxRefFile)
	if err != nil {
		r.seen(err)
		return Ref{Name: name}, false
	}
	text := strings.TrimRight(string(data), " \t\r\n")
	if target, ok := strings.CutPrefix(text, "ref:"); ok {
		return Ref{Name: name, Target: strings.TrimLeft(target, " \t")}, true
	}
	id, err := ParseID(r.format, text)
	if err != nil {
		r.known = false
		return Ref{Name: name}, false
	}
	return Ref{Name: name, ID: id}, true
}

// resolve finds what a symbolic ref leads to.
func (r *refReader) resolve(ref Ref) Ref {
	for at, i := ref, 0; at.Target != "" && i < maxSymbolic; i++ {
		at = r.refs[at.Target]
		ref.ID = at.ID
	}
	return ref
}

func (r *refReader) shallow(dir fs.FS) []ID {
	data, err := readFile(dir, "shallow", maxPackedRefs)
	r.seen(err)
	var ids []ID
	for line := range strings.Lines(string(data)) {
		if id, err := ParseID(r.format, strings.TrimSpace(line)); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// Alternates gives the object directories that "info/alternates" of one names,
// as they stand there: absolute, or from that directory. Whether to follow them
// is for the caller to say.
func Alternates(dir fs.FS) ([]string, error) {
	data, err := readFile(dir, "info/alternates", maxPackedRefs)
	if isNotExist(err) {
		return nil, nil
	}
	var paths []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != '#' {
			paths = append(paths, line)
		}
	}
	if err == nil && len(paths) > maxAlternates {
		return nil, errors.New("too many alternates")
	}
	return paths, err
}

const maxAlternates = 1000
