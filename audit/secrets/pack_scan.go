package secrets

import (
	"bytes"
	"slices"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// packSet is all packs of a scanner as one.
type packSet struct {
	filter *anchorFilter
	rules  []setRule
	named  []setRule // those about paths alone
	packs  []*Pack
}

type setRule struct {
	*packRule
	pack int // an index into packs
}

func newPackSet(packs []*Pack) *packSet {
	if len(packs) == 0 {
		return nil
	}
	s := &packSet{packs: packs}
	var targets []target
	for i, p := range packs {
		for _, r := range p.rules {
			if r.named {
				s.named = append(s.named, setRule{r, i})
				continue
			}
			for _, a := range r.anchors {
				targets = append(targets, target{len(s.rules), a})
			}
			s.rules = append(s.rules, setRule{r, i})
		}
	}
	s.filter = newAnchorFilter(targets)
	return s
}

// packPass is what packs know of one input.
type packPass struct {
	place *packPlace
	// input is what was found in the input itself, window after window; here is
	// that, or what was found in the view that has a map.
	input, here *packState
	// path and allowed are, by rule and by pack, what the place decides.
	path, allowed []answer
}

// packState is, by rule, where its last match ended, as an offset, and how many
// bytes its pattern has looked at.
type packState struct{ done, spent []int64 }

// answer is a question's that is asked once.
type answer int8

const (
	unasked answer = iota
	no
	yes
)

func (a *answer) ask(question func() bool) bool {
	if *a == unasked {
		if *a = no; question() {
			*a = yes
		}
	}
	return *a == yes
}

func (s *packSet) begin(base rules.Location) *packPass {
	if s == nil {
		return nil
	}
	return &packPass{place: newPackPlace(base), allowed: make([]answer, len(s.packs))}
}

// Work is bounded: a rule's pattern may read packBudget bytes, and one more for
// every packShare bytes of the input before the anchor. Anchors past that are
// counted as dropped. Source stays far below; it takes text made for it.
const (
	packBudget = 2 << 20
	packShare  = 8
)

// enter begins a view.
func (pp *packPass) enter(v decode.View, set *packSet) {
	if pp == nil {
		return
	}
	rules := len(set.rules)
	if pp.path == nil {
		pp.path = make([]answer, rules)
	}
	if pp.here = pp.input; v.First || v.Place != nil || pp.input == nil {
		pp.here = &packState{make([]int64, rules), make([]int64, rules)}
	}
	if v.Place == nil {
		pp.input = pp.here
	}
}

// scanPacks looks for the packs' rules at the anchors whose last byte is in
// data[from:to].
func (p *Pass) scanPacks(v decode.View, view, from, to int) {
	set, pp := p.scanner.packs, p.packs
	if pp == nil {
		return
	}
	set.filter.each(v.Data, from, to, func(rule, end int) {
		r := set.rules[rule]
		if int64(end+r.after) <= pp.here.done[rule]-v.Offset || !r.starts(v.Data[:min(len(v.Data), end+packSpan)], end) {
			return
		}
		if r.path != nil && !pp.path[rule].ask(func() bool { return pp.place.matches(r.path) }) {
			return
		}
		p.judge(v, view, rule, end)
	})
}

// judge tries a rule's pattern around the anchor that ends at end.
func (p *Pass) judge(v decode.View, view, rule, end int) {
	state, r := p.packs.here, p.scanner.packs.rules[rule]
	low, high := max(0, end-reach), min(len(v.Data), end+reach)
	t := packText{data: v.Data[low:high], begins: low == 0 && v.First, ends: high == len(v.Data) && v.Last && v.Cut == 0, end: end - low}
	for {
		if state.spent[rule] > packBudget+(v.Offset+int64(end))/packShare {
			p.dropped++
			return
		}
		t.floor = int(max(0, state.done[rule]-v.Offset-int64(low)))
		if t.floor > t.end+r.after {
			return
		}
		loc, looked := r.next(t)
		state.spent[rule] += int64(looked)
		if loc == nil {
			return
		}
		state.done[rule] = v.Offset + int64(low+loc[1])
		if m, ok := p.packMatch(r, t.data, loc); ok && touches(v.Ranges, low+m.from, low+m.to) {
			p.keep(v, view, low, window{data: t.data, at: t.end}, m)
		}
	}
}

// packMatch judges what a pattern matched.
func (p *Pass) packMatch(r setRule, data []byte, loc []int) (match, bool) {
	start, end := secretOf(data, loc, r.group)
	secret := data[start:end]
	if len(secret) == 0 || r.entropy > 0 && shannon(secret) <= r.entropy || !r.keyed(data, loc) {
		return match{}, false
	}
	pack := p.scanner.packs.packs[r.pack]
	c := candidate{secret: secret, match: data[loc[0]:loc[1]], line: lineOf(data, loc[0], loc[1]), place: p.packs.place}
	if p.packs.allowed[r.pack].ask(func() bool {
		return slices.ContainsFunc(pack.allow, func(a *allowlist) bool { return a.allowsPlace(c) })
	}) || anyAllows(pack.allow, c) || anyAllows(r.allow, c) {
		p.silenced++
		return match{}, false
	}
	m := match{
		rule: r.doc.ID, severity: r.doc.Severity, confidence: r.doc.Confidence,
		message: "a match of a rule of the pack " + pack.name + ": " + r.doc.Title,
		start:   start, end: end, key: keyBefore(data, start).shown(""), label: "value", random: true, pack: true,
	}
	m.span(loc[0], loc[1])
	return m, true
}

// secretOf gives the group that holds the secret: the one that the rule names,
// else the first that is not empty, else all of the match without line ends.
func secretOf(data []byte, loc []int, group int) (start, end int) {
	if group > 0 && loc[2*group] < loc[2*group+1] {
		return loc[2*group], loc[2*group+1]
	}
	for g := 1; group == 0 && g < len(loc)/2; g++ {
		if loc[2*g] < loc[2*g+1] {
			return loc[2*g], loc[2*g+1]
		}
	}
	start, end = loc[0], loc[1]
	for start < end && data[start] == '\n' {
		start++
	}
	for end > start && data[end-1] == '\n' {
		end--
	}
	return start, end
}

// keyed says whether a keyword of the rule stands near the match.
func (r setRule) keyed(data []byte, loc []int) bool {
	if r.keywords == nil {
		return true
	}
	text := lower(data[max(0, loc[0]-packGate):min(len(data), loc[1]+packGate)])
	return slices.ContainsFunc(r.keywords, func(k []byte) bool { return bytes.Contains(text, k) })
}

// lineOf gives the lines on which the match stands.
func lineOf(data []byte, from, to int) []byte {
	before, after := data[max(0, from-packGate):from], data[to:min(len(data), to+packGate)]
	from -= len(before) - 1 - bytes.LastIndexByte(before, '\n')
	if i := bytes.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	return data[from : to+len(after)]
}

// allowed says whether a pack's allowlists silence a built-in rule's match.
func (p *Pass) allowed(w window, m match) bool {
	if m.pack || m.fact || p.packs == nil {
		return false
	}
	for _, pack := range p.scanner.packs.packs {
		if !pack.forAll {
			continue
		}
		value := w.data[m.start:m.end]
		if m.value != nil {
			value = m.value
		}
		c := candidate{secret: value, match: w.data[m.from:m.to], line: lineOf(w.data, m.from, m.to), place: p.packs.place}
		if anyAllows(pack.allow, c) {
			return true
		}
	}
	return false
}

// names gives a finding for every rule about paths that the input's path matches.
func (p *Pass) names() []finding {
	if p.packs == nil {
		return nil
	}
	var found []finding
	c := candidate{place: p.packs.place}
	for _, r := range p.scanner.packs.named {
		pack := p.scanner.packs.packs[r.pack]
		if !c.place.matches(r.path) {
			continue
		}
		if slices.ContainsFunc(slices.Concat(pack.allow, r.allow), func(a *allowlist) bool { return a.allowsPlace(c) }) {
			p.silenced++
			continue
		}
		f := finding{Leak: Leak{
			Rule: r.doc.ID, Severity: r.doc.Severity, Confidence: r.doc.Confidence, Location: p.base,
			Message: "a file whose name a rule of the pack " + pack.name + " is about: " + r.doc.Title,
			Tag:     p.scanner.tag([]byte(string(r.doc.ID) + "\x00" + placeName(p.base))),
		}, pack: true, named: true}
		found = append(found, f)
	}
	return found
}

// byPacks parts what packs found from what the built-in rules did.
func byPacks(found []finding) (builtin, packs []finding) {
	for _, f := range found {
		if f.pack {
			packs = append(packs, f)
		} else {
			builtin = append(builtin, f)
		}
	}
	return builtin, packs
}

// underPacks adds to what the built-in rules found what packs found elsewhere.
// What only looks like a secret to us gives way to a pack's rule that knows it.
func underPacks(found, packs []finding) []finding {
	if len(packs) == 0 {
		return found
	}
	packs = resolve(packs)
	out := slices.DeleteFunc(slices.Clone(found), func(b finding) bool {
		return b.Rule == rules.GenericSecret && slices.ContainsFunc(packs, func(f finding) bool {
			return f.Confidence > rules.LowConfidence && f.about(b)
		})
	})
	builtin := out
	for _, f := range packs {
		if !slices.ContainsFunc(builtin, f.about) {
			out = append(out, f)
		}
	}
	return out
}

// about says whether two findings are about the same bytes, perhaps in two views.
func (f finding) about(b finding) bool {
	if f.view == b.view {
		return b.pos < f.end && f.pos < b.end
	}
	return f.Location.Line > 0 && f.Location.Line == b.Location.Line && f.Location.Column == b.Location.Column
}
