package secrets

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// everyRule is the oracle: each detector is called wherever one of its anchors
// stands, found by comparing byte by byte, in the input as a whole. There are
// neither prefilter nor windows nor zones.
func everyRule(s *Scanner, data []byte) []Leak {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	v := decode.Whole(data)
	lower := lowerASCII(data)
	for _, d := range s.detectors {
		text := data
		if d.fold {
			text = lower
		}
		for _, anchor := range d.anchors {
			for pos := range text {
				if !bytes.HasPrefix(text[pos:], []byte(anchor)) {
					continue
				}
				// What a rule may look at is part of the rule.
				low := max(0, pos-reach)
				w := window{data: data[low:min(len(data), pos+reach)], at: pos - low, now: s.now}
				if m, ok := d.match(w); ok {
					p.keep(v, 0, low, w, m)
				}
			}
		}
	}
	p.lines.follow(v, p.found)
	for i := range p.found {
		p.locate(&p.found[i], p.found[i].Location)
	}
	return p.End()
}

// tangle is a random file with secrets in it.
type tangle struct {
	data []byte
	cuts []int // where something was put: borders are laid there
}

// tangled draws a file: random bytes, text, or source, in which secrets of all
// rules are spliced, into each other too.
func tangled(rng *rand.Rand, size int, pieces []string, source []byte) tangle {
	var t tangle
	switch rng.IntN(4) {
	case 0:
		t.data = make([]byte, size)
		for i := range t.data {
			t.data[i] = byte(rng.Uint32())
		}
	case 1:
		for len(t.data) < size {
			t.data = append(t.data, "\n \"'=:+/_-.AaZz09"[rng.IntN(17)])
		}
	case 2:
		t.data = bytes.Repeat([]byte{"A \n=x0\""[rng.IntN(7)]}, size)
	default:
		for len(t.data) < size {
			from := rng.IntN(len(source))
			t.data = append(t.data, source[from:min(len(source), from+rng.IntN(8<<10))]...)
		}
		t.data = t.data[:size]
	}
	for range 1 + rng.IntN(24) {
		p := pieces[rng.IntN(len(pieces))]
		if rng.IntN(4) == 0 {
			p = p[rng.IntN(len(p)+1):]
		}
		if rng.IntN(4) == 0 {
			p = p[:rng.IntN(len(p)+1)]
		}
		at := rng.IntN(len(t.data) + 1)
		if len(t.cuts) > 0 && rng.IntN(3) == 0 { // into, or beside, another
			at = min(len(t.data), t.cuts[rng.IntN(len(t.cuts))]+rng.IntN(100))
		}
		t.data = slices.Insert(t.data, at, []byte(p)...)
		t.cuts = append(t.cuts, at, at+len(p))
	}
	return t
}

// ownSource is text as programmers write it: this package.
func ownSource(t testing.TB) []byte {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	var out []byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, data...)
	}
	return out
}

// windowedAnyhow scans data in windows as large and overlapping as drawn, some of
// which end at a secret.
func windowedAnyhow(rng *rand.Rand, s *Scanner, g tangle) (leaks []Leak, how string) {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	for at := 0; ; {
		end := at + Overlap + 1 + rng.IntN(20<<10)
		if len(g.cuts) > 0 && rng.IntN(2) == 0 {
			if cut := g.cuts[rng.IntN(len(g.cuts))] + rng.IntN(9) - 4 + []int{0, reach, -reach, Overlap}[rng.IntN(4)]; cut > at+Overlap {
				end = cut
			}
		}
		end = min(end, len(g.data))
		how += fmt.Sprintf("[%d:%d] ", at, end)
		p.Scan(decode.View{Data: bytes.Clone(g.data[at:end]), Offset: int64(at), First: at == 0, Last: end == len(g.data)})
		if end == len(g.data) {
			return p.End(), how
		}
		next := end - Overlap
		if rng.IntN(2) == 0 {
			next -= rng.IntN(min(maxTail-Overlap, next-at))
		}
		at = max(next, at+1)
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func checkTangle(t fataler, s *Scanner, seed uint64, size int, pieces []string, source []byte) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 2))
	g := tangled(rng, size, pieces, source)
	want := everyRule(s, g.data)
	if diff := cmp.Diff(want, whole(s, g.data)); diff != "" {
		t.Fatalf("seed %d, size %d: the engine differs from every rule everywhere (-rules +engine):\n%s", seed, size, diff)
	}
	if got, how := windowedAnyhow(rng, s, g); !cmp.Equal(want, got) {
		t.Fatalf("seed %d, size %d: windows %s differ (-rules +windows):\n%s", seed, size, how, cmp.Diff(want, got))
	}
}

func TestEngineFindsWhatEveryRuleFinds(t *testing.T) {
	s, parts, source := NewScanner(Key{2}), pieces(t), ownSource(t)
	rapid.Check(t, func(t *rapid.T) {
		checkTangle(t, s, rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 64<<10).Draw(t, "size"), parts, source)
	})
}

