package audit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// Lock is what the programs of a tree needed when somebody last agreed to it. A
// change that needs more raises the price.
type Lock struct {
	Name     string // of its file, as the report calls it
	Programs []LockedProgram
}

// LockedProgram is one program of a lock.
type LockedProgram struct {
	Path       string
	Verdict    needs.Verdict
	Scopes     []scopes.Scope // the least that was enough, sorted
	Unresolved int            // calls that could not be followed
}

// MaxLock is how large the file of a lock may be, in bytes.
const MaxLock = 1 << 20

// ErrLockVersion is for a file that is no lock, or that of another version.
var ErrLockVersion = errors.New("it is no lock of a version that is known here")

const (
	lockHead = "# What each program here needs at least. With --locked, `scopeaudit needs` fails\n" +
		"# when a change raises it, and says which line does; --lock writes it anew.\n"
	lockName    = "scopes.lock "
	lockVersion = lockName + "1"
)

// Encode writes a lock, sorted, so that a change to it is as small as what it is
// about.
func (l *Lock) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(lockHead + lockVersion + "\n")
	for _, p := range l.Programs {
		fmt.Fprintf(&b, "\nprogram %s %s\n", strconv.Quote(p.Path), p.Verdict)
		for _, s := range p.Scopes {
			fmt.Fprintf(&b, "scope %s\n", s)
		}
		if p.Unresolved > 0 {
			fmt.Fprintf(&b, "unresolved %d\n", p.Unresolved)
		}
	}
	return b.Bytes()
}

// IsLock reports whether a file is a lock, damaged or not.
func IsLock(data []byte) bool { return bytes.Contains(data[:min(len(data), 400)], []byte(lockName)) }

// DecodeLock reads what Encode writes; blank lines and those that begin with #
// mean nothing. Name is what the report calls it.
func DecodeLock(data []byte, name string) (*Lock, error) {
	if len(data) > MaxLock {
		return nil, fmt.Errorf("it has more than %d bytes", MaxLock)
	}
	l := &Lock{Name: name}
	versioned := false
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.HasPrefix(line, "<<<<<<<") {
			return nil, fmt.Errorf("line %d: a merge left a conflict here", n)
		}
		if !versioned {
			if line != lockVersion {
				return nil, fmt.Errorf("line %d: %w", n, ErrLockVersion)
			}
			versioned = true
			continue
		}
		if why := l.decodeLine(line); why != "" {
			return nil, fmt.Errorf("line %d: %s", n, why)
		}
	}
	if !versioned {
		return nil, fmt.Errorf("it is no lock: it has no line %q", lockVersion)
	}
	return l, nil
}

// decodeLine adds what one line says; the result is what is wrong with it.
func (l *Lock) decodeLine(line string) string {
	key, rest, _ := strings.Cut(line, " ")
	if key == "program" {
		end := strings.LastIndexByte(rest, ' ')
		path, err := strconv.Unquote(rest[:max(end, 0)])
		verdict := needs.Verdict(rest[end+1:])
		switch {
		case err != nil || !slices.Contains([]needs.Verdict{needs.Exact, needs.LowerBound, needs.Unknown}, verdict):
			return "a program is its path in quotes and a verdict"
		case l.find(path) != nil:
			return fmt.Sprintf("program %q stands here twice", path)
		}
		l.Programs = append(l.Programs, LockedProgram{Path: path, Verdict: verdict})
		return ""
	}
	if len(l.Programs) > 0 {
		p := &l.Programs[len(l.Programs)-1]
		switch count, err := strconv.Atoi(rest); {
		case key == "scope" && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool { return r <= ' ' || r > '~' }):
			p.Scopes = append(p.Scopes, scopes.Scope(rest))
			return ""
		case key == "unresolved" && err == nil && count > 0:
			p.Unresolved = count
			return ""
		}
	}
	return "it takes program, scope and unresolved"
}

// find finds a program; nil if there is none.
func (l *Lock) find(path string) *LockedProgram {
	for i := range l.Programs {
		if l.Programs[i].Path == path {
			return &l.Programs[i]
		}
	}
	return nil
}

// NewLock is the lock of what the programs of a report need. Of an old one it
// keeps the programs outside what was examined; nil: there is none.
func NewLock(r Report, old *Lock, roots []Root) *Lock {
	l := &Lock{}
	for _, row := range r.Programs {
		p := LockedProgram{Path: row.Path, Verdict: row.Needs.Verdict, Unresolved: len(row.Needs.Unresolved)}
		if len(row.Needs.Least) > 0 {
			p.Scopes = slices.Sorted(slices.Values(row.Needs.Least[0]))
		}
		l.Programs = append(l.Programs, p)
	}
	if old != nil {
		for _, p := range old.Programs {
			if !examined(p.Path, roots) && l.find(p.Path) == nil {
				l.Programs = append(l.Programs, p)
			}
		}
	}
	slices.SortFunc(l.Programs, func(a, b LockedProgram) int { return cmp.Compare(a.Path, b.Path) })
	return l
}

// examined reports whether a program lies, or lay, in what was walked.
func examined(path string, roots []Root) bool {
	return slices.ContainsFunc(roots, func(r Root) bool {
		return r.Name == "." || path == r.Name || strings.HasPrefix(path, r.Name+"/")
	})
}
