package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/store"
)

// pointed is what --leak names.
type pointed struct {
	fingerprint  string
	path         string
	member       string // of the path, which is an archive
	line, column int
	revision     string // of the path
}

var (
	fingerprintPattern = regexp.MustCompile(`^[0-9a-f]{8,32}$`)
	placePattern       = regexp.MustCompile(`^(.+?):([0-9]+)(?::([0-9]+))?$`)
)

// parsePointed reads what --leak names: a fingerprint or its beginning,
// PATH:LINE or PATH:LINE:COLUMN as reports write places, or COMMIT:PATH.
func parsePointed(s string) (pointed, error) {
	if fingerprintPattern.MatchString(s) {
		return pointed{fingerprint: s}, nil
	}
	if m := placePattern.FindStringSubmatch(s); m != nil {
		line, err := strconv.Atoi(m[2])
		column, err2 := 0, error(nil)
		if m[3] != "" {
			column, err2 = strconv.Atoi(m[3])
		}
		if err == nil && err2 == nil && line > 0 {
			return pointed{path: m[1], line: line, column: column}, nil
		}
	}
	// A folder of Windows has a colon too, and no commit is a single letter.
	if revision, path, ok := strings.Cut(s, ":"); ok && len(revision) > 1 && path != "" {
		return pointed{revision: revision, path: path}, nil
	}
	return pointed{}, usage("as `scopeaudit scan` prints them: 8 or more digits of a fingerprint, main.py:12, or HEAD~3:token.json",
		"--leak wants a fingerprint, PATH:LINE or COMMIT:PATH, and got %q", s)
}

// pointedAt reads the one token again that --leak names, and only that one.
func (a *app) pointedAt(ctx context.Context, p *prepared, what string, paths []string) (target, error) {
	at, err := parsePointed(what)
	if err != nil {
		return target{}, err
	}
	o := p.gather()
	if o.History == collect.HistoryOfTop {
		o.History = collect.HistoryAll // it may have been found from further up
	}
	var leaks, beside []secrets.Leak // those that are meant, and those in files near them
	var spot collect.Spot
	switch {
	case at.fingerprint != "":
		leaks, beside, spot, err = a.byFingerprint(ctx, at.fingerprint, paths, o)
	case at.revision != "":
		leaks, beside, spot, err = inCommit(at, paths, o)
	default:
		leaks, beside, spot, err = onLine(ctx, at, paths, o)
	}
	if err != nil {
		return target{}, err
	}
	t, err := theOne(spot, leaks)
	if err != nil {
		return target{}, err
	}
	t.ClientID = cmp.Or(t.ClientID, joinedClient(slices.Concat(beside, spot.Leaks), spot, t))
	return t, nil
}

// byFingerprint looks for a finding in the tree and its history.
func (a *app) byFingerprint(ctx context.Context, fingerprint string, paths []string, o collect.Options) (leaks, beside []secrets.Leak, spot collect.Spot, err error) {
	sources, err := a.sources(paths, nil)
	if err != nil {
		return nil, nil, spot, err
	}
	e, err := a.collect(ctx, sources, o)
	if err != nil {
		return nil, nil, spot, inputFailure(err)
	}
	named := make(map[string]bool) // the fingerprint in full, and those of the parts of a composite
	full := ""
	for _, l := range e.Leaks {
		if !strings.HasPrefix(l.Fingerprint, fingerprint) {
			continue
		}
		if full != "" && full != l.Fingerprint {
			return nil, nil, spot, usage("give more of its digits", "more than one finding has a fingerprint that begins with %s", fingerprint)
		}
		full = l.Fingerprint
		named[full] = true
		for _, part := range l.Parts {
			named[part] = true
		}
	}
	if full == "" && o.History != collect.NoHistory && len(unreadHistory(e)) > 0 {
		return nil, nil, spot, unfinished("`scopeaudit scan --history` tells what of it is not here", "no finding here has the fingerprint %s, and not all of history is here", fingerprint)
	}
	if full == "" {
		return nil, nil, spot, usage("`scopeaudit scan --format json PATH` prints the fingerprints of what is there", "no finding here has the fingerprint %s", fingerprint)
	}
	for _, l := range e.Leaks {
		if named[l.Fingerprint] && audit.Revocable(l) {
			leaks = append(leaks, l)
		}
	}
	if len(leaks) == 0 {
		return nil, nil, spot, notRevocable()
	}
	// A composite's parts may lie in several files: the refresh token's counts.
	slices.SortStableFunc(leaks, refreshFirst)
	leaks = slices.DeleteFunc(leaks, func(l secrets.Leak) bool { return l.Tag != leaks[0].Tag })
	spot, err = collect.ReadAgain(ctx, e, leaks[0].Location, o)
	return leaks, e.Leaks, spot, spotFailure(err)
}

