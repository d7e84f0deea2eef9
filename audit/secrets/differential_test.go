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
// stands, each searched for by itself, in the input as a whole. There are neither
// prefilter nor windows nor zones. It gives the anchors of matches too.
func everyRule(s *Scanner, data []byte) (leaks []Leak, anchors []int) {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	v := decode.Whole(data)
	lower := lowerASCII(data)
	for _, d := range s.detectors {
		text := data
		if d.fold {
			text = lower
		}
		for _, anchor := range d.anchors {
			for pos := -1; ; {
				next := bytes.Index(text[pos+1:], []byte(anchor))
				if next < 0 {
					break
				}
				pos += 1 + next
				// What a rule may look at is part of the rule.
				low := max(0, pos-reach)
				w := window{data: data[low:min(len(data), pos+reach)], at: pos - low, now: s.now}
				if m, ok := d.match(w); ok {
					anchors = append(anchors, pos)
					p.keep(v, 0, low, w, m)
				}
			}
		}
	}
	p.lines.follow(v, p.found)
	for i := range p.found {
		p.locate(&p.found[i], p.found[i].Location)
	}
	return p.End(), anchors
}

// tangled draws a file: random bytes, text, or source, in which secrets of all
// rules are spliced, into each other too.
func tangled(rng *rand.Rand, size int, pieces []string, source []byte) []byte {
	var data []byte
	var cuts []int
	switch rng.IntN(4) {
	case 0:
		data = make([]byte, size)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
	case 1:
		for len(data) < size {
			data = append(data, "\n \"'=:+/_-.AaZz09"[rng.IntN(17)])
		}
	case 2:
		data = bytes.Repeat([]byte{"A \n=x0\""[rng.IntN(7)]}, size)
	default:
		for len(data) < size {
			from := rng.IntN(len(source))
			data = append(data, source[from:min(len(source), from+rng.IntN(8<<10))]...)
		}
		data = data[:size]
	}
	for range 1 + rng.IntN(24) {
		p := pieces[rng.IntN(len(pieces))]
		if rng.IntN(4) == 0 {
			p = p[rng.IntN(len(p)+1):]
		}
		if rng.IntN(4) == 0 {
			p = p[:rng.IntN(len(p)+1)]
		}
		at := rng.IntN(len(data)+1) * min(1, rng.IntN(16)) // at times right at the start
		if len(cuts) > 0 && rng.IntN(3) == 0 {             // into, or beside, another
			at = min(len(data), cuts[rng.IntN(len(cuts))]+rng.IntN(100))
		}
		data = slices.Insert(data, at, []byte(p)...)
		cuts = append(cuts, at, at+len(p))
	}
	return data
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

// windowedAnyhow scans data in windows as large and overlapping as drawn. Some of
// them end where an anchor is just, or just not, theirs to judge.
func windowedAnyhow(rng *rand.Rand, s *Scanner, data []byte, anchors []int) (leaks []Leak, how string) {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	for at := 0; ; {
		end := at + Overlap + 1 + rng.IntN(20<<10)
		if len(anchors) > 0 && rng.IntN(4) > 0 {
			if border := anchors[rng.IntN(len(anchors))] + reach + rng.IntN(maxLiteral+8) - 4; border > at+Overlap {
				end = border
			}
		}
		end = min(end, len(data))
		how += fmt.Sprintf("[%d:%d] ", at, end)
		p.Scan(decode.View{Data: bytes.Clone(data[at:end]), Offset: int64(at), First: at == 0, Last: end == len(data)})
		if end == len(data) {
			return p.End(), how
		}
		next := end - Overlap
		if rng.IntN(4) == 0 {
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
	data := tangled(rng, size, pieces, source)
	want, anchors := everyRule(s, data)
	if diff := cmp.Diff(want, whole(s, data)); diff != "" {
		t.Fatalf("seed %d, size %d: the engine differs from every rule everywhere (-rules +engine):\n%s", seed, size, diff)
	}
	if got, how := windowedAnyhow(rng, s, data, anchors); !cmp.Equal(want, got) {
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
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("seed %d: read in windows, the text differs (-whole +windows):\n%s", seed, diff)
	}
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
	for _, seed := range []uint64{2506, 2683, 3165, 3373} { // values that the border cuts
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkStream(t, s, seed, parts) })
}
