package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
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
	Path    string
	Verdict needs.Verdict
	Scopes  []scopes.Scope // the least that was enough, sorted
}

// MaxLock is how large the file of a lock may be, in bytes.
const MaxLock = 1 << 20

const (
	lockHead = "# What each program here needs at least. With --locked, `scopeaudit needs` fails\n" +
		"# when a change raises it, and says which line does; --lock FILE writes it anew.\n"
	lockVersion = "scopes.lock 1"
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
	}
	return b.Bytes()
}

// IsLock reports whether a file is a lock, damaged or not.
func IsLock(data []byte) bool { return bytes.Contains(data[:min(len(data), 400)], []byte(lockVersion)) }

// DecodeLock reads what Encode writes; blank lines and those that begin with #
// mean nothing. Name is what the report calls it.
func DecodeLock(data []byte, name string) (*Lock, error) {
	l := &Lock{Name: name}
	versioned := false
	n := 0
	for line := range strings.Lines(string(data[:min(len(data), MaxLock)])) {
		n++
		line = strings.TrimSpace(line)
		key, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case line == lockVersion:
			versioned = true
		case !versioned:
			return nil, fmt.Errorf("line %d: it is no lock of a version that is known here", n)
		case key == "program":
			end := strings.LastIndexByte(rest, ' ')
			path, err := strconv.Unquote(rest[:max(end, 0)])
			if err != nil {
				return nil, fmt.Errorf("line %d: a program is its path in quotes and a verdict", n)
			}
			l.Programs = append(l.Programs, LockedProgram{Path: path, Verdict: needs.Verdict(rest[end+1:])})
		case key == "scope" && len(l.Programs) > 0:
			p := &l.Programs[len(l.Programs)-1]
			p.Scopes = append(p.Scopes, scopes.Scope(rest))
		default:
			return nil, fmt.Errorf("line %d: it takes program and scope", n)
		}
	}
	if !versioned {
		return nil, fmt.Errorf("it is no lock: it has no line %q", lockVersion)
	}
	return l, nil
}

// NewLock is the lock of what the programs of a report need.
func NewLock(r Report, name string) *Lock {
	l := &Lock{Name: name}
	for _, row := range r.Programs {
		p := LockedProgram{Path: row.Path, Verdict: row.Needs.Verdict}
		if len(row.Needs.Least) > 0 {
			p.Scopes = slices.Sorted(slices.Values(row.Needs.Least[0]))
		}
		l.Programs = append(l.Programs, p)
	}
	slices.SortFunc(l.Programs, func(a, b LockedProgram) int { return cmp.Compare(a.Path, b.Path) })
	return l
}

// locked compares what the programs need with the lock.
func (c *check) locked() {
	if c.evidence.Lock == nil {
		return
	}
	for _, row := range c.programs {
		c.raised(row.Needs)
	}
	for _, p := range c.evidence.Lock.Programs {
		if !slices.ContainsFunc(c.programs, func(row ProgramRow) bool { return row.Path == p.Path }) {
			c.locking = append(c.locking, fmt.Sprintf("%s has a program %q that was not found; --lock writes it anew", c.evidence.Lock.Name, p.Path))
		}
	}
}

// raised finds what a program needs and its lock does not have.
func (c *check) raised(p needs.Program) {
	i := slices.IndexFunc(c.evidence.Lock.Programs, func(l LockedProgram) bool { return l.Path == p.Path })
	locked, has := LockedProgram{}, "does not have this program"
	if i >= 0 {
		locked = c.evidence.Lock.Programs[i]
		has = "has " + c.askedFor(locked.Scopes)
	}
	at := map[string][]rules.Location{}
	permitted := map[string][]scopes.Scope{}
	var order []string
	for _, call := range p.Calls {
		if call.State != needs.Live || len(call.Permitted) == 0 ||
			slices.ContainsFunc(call.Permitted, func(s scopes.Scope) bool { return slices.Contains(locked.Scopes, s) }) {
			continue
		}
		if at[call.Method] == nil {
			order = append(order, call.Method)
			permitted[call.Method] = call.Permitted
		}
		at[call.Method] = append(at[call.Method], call.At)
	}
	for _, method := range order {
		f := c.finding(rules.PriceRaised, at[method]...)
		f.Message = fmt.Sprintf("%s raises what the program needs: it takes %s, and %s %s",
			method, c.shorts(c.fewest(permitted[method]), " or "), c.evidence.Lock.Name, has)
		f.Subject = Subject{Program: p.Path, Method: method}
		c.add(f, "program", p.Path, method)
	}
	if len(order) == 0 && locked.Verdict == needs.Exact && p.Verdict != needs.Exact {
		var places []rules.Location
		for _, u := range p.Unresolved {
			places = append(places, u.At)
		}
		if places == nil {
			places = sites(p, "", true, askedBy(p)...)
		}
		f := c.finding(rules.PriceRaised, places...)
		f.Message = fmt.Sprintf("what the program needs was known exactly when %s was written, and no longer is: %s", c.evidence.Lock.Name, strings.Join(p.Why, "; "))
		f.Subject = Subject{Program: p.Path}
		c.add(f, "program", p.Path, "verdict")
	}
	if len(order) == 0 && i >= 0 && len(p.Least) > 0 && p.Verdict == needs.Exact && c.within(p.Least[0], locked.Scopes) && !c.within(locked.Scopes, p.Least[0]) {
		c.locking = append(c.locking, fmt.Sprintf("program %q needs less than %s has; --lock writes it anew", p.Path, c.evidence.Lock.Name))
	}
}