// refreshFirst orders leaks: a refresh token, by which all of a grant ends, before
// an access token.
func refreshFirst(a, b secrets.Leak) int { return strings.Compare(string(b.Kind), string(a.Kind)) }

// fileOf finds the file of a path as the user sees it, or as reports write it:
// from the top of the work tree, or from the folder that was named, and with the
// member of an archive behind it.
func fileOf(path string, paths []string) (file, member string) {
	below := []string{""}
	if git, err := tree.OpenGit(oneOf(paths)); err == nil {
		below = append(below, cmp.Or(git.Top(), oneOf(paths)))
		git.Close()
	}
	for _, folder := range below {
		if file := filepath.Join(folder, filepath.FromSlash(path)); exists(file) {
			return file, ""
		}
		for i, c := range path {
			if file := filepath.Join(folder, filepath.FromSlash(path[:i])); c == '!' && exists(file) {
				return file, path[i+1:]
			}
		}
	}
	return path, ""
}

// onLine reads a file, and takes what stands on one line of it.
func onLine(ctx context.Context, at pointed, paths []string, o collect.Options) (leaks, beside []secrets.Leak, spot collect.Spot, err error) {
	at.path, at.member = fileOf(at.path, paths)
	place := rules.Location{Origin: rules.Tree, Path: at.path, Member: at.member}
	if spot, err = collect.ReadFile(ctx, at.path, place, o); err != nil {
		return nil, nil, spot, spotFailure(err)
	}
	if leaks, err = standing(spot, at); err != nil {
		return nil, nil, spot, err
	}
	return leaks, neighbours(filepath.Dir(at.path), o), spot, nil
}

// inCommit reads a file of a commit.
func inCommit(at pointed, paths []string, o collect.Options) (leaks, beside []secrets.Leak, spot collect.Spot, err error) {
	git, err := tree.OpenGit(oneOf(paths))
	if err != nil {
		return nil, nil, spot, inputFailure(err)
	}
	defer git.Close()
	h, skipped := git.Repository()
	if h == nil {
		why, hint := "there is no git repository here", "name the repository's folder behind the flag"
		if len(skipped) > 0 {
			why = skipped[0].Reason
		}
		if why == tree.SkipStore {
			hint = "name the folder that holds both behind the flag, as the repository around a submodule, and the token by its fingerprint"
		}
		return nil, nil, spot, unfinished(hint, "%s", why)
	}
	defer h.Close()
	name := path.Clean(at.path) // git, too, takes ./token.json
	blob, data, err := h.At(at.revision, name)
	if err != nil {
		hint := "the path is relative to the top of the work tree, as in HEAD~3:src/token.json"
		if errors.Is(err, tree.ErrNotHere) {
			return nil, nil, spot, unfinished("name a clone that has all of its history behind the flag; `git fetch --unshallow` completes a shallow one", "--leak %q: %v", at.revision+":"+at.path, err)
		}
		if wrong := (*tree.RevisionError)(nil); errors.As(err, &wrong) {
			hint = "a commit is named by its hash, or by a branch or tag, and ~3 is three before it; `git log --all -- PATH` lists those of a file"
		}
		return nil, nil, spot, usage(hint, "--leak %q: %v", at.revision+":"+at.path, err)
	}
	place := rules.Location{Origin: rules.History, Path: name, Blob: blob.String(), Commit: at.revision}
	if spot, err = collect.ReadSpot(data, place, o); err != nil {
		return nil, nil, spot, spotFailure(err)
	}
	if leaks, err = standing(spot, at); err != nil {
		return nil, nil, spot, err
	}
	return leaks, committedBeside(h, place, o), spot, nil
}

