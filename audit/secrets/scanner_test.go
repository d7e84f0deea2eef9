package secrets

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// windows scans data in windows of size bytes that overlap by overlap.
func windows(s *Scanner, data []byte, size, overlap int) []Leak {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	for at := 0; ; at += size - overlap {
		end := min(at+size, len(data))
		// A fresh copy each time, as a reader's buffer is overwritten.
		p.Scan(decode.View{
			Data: bytes.Clone(data[at:end]), Offset: int64(at), First: at == 0, Last: end == len(data),
		})
		if end == len(data) {
			return p.End()
		}
	}
}

func whole(s *Scanner, data []byte) []Leak {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: "f"})
	p.Scan(decode.Whole(data))
	return p.End()
}

// pieces are what texts for the differential tests are made of: every vector.
func pieces(t testing.TB) []string {
	var out []string
	for _, r := range Rules() {
		for _, v := range readVectors(t, r.ID) {
			out = append(out, v.text)
		}
	}
	return out
}

// splice makes a text of filler and vectors, all drawn from seed.
func splice(seed uint64, size int, pieces []string) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	filler := []string{"x", " = ", "\n", "{", "\"", "é", "secret", "token: ", "AAAA", "1//", "\\n", "client_id", strings.Repeat("A", 70)}
	var b bytes.Buffer
	for b.Len() < size {
		for range rng.IntN(400) {
			b.WriteString(filler[rng.IntN(len(filler))])
		}
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.Bytes()
}

func TestWindowsFindWhatAWholeScanFinds(t *testing.T) {
	s, parts := NewScanner(Key{2}), pieces(t)
	rapid.Check(t, func(t *rapid.T) {
		data := splice(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 200<<10).Draw(t, "size"), parts)
		overlap := rapid.IntRange(Overlap, maxTail).Draw(t, "overlap")
		size := rapid.IntRange(overlap+1, overlap+60<<10).Draw(t, "window")
		if len(data)/(size-overlap) > 200 {
			size = overlap + len(data)/200 + 1
		}
		if diff := cmp.Diff(whole(s, data), windows(s, data, size, overlap)); diff != "" {
			t.Fatalf("a scan in windows of %d, overlapping by %d, differs (-whole +windows):\n%s", size, overlap, diff)
		}
	})
}

