package main

import (
	"cmp"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/tree"
)

// addChange declares the flags of the verbs that can look at what is new alone.
func (f *flags) addChange(p *pflag.FlagSet) {
	p.SortFlags = false
	p.BoolVar(&f.staged, "staged", false, "read only what git has staged and HEAD has not, for a pre-commit hook")
	p.StringVar(&f.since, "since", "", "read only what commits brought that HEAD reaches and the `REVISION` does not")
	p.StringVar(&f.span, "range", "", "read only what commits of the `RANGE` A..B brought, which B reaches and A does not")
}

// change is what --since, --range or --staged ask for; nil without them.
func (f *flags) change(getenv func(string) string) (*collect.Change, error) {
	asked := 0
	for _, is := range []bool{f.since != "", f.span != "", f.staged} {
		asked += boolToInt(is)
	}
	switch {
	case asked == 0:
		return nil, nil
	case asked > 1:
		return nil, usage("leave out all but one", "--since, --range and --staged exclude each other")
	case f.history || f.noHistory || f.onlyHistory:
		return nil, usage("leave that out, or look at everything without --since, --range and --staged", "--history, --no-history and --history-only say nothing of what is new")
	case f.staged:
		return &collect.Change{Staged: true, Index: getenv("GIT_INDEX_FILE")}, nil
	case f.since != "":
		return &collect.Change{From: f.since, To: "HEAD"}, nil
	}
	from, to, ok := strings.Cut(f.span, "..")
	switch {
	case strings.HasPrefix(to, "."):
		return nil, usage("A..B, with two dots, is what B reaches and A does not", "--range: %q has three dots", f.span)
	case !ok || from+to == "" || strings.Contains(to, ".."):
		return nil, usage("write --range A..B: what B reaches and A does not; --range origin/main..HEAD for a pull request", "--range: %q is no range", f.span)
	}
	return &collect.Change{From: cmp.Or(from, "HEAD"), To: cmp.Or(to, "HEAD")}, nil
}

// changeFailure turns what kept a change from being told into one line, a hint
// and the exit code: 2 for what was named wrongly, 3 for what cannot be read.
func changeFailure(err *collect.ChangeError) error {
	var revision *tree.RevisionError
	if errors.As(err, &revision) {
		hint := "name a commit, a branch, a tag or HEAD, with ~N or ^N behind it if need be"
		switch {
		case revision.Shallow && errors.Is(err, tree.ErrNoRevision):
			hint = "the clone is shallow: `git fetch --unshallow` gets the rest; in GitHub Actions, actions/checkout does with `fetch-depth: 0`"
		case errors.Is(err, tree.ErrNoRevision):
			hint = "`git branch --all` and `git tag` list the names; a branch of the server has to be fetched, and is called origin/NAME then"
		case errors.Is(err, tree.ErrAmbiguous):
			hint = "give more of its digits"
		case errors.Is(err, tree.ErrRefsUnread):
			hint = "name commits by their hash, as `git rev-parse NAME` prints it"
		}
		return usage(hint, "%v", revision)
	}
	switch {
	case errors.Is(err, collect.ErrNoRepository):
		return usage("name a folder of a work tree; without --since, --range and --staged any folder is read", "%v", err)
	case errors.Is(err, tree.ErrNoWorkTree):
		return usage("--since and --range read the commits of a bare repository", "%v", err)
	case errors.Is(err, tree.ErrIndexElsewhere), errors.Is(err, tree.ErrNoIndex):
		return usage("unset the variable to read the index of the work tree", "GIT_INDEX_FILE: %v", err.Err)
	}
	return unfinished("nothing was examined", "%v", err)
}
