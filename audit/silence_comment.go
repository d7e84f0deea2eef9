package audit

import (
	"fmt"

	"scopeaudit/audit/rules"
)

// placeKey is a place as a map can hold it.
type placeKey struct {
	origin             rules.Origin
	path, member, blob string
	line, column, cell int
}

func keyOf(l rules.Location) placeKey {
	return placeKey{l.Origin, l.Path, l.Member, l.Blob, l.Line, l.Column, l.Cell}
}

// commentBook knows the comments by the place that they stand beside.
type commentBook struct {
	all    []Comment
	beside map[placeKey][]int
	obeyed []bool
	// grave are those that stand beside what no comment silences.
	grave []bool
}

func newCommentBook(all []Comment) *commentBook {
	b := &commentBook{all: all, beside: make(map[placeKey][]int), obeyed: make([]bool, len(all)), grave: make([]bool, len(all))}
	for i, m := range all {
		key := keyOf(m.Beside)
		b.beside[key] = append(b.beside[key], i)
	}
	return b
}

// commented says for each place of a finding which comment beside it silences or
// lowers it. None does so for a critical finding or one about scopes. Where a
// value stands twice in a file, both places need theirs: they are one finding.
func (c *check) commented(f Finding) []silencer {
	out := make([]silencer, len(f.Locations))
	if f.Secret == "" {
		return out
	}
	// What was committed follows the file as it is now: whoever silences a value
	// there need not rewrite what came before.
	var weakest [2]map[string]silencer
	for i := range weakest {
		weakest[i] = make(map[string]silencer)
	}
	for n, at := range f.Locations {
		out[n] = c.commentAt(f, at)
		id, in := f.fingerprintAt(n), weakest[boolToInt(at.Origin == rules.History)]
		if have, ok := in[id]; !ok || strength(out[n]) < strength(have) {
			in[id] = out[n]
		}
	}
	for n := range out {
		have, ok := weakest[0][f.fingerprintAt(n)]
		if !ok {
			have = weakest[1][f.fingerprintAt(n)]
		}
		if ok && f.Locations[n].Origin == rules.History || strength(have) < strength(out[n]) {
			out[n] = have
		}
	}
	return out
}

// strength orders what comments do.
func strength(s silencer) int {
	switch s.by {
	case byComment:
		return 2
	case byLowering:
		return 1
	}
	return 0
}

func (c *check) commentAt(f Finding, at rules.Location) silencer {
	best := silencer{}
	for _, i := range c.comments.beside[keyOf(at)] {
		m := &c.comments.all[i]
		s := silencer{by: byLowering, comment: m}
		if m.Marker == AllowMarker {
			if m.Rule != f.Rule || m.Reason == "" {
				continue
			}
			s.by = byComment
			s.suppression = Suppression{By: byComment, Reason: m.Reason, Location: m.Location}
		}
		if f.Severity == rules.Critical {
			c.comments.grave[i] = true
			continue
		}
		c.comments.obeyed[i] = true
		if s.by == byLowering && f.Severity == rules.Info {
			continue // it is there already
		}
		if strength(s) > strength(best) {
			best = s
		}
	}
	return best
}

// maxCommentNotes is how many comments without effect are told one by one.
const maxCommentNotes = 10

// commentNotes says of comments that silence nothing why they do not.
func (c *check) commentNotes() []string {
	var notes []string
	more := 0
	told := make(map[placeKey]bool)
	for i, m := range c.comments.all {
		if c.comments.obeyed[i] {
			told[keyOf(m.Location)] = true // of some rule or place it did silence
		}
	}
	for i, m := range c.comments.all {
		why := c.ineffective(i)
		if why == "" || told[keyOf(m.Location)] {
			continue
		}
		told[keyOf(m.Location)] = true
		if len(notes) == maxCommentNotes {
			more++
			continue
		}
		notes = append(notes, fmt.Sprintf("the comment %s at %s silences nothing: %s", m.Marker, m.Location, why))
	}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%d more comments silence nothing", more))
	}
	return notes
}

// ineffective is why a comment silences nothing; empty if it does.
func (c *check) ineffective(i int) string {
	m := c.comments.all[i]
	_, known := c.rules[m.Rule]
	switch {
	case c.comments.obeyed[i]:
		return ""
	case c.comments.grave[i]:
		return "no comment silences a critical finding; a policy or a baseline can"
	case m.Marker != AllowMarker:
		return ""
	case m.Rule == "":
		return "it names no rule; write " + AllowMarker + " RULE reason"
	case !known:
		return fmt.Sprintf("there is no rule %q", string(m.Rule))
	case m.Reason == "":
		return "it gives no reason; write " + AllowMarker + " " + string(m.Rule) + " and why"
	default:
		return fmt.Sprintf("%s finds nothing beside it", m.Rule)
	}
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