// oneOf is the folder that was named, or the current one.
func oneOf(paths []string) string {
	if len(paths) == 0 {
		return "."
	}
	return paths[0]
}

// standing are the tokens of a spot at the place that was named.
func standing(spot collect.Spot, at pointed) ([]secrets.Leak, error) {
	var leaks []secrets.Leak
	for _, l := range spot.Leaks {
		if audit.Revocable(l) && (at.line == 0 || l.Location.Line == at.line) && (at.column == 0 || l.Location.Column == at.column) {
			leaks = append(leaks, l)
		}
	}
	switch {
	case len(leaks) > 0:
	case at.line > 0 && !slices.ContainsFunc(spot.Leaks, func(l secrets.Leak) bool { return l.Location.Line == at.line }):
		return nil, usage("`scopeaudit scan "+audit.ShellQuote(at.path)+"` says where they stand", "no secret stands on line %d of %q", at.line, at.path)
	default:
		return nil, notRevocable()
	}
	slices.SortStableFunc(leaks, refreshFirst)
	return leaks, nil
}

func notRevocable() error {
	return usage("client secrets, API keys and service-account keys are reset or deleted in the Cloud console; what is cut short names no token",
		"what --leak names is no whole token of Google's, and nothing else can be revoked")
}

func spotFailure(err error) error {
	var file *store.FileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &file) && file.Problem == store.Missing:
		return unfinished("what was deleted since is named by its commit, as COMMIT:PATH, or by its fingerprint, both of which `scopeaudit scan` tells", "%v", err)
	case errors.As(err, &file):
		return inputFailure(err)
	case errors.Is(err, collect.ErrGone):
		return unfinished("name the place where it is now, or unpack the archive that it is in", "%v", err)
	}
	return unfinished("", "it cannot be read again: %v", err)
}

// theOne makes one target of the tokens at a place: they must be one token, or
// belong to one credential.
func theOne(spot collect.Spot, leaks []secrets.Leak) (target, error) {
	holders := make(map[string]target)
	for _, l := range leaks {
		value := spot.Value(l.Tag)
		if !value.Present() {
			return target{}, spotFailure(collect.ErrGone)
		}
		holder, t := string(l.Tag[:]), alone(l, value)
		for i, c := range spot.Credentials {
			if c.AccessToken.Reveal() == value.Reveal() || c.RefreshToken.Reveal() == value.Reveal() {
				holder, t = strconv.Itoa(i), target{Credential: c}
				break
			}
		}
		if _, met := holders[holder]; !met {
			t.name, t.masked, t.found = where(l.Location), l.Masked, true
			holders[holder] = t
		}
	}
	if len(holders) > 1 {
		var names []string
		for _, l := range leaks {
			names = append(names, fmt.Sprintf("%s (%s)", l.Masked, l.Fingerprint[:12]))
		}
		slices.Sort(names)
		names = slices.Compact(names)
		return target{}, usage("give the fingerprint, or the column too: "+strings.Join(names[:min(len(names), 8)], ", "), "%d tokens stand there, and one is to end", len(holders))
	}
	for _, t := range holders {
		return t, nil
	}
	return target{}, spotFailure(collect.ErrGone)
}

// alone is a token around which no credential was recognised.
func alone(l secrets.Leak, value tokeninfo.Secret) target {
	c := tokeninfo.Credential{Kind: tokeninfo.TextCredential, ClientID: l.ClientID}
	if l.Kind == secrets.AccessToken {
		c.AccessToken = value
	} else {
		c.RefreshToken = value
	}
	return target{Credential: c}
}

// shortCommit cuts a commit's hash short, and leaves a name as it is.
func shortCommit(name string) string {
	if len(name) >= 40 && strings.Trim(name, "0123456789abcdef") == "" {
		return name[:12]
	}
	return name
}

// where names a place for people.
func where(l rules.Location) string {
	if l.Object == "commit" && l.Commit != "" {
		return "the message of commit " + shortCommit(l.Commit)
	}
	if l.Object != "" {
		return "the text of " + l.Object + " " + shortCommit(l.Blob)
	}
	l.Column = 0
	text := l.String()
	if l.Commit != "" {
		text += " in commit " + shortCommit(l.Commit)
	}
	return text
}
