package tree

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"scopeaudit/audit/tree/objects"
)

// Why a revision cannot be used.
var (
	ErrNoRevision = errors.New("no commit, branch or tag here has that name")
	ErrAmbiguous  = errors.New("more than one object has a name that begins so")
	ErrSyntax     = errors.New("not a revision that is understood here")
	ErrRefsUnread = errors.New("refs are kept in a way that is not read here")
)

// RevisionError says that what the user named as a revision cannot be used. It
// wraps one of the errors above, or what was wrong with an object.
type RevisionError struct {
	Revision string // as the user typed it
	Err      error
	// Shallow says that the clone is shallow: what is named may lie beyond.
	Shallow bool
}

func (e *RevisionError) Error() string { return fmt.Sprintf("revision %q: %v", e.Revision, e.Err) }

func (e *RevisionError) Unwrap() error { return e.Err }

// minHexName is how many digits of a commit's name stand for it.
const minHexName = 7

var (
	hexName  = regexp.MustCompile(`^[0-9a-fA-F]+$`)
	specials = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*_HEAD$`) // FETCH_HEAD, ORIG_HEAD
	ancestor = regexp.MustCompile(`^(?:~([0-9]*)|\^\{(?:commit)?\}|\^([0-9]*))`)
)

// resolve finds what a revision names, as gitrevisions(7) has it: a commit's name
// or at least seven digits of it, HEAD, a branch, tag, remote-tracking branch or
// other ref, and behind these any of ~, ~N, ^, ^N and ^{commit}. Tags are those
// that were passed on the way to the commit.
func (h *History) resolve(r *objects.Reader, revision string) (id objects.ID, tags []objects.ID, err error) {
	fail := func(err error) (objects.ID, []objects.ID, error) {
		return objects.ID{}, nil, &RevisionError{revision, err, len(h.shallow()) > 0}
	}
	steps := ""
	if i := strings.IndexAny(revision, "~^"); i >= 0 {
		steps = revision[i:]
	}
	id, err = h.lookUp(r, baseOf(revision))
	if err != nil {
		return fail(err)
	}
	if id, tags, err = peel(r, id); err != nil {
		return fail(err)
	}
	for steps != "" {
		m := ancestor.FindStringSubmatch(steps)
		if m == nil {
			return fail(ErrSyntax)
		}
		steps = steps[len(m[0]):]
		times, parent := 0, 1
		switch {
		case strings.HasPrefix(m[0], "~"):
			if times, err = stepsOf(m[1]); err != nil {
				return fail(ErrSyntax)
			}
		case m[0] != "^{}" && m[0] != "^{commit}":
			if parent, err = stepsOf(m[2]); err != nil {
				return fail(ErrSyntax)
			}
			times = min(parent, 1)
		}
		for range times {
			c, err := h.commit(r, id)
			if err != nil {
				return fail(err)
			}
			if parent > len(c.parents) {
				return fail(ErrNoRevision)
			}
			id = c.parents[parent-1]
		}
		if _, err := h.commit(r, id); err != nil {
			return fail(err)
		}
	}
	return id, tags, nil
}

// stepsOf reads the number behind ~ or ^, which is one if it is left out.
func stepsOf(digits string) (int, error) {
	if digits == "" {
		return 1, nil
	}
	return strconv.Atoi(digits)
}

// lookUp finds what a name without steps stands for.
func (h *History) lookUp(r *objects.Reader, name string) (objects.ID, error) {
	format := h.store.Format()
	if id, err := objects.ParseID(format, name); err == nil {
		return id, nil
	}
	if name == "" || strings.ContainsAny(name, ": ") || strings.Contains(name, "@{") {
		return objects.ID{}, ErrSyntax
	}
	if specials.MatchString(name) {
		data, err := readSmall(h.own, name, maxPointerFile)
		if err != nil {
			return objects.ID{}, ErrNoRevision
		}
		first, _, _ := strings.Cut(strings.TrimSpace(string(data)), "\t")
		id, err := objects.ParseID(format, first)
		if err != nil {
			return objects.ID{}, ErrNoRevision
		}
		return id, nil
	}
	if ref, ok := h.ref(name); ok {
		return ref.ID, nil
	}
	if len(name) >= minHexName && hexName.MatchString(name) {
		var commits []objects.ID
		for _, id := range h.store.Abbreviated(name, maxNesting) {
			if t, _, err := r.Get(id); err == nil && (t == objects.TypeCommit || t == objects.TypeTag) {
				commits = append(commits, id)
			}
		}
		switch len(commits) {
		case 1:
			return commits[0], nil
		case 0:
		default:
			return objects.ID{}, ErrAmbiguous
		}
	}
	if !objects.PlainRefs(h.extensions, h.common) {
		return objects.ID{}, ErrRefsUnread
	}
	return objects.ID{}, ErrNoRevision
}

// ref finds the ref that a name stands for.
func (h *History) ref(name string) (objects.Ref, bool) {
	for _, full := range []string{name, "refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name, "refs/remotes/" + name + "/HEAD"} {
		if ref, ok := objects.FindRef(h.extensions, h.own, h.common, full); ok && !ref.ID.IsZero() {
			return ref, true
		}
	}
	return objects.Ref{}, false
}

// refsNamed gives the ref from which a revision starts and that for which it
// stands, sorted; nil where it starts from none.
func (h *History) refsNamed(revision string) []string {
	base := baseOf(revision)
	if _, err := objects.ParseID(h.store.Format(), base); err == nil {
		return nil
	}
	ref, ok := h.ref(base)
	switch {
	case !ok:
		return nil
	case ref.Target != "":
		return []string{ref.Name, ref.Target}
	}
	return []string{ref.Name}
}

// baseOf is the name in a revision, without its steps.
func baseOf(revision string) string {
	base := revision
	if i := strings.IndexAny(revision, "~^"); i >= 0 {
		base = revision[:i]
	}
	if base == "@" {
		return "HEAD"
	}
	return base
}

// peel goes from a tag to the commit that it names.
func peel(r *objects.Reader, id objects.ID) (objects.ID, []objects.ID, error) {
	var tags []objects.ID
	for range maxNesting {
		t, data, err := r.Get(id)
		switch {
		case errors.Is(err, objects.ErrMissing):
			return id, nil, ErrNoRevision
		case err != nil:
			return id, nil, err
		case t == objects.TypeCommit:
			return id, tags, nil
		case t != objects.TypeTag:
			return id, nil, fmt.Errorf("it names a %s, not a commit", t)
		}
		tag, err := objects.ParseTag(id.Format(), data)
		if err != nil {
			return id, nil, err
		}
		tags = append(tags, id)
		id = tag.Object
	}
	return id, nil, ErrSyntax
}

// commit reads one commit, without the parents that a shallow clone leaves out.
func (h *History) commit(r *objects.Reader, id objects.ID) (commit, error) {
	t, data, err := r.Get(id)
	switch {
	case errors.Is(err, objects.ErrMissing):
		return commit{}, ErrNoRevision
	case err != nil:
		return commit{}, err
	case t != objects.TypeCommit:
		return commit{}, ErrNoRevision
	}
	c, err := objects.ParseCommit(id.Format(), data)
	if err != nil {
		return commit{}, err
	}
	if h.shallow()[id] {
		c.Parents = nil
	}
	return commit{id, c.Tree, c.Parents, c.Committer.When}, nil
}

// shallow are the commits whose parents are not here by design.
func (h *History) shallow() map[objects.ID]bool {
	if h.cut == nil {
		h.cut = make(map[objects.ID]bool)
		for _, id := range objects.Shallow(h.store.Format(), h.common) {
			h.cut[id] = true
		}
	}
	return h.cut
}
