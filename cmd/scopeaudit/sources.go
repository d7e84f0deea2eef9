package main

import (
	"slices"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/tree"
)

// sources are what the paths of a command line name: the current folder where
// there are none, or of a change all, and standard input where one is "-".
func (a *app) sources(paths []string, change *collect.Change) (collect.Sources, error) {
	var s collect.Sources
	for _, p := range paths {
		switch {
		case p != "-":
			s.Paths = append(s.Paths, p)
		case change != nil:
			return s, usage("name files or folders of the repository, or none for all of it", "standard input is not in a repository")
		case s.Stdin != nil || slices.Contains(a.flags.credentials, "-"):
			return s, usage("write what it holds to a file; a file of the name - is ./-", "standard input can be read only once")
		default:
			s.Stdin = a.env.stdin
		}
	}
	if len(paths) == 0 && change == nil {
		s.Paths = []string{"."}
	}
	return s, nil
}

// excludes reads the patterns of --exclude; nil without any.
func (f *flags) excludes() (*tree.Excludes, error) {
	if len(f.exclude) == 0 {
		return nil, nil
	}
	x, err := tree.NewExcludes(f.exclude)
	if err != nil {
		return nil, usage("patterns are like a line of .gitignore, relative to the named folder: '*.log', 'vendor/', '/docs/**/*.md'", "--exclude: %v", err)
	}
	return x, nil
}

// historyMode says which git history is read.
func (f *flags) historyMode() (collect.HistoryMode, error) {
	modes := map[collect.HistoryMode]bool{collect.HistoryAll: f.history, collect.NoHistory: f.noHistory, collect.HistoryOnly: f.onlyHistory}
	chosen := collect.HistoryOfTop
	for mode, asked := range modes {
		if asked && chosen != collect.HistoryOfTop {
			return 0, usage("leave out all but one", "--history, --no-history and --history-only exclude each other")
		} else if asked {
			chosen = mode
		}
	}
	return chosen, nil
}
