package main

import (
	"bytes"
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/store"
)

// maxIgnore is the largest .gitignore that is added to, in bytes.
const maxIgnore = 1 << 20

// hideFiles keeps the files that held tokens out of the next commit: it names
// them in .gitignore, if the user wants it, and says how git forgets them.
func (a *app) hideFiles(ctx context.Context, q *asker, out *plainText, e audit.Evidence, finds []*find) error {
	for _, name := range pathsOf(finds, func(f *find, l rules.Location) bool { return f.Kind == tokeninfo.TextCredential && l.Blob == "" }) {
		out.line("")
		out.line("%s has it in its text: take it out there, and let the program read it from a file that git ignores.", name)
	}
	// Source and notebooks stay.
	for _, name := range pathsOf(finds, func(f *find, l rules.Location) bool { return f.Kind != tokeninfo.TextCredential && l.Member == "" }) {
		top, below, state, ok := inWorkTree(e, name)
		if !ok || strings.HasPrefix(name, "object:") {
			continue
		}
		if state == rules.GitTracked {
			out.line("")
			out.line("git tracks %s. To take it out of the next commit and leave it on the disk, run in %s:", name, top)
			out.command(audit.Untrack(below))
		}
		if state == rules.GitIgnored {
			continue
		}
		if strings.ContainsFunc(below, unicode.IsControl) {
			out.line("! no line of .gitignore can name %q: rename the file", below)
			continue
		}
		file, line := filepath.Join(top, ".gitignore"), audit.IgnoreLine(below)
		out.line("")
		agreed, err := q.confirm(ctx, "Add the line "+line+" to "+file+"?")
		if err != nil {
			return interruptedAt("what was done until then stands above")
		}
		if !agreed {
			continue
		}
		switch added, err := addLine(file, line); {
		case err != nil:
			out.line("! %v; add the line by hand", err)
		case added:
			out.line("✓ %s names it now", file)
		default:
			out.line("✓ %s names it already", file)
		}
	}
	return nil
}

// pathsOf are the paths of places of finds, sorted.
func pathsOf(finds []*find, want func(*find, rules.Location) bool) []string {
	var all []string
	for _, f := range finds {
		for _, l := range f.locations {
			if l.Path != "" && len(l.Path) < 4096 && want(f, l) {
				all = append(all, l.Path)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// inWorkTree finds the work tree that a path of the evidence lies in, or lay in:
// its folder need not exist any more.
func inWorkTree(e audit.Evidence, name string) (top, below string, state rules.GitState, ok bool) {
	for _, root := range e.Roots {
		real := root.Real
		if info, err := os.Stat(real); err == nil && !info.IsDir() {
			real = filepath.Dir(real)
		}
		git, err := tree.OpenGit(real)
		if err != nil {
			continue
		}
		defer git.Close()
		base := cmp.Or(git.Top(), real)
		// Reports name files from the top of the work tree; but of one inside
		// another from the outer one's.
		folder := filepath.Join(base, filepath.FromSlash(path.Dir(name)))
		for !exists(folder) && len(folder) > len(base) {
			folder = filepath.Dir(folder)
		}
		inner, err := tree.OpenGit(folder)
		if err != nil {
			continue
		}
		defer inner.Close()
		rel, err := filepath.Rel(inner.Top(), filepath.Join(base, filepath.FromSlash(name)))
		if inner.Top() == "" || err != nil || !filepath.IsLocal(rel) {
			continue
		}
		below = filepath.ToSlash(rel)
		return inner.Top(), below, inner.State(below), true
	}
	return "", "", rules.GitUnknown, false
}

// addLine adds a line to a text file, which is written whole or not at all. It
// is false where the file has the line already.
func addLine(file, line string) (bool, error) {
	mode := fs.FileMode(0o644)
	old, info, err := store.ReadFile(file, maxIgnore)
	switch {
	case err == nil:
		if info.State.ModeKnown {
			mode = fs.FileMode(info.State.Mode)
		}
	case exists(file):
		return false, err
	}
	end := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		end = "\r\n"
	}
	for known := range bytes.Lines(old) {
		if string(bytes.TrimRight(known, "\r\n")) == line {
			return false, nil
		}
	}
	text := bytes.Clone(old)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, end...)
	}
	text = append(text, line+end...)
	return true, store.WriteFile(file, text, store.WriteOptions{Mode: mode, Replace: true})
}
