package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
)

// searched is what sos found, and how far it could look.
type searched struct {
	evidence audit.Evidence
	finds    []*find
	around   string   // the top of the repository, where more of it was named than its top
	lost     []string // tokens that were found and could not be read again, in words
	unread   []string // what of history could not be looked at, in words
	others   []string // what was found and cannot be revoked, in words
	keys     bool     // a service-account key is among it: alive still, and not for us to end
}

// search looks for tokens in a folder, or in a file, and in the history around it.
func (a *app) search(ctx context.Context, p *prepared, paths []string) (*searched, error) {
	sources, err := a.sources(paths, nil)
	if err != nil {
		return nil, err
	}
	o := p.gather()
	if o.History == collect.HistoryOfTop {
		o.History = collect.HistoryAll
	}
	s := &searched{}
	file, err := s.widen(&sources)
	if err != nil {
		return nil, inputFailure(err)
	}
	if s.evidence, err = a.collect(ctx, sources, o); err != nil {
		return nil, inputFailure(err)
	}
	if file != "" {
		s.only(file)
	}
	if s.finds, s.lost, err = gatherFinds(ctx, s.evidence, o); err != nil {
		return nil, err
	}
	if o.History != collect.NoHistory {
		s.unread = unreadHistory(s.evidence)
	}
	s.others, s.keys = beside(s.evidence)
	return s, nil
}

// widen finds the repository around what is named. A file is looked for with its
// folder, since the history belongs to that; the result is what reports call it,
// or empty where no more than the file is looked at.
func (s *searched) widen(sources *collect.Sources) (file string, err error) {
	named := sources.Paths[0]
	info, err := os.Stat(named)
	if err != nil {
		return "", nil // the search says so
	}
	git, err := tree.OpenGit(named)
	if err != nil {
		return "", err
	}
	defer git.Close()
	if git.Top() == "" {
		return "", nil
	}
	if !info.Mode().IsRegular() {
		if path, err := git.Path(named); err == nil && path != "" && path != "." {
			s.around = git.Top()
		}
		return "", nil
	}
	real, err := filepath.EvalSymlinks(named)
	if err != nil {
		return "", nil
	}
	s.around = git.Top()
	sources.Paths = []string{filepath.Dir(real)}
	return git.Path(named)
}

// only leaves the secrets that stand in a file, wherever else they are.
func (s *searched) only(file string) {
	in := make(map[secrets.Tag]bool)
	for _, l := range s.evidence.Leaks {
		if l.Location.Path == file && l.Location.Blob == "" {
			in[l.Tag] = true
		}
	}
	s.evidence.Leaks = slices.DeleteFunc(s.evidence.Leaks, func(l secrets.Leak) bool {
		return !in[l.Tag] && l.Rule != rules.GoogleFullCredential // by which its client is known
	})
}

// complete reports whether all that there is was looked at, and something was.
func (s *searched) complete() bool {
	c := s.evidence.Coverage
	return !c.Failed() && c.Files+c.Blobs > 0 && len(s.lost)+len(s.unread) == 0
}

// tell says how far it looked, and what else is there.
func (s *searched) tell(out *plainText) {
	c := s.evidence.Coverage
	of := ""
	if s.around != "" {
		of = fmt.Sprintf(", which is that of the whole repository in %s", s.around)
	}
	out.line("Looked at %s and %s of git's history%s; nothing was sent.", plural(c.Files, "file"), plural(c.Blobs, "object"), of)
	for _, note := range s.notes() {
		out.line("! %s", note)
	}
}

// notes are what could not be looked at, and what else is there.
func (s *searched) notes() (notes []string) {
	if s.evidence.Coverage.Failed() {
		notes = append(notes, "Not everything could be read: `scopeaudit scan --history` tells what not.")
	}
	return slices.Concat(notes, s.unread, s.lost, s.others)
}

// nothing says that there is nothing to end.
func (s *searched) nothing() string {
	text := "No whole token of Google's was found, neither in files nor in history."
	switch {
	case len(s.lost) > 0:
		text = "Tokens were found, and none can be ended from here: they could not be read again."
	case s.evidence.Coverage.Failed() || len(s.unread) > 0:
		text = "No whole token of Google's was found in what could be read, and that was not everything."
	}
	return text + `

If you know that one got out (it was pasted into a chat, or lies on another
computer): ` + connections + ` shows which programs have
access to your account, and ends it.`
}

// unreadHistory says what of history could not be looked at, though what was
// deleted may be there: also where that is by design, as elsewhere it may be.
func unreadHistory(e audit.Evidence) (said []string) {
	for _, skip := range e.Coverage.Skipped {
		text := ""
		switch {
		case skip.Reason == tree.SkipStore:
			text = "The history that %s leads to lies outside of what was named, and was not read: run sos in the folder that holds both, as the repository around a submodule."
		case skip.Reason == tree.SkipGit:
			text = "The history in %s was not read."
		case strings.HasSuffix(skip.Reason, tree.SkipMissing):
			text = "The history in %s is not all here, as in a shallow or partial clone: `git fetch --unshallow` brings the rest; then run sos again."
		case strings.HasSuffix(skip.Reason, tree.SkipLost):
			text = "The history in %s is not all there, though the clone is neither partial nor shallow: objects are missing. Run sos in a new clone, which has them if the server does."
		default:
			continue
		}
		if text = fmt.Sprintf(text, skip.Path); !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if more := len(said) - maxUnread; more > 0 {
		said = append(said[:maxUnread], fmt.Sprintf("%d more histories were not read in full.", more))
	}
	return said
}

// maxUnread is how many histories that were not read are named.
const maxUnread = 5

// beside tells of what was found and cannot be revoked; keys says that a
// service-account key is among it.
func beside(e audit.Evidence) (lines []string, keys bool) {
	first := make(map[rules.ID]secrets.Leak)
	for _, l := range e.Leaks {
		if met, ok := first[l.Rule]; !ok || met.Location.Blob != "" && l.Location.Blob == "" {
			first[l.Rule] = l // in a file, if it is in one: that people know
		}
	}
	if l, ok := first[rules.GoogleServiceAccountKey]; ok {
		keys = true
		lines = append(lines, "A service-account key at "+where(l.Location)+" cannot be revoked: delete the key in the Cloud console (IAM, Service accounts, Keys).")
	}
	if l, ok := first[rules.GoogleTokenCutShort]; ok {
		lines = append(lines, "What looks like a token cut short, at "+where(l.Location)+", names no token; if the whole of it was ever there, end the grant at "+connections)
	}
	if l, ok := first[rules.GoogleClientSecret]; ok {
		lines = append(lines, "The client secret at "+where(l.Location)+" stays as it is: reset it in the console if the client is a web application's.")
	}
	return lines, keys
}
