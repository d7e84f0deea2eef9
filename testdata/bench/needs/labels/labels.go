// Package labels holds what people say of programs to what is inferred. The
// labels of the vectors are explained in testdata/vectors/needs/README.md, those
// of real programs in testdata/bench/needs/README.md.
package labels

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Place is a line of a file, or any of several.
type Place struct {
	File     string
	From, To int // zero: any line
}

// ParsePlace reads FILE:LINE or FILE:FROM-TO.
func ParsePlace(text string) (Place, error) {
	i := strings.LastIndexByte(text, ':')
	if i <= 0 {
		return Place{}, fmt.Errorf("no line in %q", text)
	}
	from, to, ranged := strings.Cut(text[i+1:], "-")
	if !ranged {
		to = from
	}
	a, err := strconv.Atoi(from)
	if err != nil {
		return Place{}, fmt.Errorf("bad line in %q", text)
	}
	b, err := strconv.Atoi(to)
	if err != nil || b < a {
		return Place{}, fmt.Errorf("bad line in %q", text)
	}
	return Place{File: text[:i], From: a, To: b}, nil
}

// Holds reports whether what was found in a file, from one line to another, is
// at this place.
func (p Place) Holds(file string, from, to int) bool {
	return p.File == file && (p.From == 0 || p.From <= max(from, to) && from <= p.To)
}

// Label is a scope or a method at a place. The name "*" stands for any.
type Label struct {
	Name  string
	Place Place
	State string // of a call: "live", "commented" or "unreachable"
	When  bool   // of a scope: it is chosen at run time
}

// Program is what is said of one program. What is nil or empty was not said,
// but for Requested and Calls, which are complete.
type Program struct {
	Path                string // its folder; empty: the whole tree
	Requested, Calls    []Label
	MayRequest, MayCall []Label
	Unresolved          []Place
	Verdict             string
	Least               [][]string
	Over, OverKnown     bool     // it asks for more than it needs
	Missing             []string // methods that no requested scope permits
	MissingKnown        bool
}

// Parse reads the headers of a vector: the programs that it speaks of, which are
// one without a path if it names none.
func Parse(comment string) ([]Program, error) {
	var all []Program
	current := func() *Program {
		if len(all) == 0 {
			all = append(all, Program{OverKnown: true})
		}
		return &all[len(all)-1]
	}
	for i, line := range strings.Split(comment, "\n") {
		text, found := strings.CutPrefix(line, "expect: ")
		if !found {
			if line != "" && !strings.HasPrefix(line, "about: ") {
				return nil, fmt.Errorf("line %d: neither about nor expect", i+1)
			}
			continue
		}
		key, value, _ := strings.Cut(text, " ")
		if key == "program" {
			all = append(all, Program{Path: value, OverKnown: true})
			continue
		}
		if err := current().add(key, value); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	for i := range all {
		p := &all[i]
		// Where scopes are chosen at run time, who misses what is another question.
		p.MissingKnown = p.Missing != nil || !slices.ContainsFunc(p.Requested, func(l Label) bool { return l.When })
	}
	return all, nil
}

// add reads one expectation.
func (p *Program) add(key, value string) error {
	f := strings.Fields(value)
	may := key == "may"
	if may && len(f) > 0 {
		key, f = map[string]string{"request": "requested", "call": "call"}[f[0]], f[1:]
	}
	switch key {
	case "requested", "call":
		if len(f) < 2 {
			return fmt.Errorf("no place in %q", value)
		}
		place, err := ParsePlace(f[1])
		if err != nil {
			return err
		}
		l := Label{Name: f[0], Place: place}
		switch {
		case key == "requested":
			l.When = len(f) > 2 && f[2] == "when"
		case len(f) > 2:
			l.State = f[2]
		default:
			l.State = "live"
		}
		list := &p.Requested
		switch {
		case may && key == "call":
			list = &p.MayCall
		case may:
			list = &p.MayRequest
		case key == "call":
			list = &p.Calls
		}
		*list = append(*list, l)
	case "unresolved":
		place, err := ParsePlace(value)
		if err != nil {
			return err
		}
		p.Unresolved = append(p.Unresolved, place)
	case "verdict":
		p.Verdict = value
	case "least":
		for set := range strings.SplitSeq(value, "|") {
			names := strings.Fields(set)
			slices.Sort(names)
			p.Least = append(p.Least, names)
		}
	case "over":
		p.Over = true
	case "missing":
		p.Missing = append(p.Missing, value)
	default:
		return fmt.Errorf("unknown expectation %q", key)
	}
	return nil
}