func FuzzWindows(f *testing.F) {
	s := NewScanner(Key{2})
	for _, p := range pieces(f) {
		f.Add([]byte(p), []byte("\n"), uint16(9000), uint16(100))
	}
	f.Fuzz(func(t *testing.T, piece, filler []byte, pad, step uint16) {
		if len(piece) > 32<<10 || len(filler) > 64 {
			return
		}
		data := append(bytes.Repeat(filler, int(pad)), piece...)
		data = append(data, bytes.Repeat(filler, 3000)...)
		if len(data) > 512<<10 {
			return
		}
		if diff := cmp.Diff(whole(s, data), windows(s, data, Overlap+int(step)+2048, Overlap)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A view that says what is new gives exactly those findings of the whole that
// the new bytes take part in.
func TestRangesKeepWhatTouchesThem(t *testing.T) {
	s := NewScanner(Key{3})
	token := "ya29." + draw("url64", 60, 5)
	text := `a = "` + token + `"` + strings.Repeat("\n", 50) + `refresh_token: "1//0` + draw("url64", 60, 6) + `"` + "\n"
	all := whole(s, []byte(text))
	if len(all) != 2 {
		t.Fatalf("want two findings in the whole, got %v", ruleSet(all))
	}
	key, value := strings.Index(text, "refresh_token"), strings.Index(text, "1//0")
	for _, c := range []struct {
		name   string
		ranges []decode.Range
		want   int
	}{
		{"nothing new", []decode.Range{}, 0},
		{"between", []decode.Range{{Start: 80, End: 100}}, 0},
		{"only the key is new", []decode.Range{{Start: key, End: key + 4}}, 1},
		{"only the last byte is new", []decode.Range{{Start: value + 63, End: value + 64}}, 1},
		{"something was cut out right before", []decode.Range{{Start: 5, End: 5}}, 1},
		{"both", []decode.Range{{Start: 6, End: 7}, {Start: value, End: value + 1}}, 2},
	} {
		p := s.Begin(rules.Location{})
		p.Scan(decode.View{Data: []byte(text), First: true, Last: true, Ranges: c.ranges})
		if got := p.End(); len(got) != c.want {
			t.Errorf("%s: got %v, want %d findings", c.name, ruleSet(got), c.want)
		}
	}
}

// A match at a border that is not the input's own is left to the neighbour.
func TestBordersAreLeftToTheNeighbour(t *testing.T) {
	s := NewScanner(Key{3})
	text := []byte("ya29." + draw("url64", 60, 5))
	for _, c := range []struct {
		first, last bool
		want        int
	}{{true, true, 1}, {true, false, 0}, {false, true, 0}, {false, false, 0}} {
		p := s.Begin(rules.Location{})
		p.Scan(decode.View{Data: text, First: c.first, Last: c.last})
		if got := len(p.End()); got != c.want {
			t.Errorf("first %v, last %v: %d findings, want %d", c.first, c.last, got, c.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	s := NewScanner(Key{})
	token := "ya29." + draw("url64", 60, 5)
	for _, c := range []struct{ name, text, want string }{
		{"second line, after a wide character", "é\nünï = \"" + token + "\"\n", "f:2:8"},
		{"byte-order mark", "\xEF\xBB\xBFt=" + token, "f:1:3"},
		{"UTF-16", utf16le("a\nt=" + token + "\n"), "f:2:3"},
		{"notebook source", `{"cells": [{"cell_type": "code", "execution_count": 7, "source": ["x\n",` + "\n" +
			`  "t = \"` + token + `\""]}]}`, "f:2:10 (cell 1, In [7])"},
		{"notebook output", `{"cells": [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "outputs": [{"text": [` + "\n" +
			`"` + token + `\n"]}]}]}`, "f:2:2 (cell 2, output)"},
		{"notebook metadata", `{"cells": [{"cell_type": "code", "source": ""}],` + "\n" + `"metadata": {"t": "` + token + `"}}`, "f:2:20"},
	} {
		leaks := scan(s, "f", []byte(c.text))
		if len(leaks) != 1 {
			t.Errorf("%s: want one finding, got %v", c.name, leaks)
			continue
		}
		if l := leaks[0].Location; l.String() != c.want || l.EndLine != l.Line || l.EndColumn != l.Column+len(token) {
			t.Errorf("%s: found at %s to %d:%d, want %s and %d more columns", c.name, l, l.EndLine, l.EndColumn, c.want, len(token))
		}
	}
}

func utf16le(s string) string {
	out := "\xFF\xFE"
	for _, r := range s {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

// Pickles, Java object streams and databases are searched as bytes; the length
// that stands before a string may look like a letter of it.
func TestSerialisedValues(t *testing.T) {
	s := NewScanner(Key{})
	refresh := "1//0" + draw("url64", 99, 9) // 103 long: 'g'
	secret := draw("url64", 24, 51)
	client := "GOCSPX-" + draw("url64", 28, 4)
	for _, c := range []struct{ name, text, want string }{
		{"pickle 4", "\x80\x04\x95\x8c\x0e_refresh_token\x94\x8cg" + refresh + "\x94\x8c\x0e_client_secret\x94\x8c\x18" + secret + "\x94u.",
			"google-client-secret-legacy google-refresh-token"},
		{"pickle 2", "\x80\x02X\x0e\x00\x00\x00_refresh_tokenq\x05Xg\x00\x00\x00" + refresh + "q\x06X\x0e\x00\x00\x00_client_secretq\x07X\x18\x00\x00\x00" + secret + "q\x08u.",
			"google-client-secret-legacy google-refresh-token"},
		{"pickle 0", "(dp0\nV_refresh_token\np1\nV" + refresh + "\np2\nsV_client_secret\np3\nV" + client + "\np4\ns.",
			"google-client-secret google-refresh-token"},
		{"pickle 2, with its client", "\x80\x02XH\x00\x00\x00" + clientValue + "q\x05Xg\x00\x00\x00" + refresh + "q\x06X#\x00\x00\x00" + client + "q\x08u.",
			"google-client-id google-client-secret google-full-credential google-refresh-token"},
		{"pickle 2, shape only", "X#\x00\x00\x00" + client + "q\x06u.", "google-client-secret"},
		{"Java", "\xAC\xED\x00\x05sr\x00\x0crefreshTokent\x00g" + refresh + "pxt\x00#" + client + "t\x00\x01a", "google-client-secret google-refresh-token"},
		{"SQLite", "SQLite format 3\x00\x00\x10me@example.com{\"refresh_token\": \"" + refresh + "\"}", "google-refresh-token"},
	} {
		leaks := scan(s, "f", []byte(c.text))
		if got := strings.Join(ruleSet(leaks), " "); got != c.want {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
		for _, l := range leaks {
			for _, value := range []string{refresh, secret, client, clientValue} {
				if l.Tag == s.tag([]byte(value)) || len(l.Parts) > 0 {
					goto known
				}
			}
			t.Errorf("%s: %s has another value than what was stored", c.name, l.Rule)
		known:
		}
	}
}

func TestFindingsAreCapped(t *testing.T) {
	s := NewScanner(Key{})
	var b strings.Builder
	for i := range maxFindings + 10 {
		b.WriteString("ya29." + draw("url64", 30, uint64(i)+1000) + " ")
	}
	p := s.Begin(rules.Location{})
	p.Scan(decode.Whole([]byte(b.String())))
	if n := len(p.End()); n != maxFindings {
		t.Errorf("%d findings, want %d", n, maxFindings)
	}
	if p.Dropped() != 10 {
		t.Errorf("%d dropped, want 10", p.Dropped())
	}
}

func TestFixturesLowerConfidenceAndHideNothing(t *testing.T) {
	s := NewScanner(Key{})
	token := []byte("ya29." + draw("url64", 60, 5))
	for path, want := range map[string]rules.Confidence{
		"src/app.py": rules.HighConfidence, "latest/app.py": rules.HighConfidence, "tests": rules.MediumConfidence,
		"src/tests/app.py": rules.MediumConfidence, "testdata/x": rules.MediumConfidence, "Examples/x": rules.MediumConfidence,
		"src/token_test.go": rules.MediumConfidence, "src/test_token.py": rules.MediumConfidence, "src/token.spec.ts": rules.MediumConfidence,
		"test_token": rules.HighConfidence, "attest.go": rules.HighConfidence, "contest.json": rules.HighConfidence,
	} {
		leaks := scan(s, path, token)
		if len(leaks) != 1 || leaks[0].Confidence != want {
			t.Errorf("%s: %v, want one finding of %v confidence", path, leaks, want)
			continue
		}
		if said := strings.Contains(leaks[0].Message, "test or an example"); said != (want != rules.HighConfidence) {
			t.Errorf("%s: the message is %q", path, leaks[0].Message)
		}
	}
}

func FuzzScan(f *testing.F) {
	s := NewScanner(Key{4})
	for _, p := range pieces(f) {
		f.Add([]byte(p))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, l := range scan(s, "f", data) {
			if len(l.Fingerprint) != 32 || l.Message == "" || l.Location.Line < 1 || l.Location.Column < 1 {
				t.Errorf("an incomplete finding: %+v", l)
			}
		}
	})
}
