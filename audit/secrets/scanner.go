package secrets

import (
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// Scanner finds secrets. It is immutable and safe for concurrent use; what is
// learned about one input is held by a Pass.
type Scanner struct {
	key       Key
	prefilter *prefilter
	detectors []detector
	packs     *packSet // nil: none
	now       time.Time
	tells     func(data []byte, pos int) bool // nil: nothing is watched for
	reveal    func(Tag, string)               // nil: no value leaves
}

// NewScanner makes a scanner with all built-in rules and those of the packs,
// whose equality tags are made under key.
func NewScanner(key Key, packs ...*Pack) *Scanner {
	s := &Scanner{key: key, detectors: builtinDetectors(), packs: newPackSet(packs)}
	s.prefilter = newPrefilter(s.anchors())
	return s
}

// anchors are what the detectors hang on, by the index of each.
func (s *Scanner) anchors() []literal {
	var literals []literal
	for i, d := range s.detectors {
		for _, anchor := range d.anchors {
			literals = append(literals, literal{text: anchor, fold: d.fold, id: i})
		}
	}
	return literals
}

// Watching gives a scanner that looks for further literals on its way, at no
// cost: [Pass.Watched] says whether one was met at a place that tells accepts.
// Each has 3 to 32 bytes.
func (s *Scanner) Watching(literals []string, tells func(data []byte, pos int) bool) *Scanner {
	watching := *s
	watching.tells = tells
	all := s.anchors()
	for _, text := range literals {
		all = append(all, literal{text: text, id: len(s.detectors)})
	}
	watching.prefilter = newPrefilter(all)
	return &watching
}

// At gives a scanner that judges what expires by the given time; without one a
// token's end is told and not judged.
func (s *Scanner) At(now time.Time) *Scanner {
	judging := *s
	judging.now = now
	return &judging
}

// Revealing gives a scanner that hands over the value of each secret that it
// meets, by its tag: for the one that a user pointed at and wants to end. All
// else that is found stays as it is, without a value.
func (s *Scanner) Revealing(reveal func(Tag, string)) *Scanner {
	revealing := *s
	revealing.reveal = reveal
	return &revealing
}

// maxFindings is how many matches one input may have. What comes after is
// counted, not kept: a bundle of one line may hold a hundred thousand.
const maxFindings = 5000

// Pass scans one input: a file, an archive member, a git object. Its views are
// given in order; what stands together in one input is joined at the end.
type Pass struct {
	scanner  *Scanner
	base     rules.Location
	found    []finding
	dropped  int
	silenced int // by allowlists of packs
	packs    *packPass
	views    int
	watched  bool
	far      bool // an anchor was met that looks far
	lines    lines
	// decided is the offset up to which every anchor of the input itself was
	// judged by an earlier window.
	decided int64
}

// finding is a match with its place; the secret is gone from it.
type finding struct {
	Leak
	pos, end int64 // in the input; in the order of views where a view has a map
	view     int   // which view pos counts in; zero for the input itself
	named    bool  // its fingerprint is made of key name and ordinal
	fact     bool
	pack     bool // a pack's rule found it
	paired   bool // its other half was found
}

// Begin starts an input. Origin, Path, Member, Blob… of base are copied into
// every location.
func (s *Scanner) Begin(base rules.Location) *Pass {
	return &Pass{scanner: s, base: base, lines: lines{at: decode.Start()}, packs: s.packs.begin(base)}
}

// Scan looks at one view of the input.
//
// The windows of a large input are given in order and overlap by Overlap bytes
// at least (and by 64 KiB at most, or lines are not known from there on); then
// every finding is the same as if the whole had been one view. Data is not kept. With Ranges,
// those findings are kept that rest on a byte in, or right beside, one of them.
func (p *Pass) Scan(v decode.View) {
	p.views++
	from, to := 0, len(v.Data)
	if !v.First {
		from = reach
	}
	if !v.Last {
		to -= reach
	}
	id := 0
	if v.Place != nil {
		id = p.views
	} else if from < to {
		from = max(from, int(min(p.decided-v.Offset, int64(len(v.Data)))))
		p.decided = max(p.decided, v.Offset+int64(to))
	}
	first := len(p.found)
	p.packs.enter(v, p.scanner.packs)
	if p.packs != nil {
		for _, r := range zones(v.Ranges, from, to, reach) {
			p.scanPacks(v, id, r.Start, r.End)
		}
	}
	margin := reach
	if v.Delta {
		margin = nearReach
	}
	for _, r := range zones(v.Ranges, from, to, margin) {
		p.scanner.prefilter.each(v.Data, r.Start, r.End, func(d, pos int) {
			if d == len(p.scanner.detectors) {
				p.watched = p.watched || p.scanner.tells(v.Data, pos)
				return
			}
			low := max(0, pos-reach)
			w := window{data: v.Data[low:min(len(v.Data), pos+reach)], at: pos - low, now: p.scanner.now}
			detector := &p.scanner.detectors[d]
			p.far = p.far || detector.looksFar(w)
			if m, ok := detector.match(w); ok && touches(v.Ranges, low+m.from, low+m.to) && (v.Cut == 0 || low+m.from < v.Cut) {
				p.keep(v, id, low, w, m)
			}
		})
	}
	if v.Place != nil {
		for i := range p.found[first:] {
			f := &p.found[first+i]
			p.locate(f, v.Place(int(f.pos-v.Offset), int(f.end-v.Offset)))
		}
		return
	}
	p.lines.follow(v, p.found[first:])
	for i := range p.found[first:] {
		p.locate(&p.found[first+i], p.found[first+i].Location)
	}
}

// Dropped says how many matches were counted and not kept, because the input
// has more than any reader could use.
func (p *Pass) Dropped() int { return p.dropped }

// Watched says whether a literal was met that the scanner is [Scanner.Watching]
// for.
func (p *Pass) Watched() bool { return p.watched }

// Met says whether anything was found that is a secret, or may become one beside
// another part, or would be one in another place. What is made from such an input
// by changing it is to be searched whole, and not only where it was changed.
func (p *Pass) Met() bool { return p.far || len(p.found)+p.dropped+p.silenced > 0 }

// Silenced says how many matches the allowlists of packs silenced.
func (p *Pass) Silenced() int { return p.silenced }

// keep turns a match into a finding without the secret.
func (p *Pass) keep(v decode.View, view, low int, w window, m match) {
	if p.allowed(w, m) {
		p.silenced++
		return
	}
	if len(p.found) >= maxFindings {
		p.dropped++
		return
	}
	value := m.value
	if value == nil {
		value = w.data[m.start:m.end]
	}
	tag := p.scanner.tag(value)
	if p.scanner.reveal != nil {
		p.scanner.reveal(tag, string(value))
	}
	p.found = append(p.found, finding{
		Leak: Leak{
			Rule: m.rule, Kind: m.kind, Severity: m.severity, Confidence: m.confidence, Message: m.message,
			Masked: mask(m, value), Tag: tag, KeyName: m.key, ClientID: m.clientID,
			Fingerprint: p.fingerprint(m, value),
		},
		pos: v.Offset + int64(low+m.start), end: v.Offset + int64(low+m.end), view: view,
		named: !m.lasting(value), fact: m.fact, pack: m.pack,
	})
}

// locate puts the place of a finding onto the place of the input.
func (p *Pass) locate(f *finding, at rules.Location) {
	l := p.base
	l.Line, l.Column, l.EndLine, l.EndColumn = at.Line, at.Column, at.EndLine, at.EndColumn
	if at.Cell != 0 {
		l.Cell, l.Execution, l.Output = at.Cell, at.Execution, at.Output
	}
	f.Location = l
}

// zones are the parts of [from, to) in which an anchor may have to do with one
// of the ranges, which is within margin of it; nil ranges mean all of it.
func zones(ranges []decode.Range, from, to, margin int) []decode.Range {
	if from >= to {
		return nil
	}
	if ranges == nil {
		return []decode.Range{{Start: from, End: to}}
	}
	var out []decode.Range
	for _, r := range ranges {
		z := decode.Range{Start: max(from, r.Start-margin), End: min(to, r.End+margin)}
		if n := len(out); n > 0 && z.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, z.End)
		} else if z.Start < z.End {
			out = append(out, z)
		}
	}
	return out
}

