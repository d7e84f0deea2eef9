package decode

import (
	"bytes"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
)

// sourceText is about size bytes like source code without encoded parts.
func sourceText(size int) string {
	const text = `// Serve answers requests until the listener is closed; it never returns nil.
func (s *Server) Serve(l net.Listener, options ...Option) error {
	for _, o := range options {
		if err := o.apply(s); err != nil {
			return fmt.Errorf("option %q: %w\n", o.name, err)
		}
	}
	s.names["default"] = map[string]int{"first": 1, "second": 2}
	return s.serveHTTPConnectionsUntilClosed(&l, s.limit*100/3)
}
`
	return strings.Repeat(text, size/len(text)+1)[:size]
}

func discard(_ Member, views iter.Seq[View]) error {
	for range views {
	}
	return nil
}

// BenchmarkGates is what text costs in which there is nothing to decode.
func BenchmarkGates(b *testing.B) {
	data := []byte(sourceText(1 << 20))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Each(data, Limits{}, discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFinders(b *testing.B) {
	data := []byte(sourceText(1 << 20))
	for name, find := range map[string]finder{
		"escapes": escapes, "percents": percents, "entities": entities, "quoted-printable": quotedPrintable, "joints": joints, "wide": wide, "base64": base64s,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			var edits []edit
			for b.Loop() {
				if edits, _ = find(edits[:0], data, 0, len(data), false); len(edits) > 0 {
					b.Fatalf("%d edits, the first %q", len(edits), data[edits[0].start:edits[0].end])
				}
			}
		})
	}
}

// BenchmarkDecoders is what text costs that consists of what they decode.
func BenchmarkDecoders(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 3<<20)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	plain := sourceText(1 << 20)
	for name, text := range map[string]string{
		"\\x41": each(plain, `\x%02x`), "percent": each(plain, "%%%02X"), "entity": each(plain, "&#%d;"), "sequences": each(plain, "=%02X"),
		"joints": strings.Repeat(`"abc" + `, 1<<18), "UTF-16": "\x00\x01\x02" + string(encodeUTF16(plain, false, false)) + "\x00\xFF",
		"base64": inBase64(plain), "wrapped": wrapAt(inBase64(plain), 76, "\n"), "base64 of noise": inBase64(string(noise)),
		"base64 of base64": inBase64(inBase64(plain)), "zeros": string(make([]byte, 1<<20)), "noise": string(noise),
		"backslashes": strings.Repeat(`\`, 1<<20), "quotes": strings.Repeat(`a" "`, 1<<18), "ampersands": strings.Repeat("&", 1<<20),
		"equals": strings.Repeat("=", 1<<20), "lines": strings.Repeat(strings.Repeat("A", 44)+"\n", 1<<15),
		"slashes": strings.Repeat(`a\/`, 1<<18), "quote and space": strings.Repeat(`a"`+strings.Repeat(" ", 200), 1<<12),
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Each(data, Limits{}, discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Whatever the bytes, views stay within them and places are places.
func FuzzEach(f *testing.F) {
	for _, spell := range spellings {
		f.Add([]byte("x = \"" + spell(marker) + "\""))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(m Member, views iter.Seq[View]) error {
			for v := range views {
				last := 0
				for _, r := range v.Ranges {
					if r.Start < last || r.End < r.Start || r.End > len(v.Data) {
						t.Fatalf("ranges %v of %d bytes", v.Ranges, len(v.Data))
					}
					last = r.End
				}
				if v.Place == nil {
					continue
				}
				for at := 0; at <= len(v.Data); at += 1 + len(v.Data)/7 {
					l := v.Place(at, min(len(v.Data), at+3))
					if l.Line < 1 || l.Column < 1 || l.EndLine < l.Line || l.EndLine == l.Line && l.EndColumn < l.Column {
						t.Fatalf("placed at %+v", l)
					}
				}
			}
			return nil
		}
		if _, err := Each(data, Limits{Total: 1 << 20, Member: 1 << 16}, check); err != nil {
			t.Fatal(err)
		}
		if _, err := EachAt(bytes.NewReader(data), int64(len(data)), Limits{Total: 1 << 20, Member: 1 << 16}, check); err != nil && err != io.EOF {
			t.Fatal(err)
		}
	})
}

// What a finder gives lies in the text (an escaped quote may begin before from), and
// is mapped back into itself.
func FuzzFinders(f *testing.F) {
	for _, spell := range spellings {
		for k := range 7 {
			f.Add([]byte("x = \""+spell(marker)+"\""), uint8(k), uint16(3))
		}
	}
	finders := []finder{escapes, percents, entities, quotedPrintable, joints, wide, base64s}
	f.Fuzz(func(t *testing.T, data []byte, which uint8, cut uint16) {
		find := finders[int(which)%len(finders)]
		to := min(int(cut), len(data))
		for from := 0; from < len(data); {
			edits, next := find(nil, data, from, to, cut&1 == 1)
			if next < to && next+minBase64 <= len(data) {
				t.Fatalf("stopped at %d, before %d", next, to)
			}
			j := &joined{}
			for _, e := range edits {
				if e.start < from-3 || e.end <= e.start || e.end > len(data) {
					t.Fatalf("edit %+v in [%d, %d) of %d bytes", e, from, to, len(data))
				}
				at := len(j.data)
				j.expand(data, e)
				if made := len(j.data) - at; made > 4*(e.end-e.start) {
					t.Fatalf("%d bytes from %q", made, data[e.start:e.end])
				} else if made > 0 {
					if start, end := j.span(at, len(j.data)); start < e.start || end > e.end+2 || end <= start {
						t.Fatalf("%q at %d is mapped to [%d, %d)", data[e.start:e.end], e.start, start, end)
					}
				}
			}
			from, to = max(from+1, next), len(data)
		}
	})
}