func FuzzEngine(f *testing.F) {
	s, parts, source := NewScanner(Key{2}), pieces(f), ownSource(f)
	for seed := range uint64(16) {
		f.Add(seed, uint32(4000*seed), "")
	}
	f.Add(uint64(99), uint32(30<<10), "ya29.")
	f.Fuzz(func(t *testing.T, seed uint64, size uint32, piece string) {
		if len(piece) > 16<<10 {
			return
		}
		with := parts
		if piece != "" {
			with = append(slices.Clip(parts), piece, piece+piece)
		}
		checkTangle(t, s, seed, 1+int(size%(128<<10)), with, source)
	})
}

// hide encodes a text in one of the ways that decoders know.
func hide(rng *rand.Rand, s string) string {
	switch rng.IntN(8) {
	case 0:
		return "\nblob: " + base64.StdEncoding.EncodeToString([]byte("# a file\n"+s)) + "\n"
	case 1:
		return "\n\n" + wrap76("# a file\n"+s) + "\n\n"
	case 2:
		return "\n\"" + escapeJSON(escapeJSON(s)) + "\"\n"
	case 3:
		return "\nGET /?q=" + url.QueryEscape(s) + "\n"
	case 4:
		return "\nx = " + inPieces(2+rng.IntN(3), []string{" + ", " ", " +\n  ", " \\\n  "}[rng.IntN(4)])(s) + "\n"
	case 5:
		return "\n\"" + strings.ReplaceAll(s, "/", `\/`) + "\"\n"
	case 6:
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		}
		return "\n\"" + b.String() + "\"\n"
	}
	return "\n" + s + "\n"
}

// decodedLeaks scans an input as decode reads it.
func decodedLeaks(t testing.TB, s *Scanner, data []byte) []Leak {
	t.Helper()
	var out []Leak
	if _, err := decode.Each(data, decode.Limits{}, func(_ decode.Member, views iter.Seq[decode.View]) error {
		p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
		for v := range views {
			p.Scan(v)
		}
		out = append(out, p.End()...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// streamWindow is about where decode lays its first border in what it reads in
// windows, and streamShared how wide the stretch is that two windows share.
const streamWindow, streamShared = 1 << 20, 64 << 10

// checkStream holds what is found around a border of decode's windows, encoded
// in many ways, to what is found in the same text when it is read as a whole.
func checkStream(t testing.TB, s *Scanner, seed uint64, pieces []string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 3))
	const line = "nothing to see here, nothing to see here\n"
	var text []byte
	for len(text) < streamShared+rng.IntN(streamShared/4) {
		text = append(text, strings.Repeat(line, rng.IntN(60))...)
		text = append(text, hide(rng, pieces[rng.IntN(len(pieces))])...)
	}
	text = append(text, strings.Repeat(line, 1+rng.IntN(300))...)
	lines := (streamWindow - streamShared + rng.IntN(4<<10)) / len(line)
	want := decodedLeaks(t, s, text)
	for i := range want {
		want[i].Location.Line += lines
		want[i].Location.EndLine += lines
	}
	text = append([]byte(strings.Repeat(line, lines)), text...)
	got := decodedLeaks(t, s, text)
	// What the border cuts short may look like something else; it is told beside
	// what it really is.
	got = slices.DeleteFunc(got, func(l Leak) bool {
		return endsAt(l, text, streamWindow) && !slices.ContainsFunc(want, func(w Leak) bool { return cmp.Equal(w, l) })
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("seed %d: read in windows, the text differs (-whole +windows):\n%s", seed, diff)
	}
}

// endsAt says whether a finding ends at an offset, or less than an escape before.
func endsAt(l Leak, text []byte, offset int) bool {
	const escape = 8
	from := decode.Start().Advance(text[:offset-escape])
	to := from.Advance(text[offset-escape : offset])
	end := rules.Location{Line: l.Location.EndLine, Column: l.Location.EndColumn}
	return end.Compare(rules.Location{Line: from.Line, Column: from.Column}) >= 0 && end.Compare(rules.Location{Line: to.Line, Column: to.Column}) <= 0
}

// streamable are the vectors that are text, and no file of a format of its own.
func streamable(t testing.TB) []string {
	var out []string
	for _, p := range pieces(t) {
		if isPlainText(p) && len(p) < 2<<10 && !strings.Contains(p, `"cell_type"`) {
			out = append(out, p)
		}
	}
	return out
}

func TestStreamsAreDecodedAsTheWholeIs(t *testing.T) {
	s, parts := NewScanner(Key{2}), streamable(t)
	for seed := range uint64(10) {
		checkStream(t, s, seed, parts)
	}
}

func FuzzStream(f *testing.F) {
	s, parts := NewScanner(Key{2}), streamable(f)
	for seed := range uint64(4) {
		f.Add(seed + 100)
	}
	f.Add(uint64(2506)) // a value that the border cuts
	f.Add(uint64(2683))
	f.Fuzz(func(t *testing.T, seed uint64) { checkStream(t, s, seed, parts) })
}