// touches says whether [from, to) has a byte in, or a border on, a range: what
// was put right before or behind old text may have made it a secret.
func touches(ranges []decode.Range, from, to int) bool {
	if ranges == nil {
		return true
	}
	i, _ := slices.BinarySearchFunc(ranges, from, func(r decode.Range, from int) int {
		if r.End < from {
			return -1
		}
		return 1
	})
	return i < len(ranges) && ranges[i].Start <= to
}

// End returns what the input holds: each secret once per place, and composites,
// in the order of their places.
func (p *Pass) End() []Leak {
	builtin, packs := byPacks(p.found)
	found := pairStorage(builtin)
	pairAWS(found)
	found = resolve(found)
	found = append(underPacks(found, packs), p.names()...)
	p.number(found)
	found = compose(found)
	var leaks []Leak
	fixture := isFixture(p.base.Path) || isFixture(p.base.Member)
	for _, f := range found {
		if f.fact {
			continue
		}
		// A copy of what the user named is what it is wherever it lies.
		if fixture && f.Confidence > rules.LowConfidence && f.Rule != rules.CredentialCopy {
			f.Confidence--
			f.Message += "; by its path it may be made up for a test or an example"
		}
		leaks = append(leaks, f.Leak)
	}
	slices.SortStableFunc(leaks, compareLeaks)
	return leaks
}

func compareLeaks(a, b Leak) int {
	if c := a.Location.Compare(b.Location); c != 0 {
		return c
	}
	return strings.Compare(string(a.Rule), string(b.Rule))
}
