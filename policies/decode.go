package policies

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Options is what a policy's words are checked against.
type Options struct {
	Catalogue *scopes.Catalogue // required
	// Rules are the rules that a policy may name in severity and exceptions.
	// With none, naming one is an error.
	Rules []rules.ID
}

// maxExtends bounds how many files one policy may be folded from.
const maxExtends = 8

// Decode reads the policy in the named file of fsys, together with what it
// extends: a built-in policy, or a file of fsys beside it or below. Errors are
// of type *Error, and none repeats anything that looks like a secret.
//
// Folding joins lists (allow, deny, require, clients, accounts, exceptions),
// and of two entries for one scope the extending file's counts. Single values
// and the severities of single rules replace those of the base. Deny wins over
// allow wherever the two stand. Name, description and APIs are each file's own.
func Decode(fsys fs.FS, name string, o Options) (*Policy, error) {
	return load(origin{fsys: fsys, source: SourceFile}, name, o)
}

// origin is where the files of a policy lie.
type origin struct {
	fsys   fs.FS
	source Source
}

// loader reads the files of one policy.
type loader struct {
	o     Options
	sum   hash.Hash
	chain []string // the files read so far, as errors name them
}

// load reads one file and all that it extends.
func load(from origin, name string, o Options) (*Policy, error) {
	data, err := readFile(from.fsys, name)
	if err != nil {
		return nil, err
	}
	l := loader{o: o, sum: sha256.New()}
	return l.policy(from, name, data)
}

// policy makes the policy whose own file holds data.
func (l *loader) policy(from origin, name string, data []byte) (*Policy, error) {
	d, err := l.draft(from, name, data)
	if err != nil {
		return nil, err
	}
	if err := d.check(l.o.Catalogue); err != nil {
		return nil, err
	}
	p := d.Policy
	p.Source = from.source
	p.Digest = "sha256:" + hex.EncodeToString(l.sum.Sum(nil))
	return &p, nil
}

// draft reads one file's data and folds it onto what it extends.
func (l *loader) draft(from origin, name string, data []byte) (*draft, error) {
	file := name
	if from.source == SourceBuiltIn {
		file = "built-in " + strings.TrimSuffix(name, extension)
	}
	l.chain = append(l.chain, file)
	// The length keeps two files from hashing like one that joins them.
	l.sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(data))))
	l.sum.Write(data)

	root, err := parse(file, data)
	if err != nil {
		return nil, err
	}
	d, err := (&reader{file: file, o: l.o}).policy(root)
	if err != nil {
		return nil, err
	}
	if d.Name == "" {
		d.Name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	}
	if d.extends == nil {
		return d, nil
	}
	base, err := l.base(from, path.Dir(name), d)
	if err != nil {
		return nil, err
	}
	d.fold(base)
	return d, nil
}

// base reads what d extends.
func (l *loader) base(from origin, dir string, d *draft) (*draft, error) {
	r, n := &reader{file: l.chain[len(l.chain)-1], o: l.o}, d.extends
	if len(l.chain) >= maxExtends {
		return nil, r.fail(n, fmt.Sprintf("extends more than %d files one after the other", maxExtends-1), "")
	}
	next, nextName, seen := from, "", ""
	switch {
	case slices.Contains(Builtins(), n.text):
		next = origin{builtin, SourceBuiltIn}
		nextName, seen = n.text+extension, "built-in "+n.text
	case from.source == SourceBuiltIn, !isFile(n.text):
		return nil, r.fail(n, fmt.Sprintf("extends %s, which is no built-in policy", quote(n.text)), didYouMean(n.text, Builtins()))
	default:
		if !fs.ValidPath(path.Clean(n.text)) || slices.Contains(strings.Split(n.text, "/"), "..") || strings.Contains(n.text, `\`) {
			return nil, r.fail(n, fmt.Sprintf("extends %s, which is not beside this file or below", quote(n.text)),
				"name a file in the same folder, such as base.yaml")
		}
		nextName = path.Join(dir, n.text)
		seen = nextName
	}
	if i := slices.Index(l.chain, seen); i >= 0 {
		return nil, r.fail(n, "extends itself: "+strings.Join(append(slices.Clone(l.chain[i:]), seen), " -> "), "delete one of these lines")
	}
	data, err := readFile(next.fsys, nextName)
	if err != nil {
		return nil, r.fail(n, fmt.Sprintf("extends %s: %s", quote(n.text), err.(*Error).Message), "")
	}
	return l.draft(next, nextName, data)
}

// isFile tells a file's name from a built-in policy's: by its ending.
func isFile(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}
