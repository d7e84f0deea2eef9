package decode

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"iter"
	"maps"
	"math/rand/v2"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"scopeaudit/audit/rules"
)

// fataler is a test, or a check of a property.
type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// all gives every view of data, the first of which is data itself.
func all(t fataler, data []byte) []View {
	t.Helper()
	var out []View
	skips, err := Each(data, Limits{}, func(_ Member, views iter.Seq[View]) error {
		out = slices.AppendSeq(out, views)
		return nil
	})
	if err != nil || len(skips) > 0 {
		t.Fatalf("skips %v, error %v", skips, err)
	}
	return out
}

// shown gives the places where marker is new in a view that was decoded. Two
// views may show the same place, where what surrounds it was decoded in another
// order.
func shown(views []View, marker string) []rules.Location {
	var out []rules.Location
	for _, v := range views {
		if v.Ranges == nil {
			continue
		}
		for pos := 0; ; {
			n := bytes.Index(v.Data[pos:], []byte(marker))
			if n < 0 {
				break
			}
			pos += n
			if touches(v.Ranges, pos, pos+len(marker)) {
				if l := v.Place(pos, pos+len(marker)); !slices.ContainsFunc(out, func(o rules.Location) bool { return o.Compare(l) == 0 }) {
					out = append(out, l)
				}
			}
			pos++
		}
	}
	return out
}

const marker = "ya29.EXAMPLE/of_a-token+12"

func each(s, format string) string {
	var b strings.Builder
	for _, r := range []byte(s) {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func inJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b[1 : len(b)-1])
}

func wrapAt(s string, n int, end string) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + end)
		s = s[n:]
	}
	return b.String() + s
}

func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// spellings are ways to write a string. Each is one piece of text, which stands
// between quotes or spaces.
var spellings = map[string]func(string) string{
	"\\x41":        func(s string) string { return each(s, `\x%02x`) },
	"\\u0041":      func(s string) string { return each(s, `\u%04x`) },
	"\\u{41}":      func(s string) string { return each(s, `\u{%x}`) },
	"\\U00000041":  func(s string) string { return each(s, `\U%08x`) },
	"\\101":        func(s string) string { return each(s, `\%03o`) },
	"one \\x":      func(s string) string { return strings.Replace(s, ".", `\x2e`, 1) },
	"percent":      func(s string) string { return each(s, "%%%02X") },
	"percent low":  func(s string) string { return each(s, "%%%02x") },
	"query":        url.QueryEscape,
	"entity":       func(s string) string { return each(s, "&#%d;") },
	"entity hex":   func(s string) string { return each(s, "&#x%X;") },
	"entity name":  func(s string) string { return strings.NewReplacer(".", "&period;", "_", "&lowbar;").Replace(s) },
	"base64":       inBase64,
	"base64 url":   func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"offset 1":     func(s string) string { return inBase64("x" + s) },
	"offset 2":     func(s string) string { return inBase64("xy" + s) },
	"in bytes":     func(s string) string { return inBase64("\x80\x04\x95\x10\x00\x00\x00\x8c" + s) },
	"wrapped 64":   func(s string) string { return wrapAt(inBase64(strings.Repeat("text and ", 9)+s), 64, "\n") },
	"wrapped 76":   func(s string) string { return wrapAt(inBase64(strings.Repeat("text and ", 9)+s), 76, "\r\n    ") },
	"wrapped \\n":  func(s string) string { return wrapAt(inBase64(strings.Repeat("text and ", 9)+s), 76, `\n`) },
	"plus":         func(s string) string { return s[:4] + `" + "` + s[4:9] + "\" +\n\t'" + s[9:] },
	"adjacent":     func(s string) string { return s[:4] + `" "` + s[4:9] + "\"\n    f\"" + s[9:] },
	"shell":        func(s string) string { return s[:4] + `"'` + s[4:9] + "'\"" + s[9:] },
	"commented":    func(s string) string { return s[:4] + "\" // head\n  + \"" + s[4:9] + "\" + # more\n\"" + s[9:] },
	"dot":          func(s string) string { return s[:4] + `" . "` + s[4:9] + `" .. '` + s[9:] },
	"ampersand":    func(s string) string { return s[:4] + "\" & _\r\n \"" + s[4:9] + `" || '` + s[9:] },
	"continued":    func(s string) string { return s[:4] + "\\\n    " + s[4:9] + "\\\r\n" + s[9:] },
	"template":     func(s string) string { return s[:4] + "${'" + s[4:9] + `'}` + s[9:] },
	"code in JSON": func(s string) string { return s[:4] + `\" + \"` + s[4:9] + `\"\n + \"` + s[9:] },
	"an empty one": func(s string) string { return s[:4] + `" + "" + "` + s[4:] },
	"sequences":    func(s string) string { return each(s, "=%02X") },
	"soft end": func(s string) string {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte("\n" + strings.Repeat("a/b+", 16) + s))
		w.Close()
		return b.String()
	},
	"UTF-16":      func(s string) string { return "\x00\x01\x02" + string(encodeUTF16(s, false, false)) + "\x00\xFF" },
	"UTF-16 big":  func(s string) string { return "\x01\x02" + string(encodeUTF16(s, true, false)) + "\xFF\x00" },
	"UTF-16 bare": func(s string) string { return string(encodeUTF16(s, false, false)) },
	"HTML":        func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "+", "&#43;") },
}

// surroundings is text without what the decoders look for.
func surroundings(r *rand.Rand, lines int) string {
	words := []string{"func", "x := 3", "return nil", "the", "quick", "{", "}", "if a < b", "// ü 𝄞", "f(1, 2)", "name: value", "\t", "100%", "a\\b", "printf(\"%d\\n\", x)", "\"key\": \"value\"", "café"}
	var b strings.Builder
	for range lines {
		for range r.IntN(8) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// checkSpelling plants the marker, spelled in the way of spell, into text: one
// view shows it, and says where it stands.
func checkSpelling(t *testing.T, name string, r *rand.Rand, spelled string, exactly int) {
	t.Helper()
	before, after := surroundings(r, r.IntN(200)), surroundings(r, r.IntN(200))
	before += "token = \""
	text := before + spelled + "\"\n" + after
	got := shown(all(t, []byte(text)), marker)
	if len(got) == 0 || len(got) > exactly {
		t.Errorf("%s: shown %d times", name, len(got))
		return
	}
	from, to := Start().Advance([]byte(before)), Start().Advance([]byte(before+spelled))
	for _, l := range got {
		begin, end := Cursor{l.Line, l.Column}, Cursor{l.EndLine, l.EndColumn}
		if less(begin, from) || less(to, end) || !less(begin, end) {
			t.Errorf("%s: placed at %v to %v, but stands at %v to %v", name, begin, end, from, to)
		}
	}
}

func less(a, b Cursor) bool { return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column }

func TestEverySpellingIsShownOnce(t *testing.T) {
	for name, spell := range spellings {
		r := rand.New(rand.NewPCG(1, 2))
		for range 20 {
			checkSpelling(t, name, r, spell(marker), 1)
		}
	}
}

func TestTwoSpellingsOverEachOther(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, pair := range [][2]string{
		{"base64", "\\x41"}, {"base64", "percent"}, {"base64", "base64"}, {"base64", "plus"}, {"base64", "UTF-16"}, {"base64", "entity"},
		{"\\x41", "base64"}, {"\\u0041", "base64"}, {"percent", "base64"}, {"query", "base64"}, {"entity", "base64"}, {"plus", "base64"},
		{"percent", "percent"}, {"percent", "query"}, {"percent", "entity"}, {"\\u0041", "percent"}, {"sequences", "base64"},
		{"wrapped 76", "percent"}, {"UTF-16 bare", "base64"}, {"entity", "UTF-16"},
	} {
		checkSpelling(t, pair[1]+" of "+pair[0], r, spellings[pair[1]](spellings[pair[0]](marker)), 1)
	}
	// JSON in JSON.
	inner := `{"n": 1, "refresh_token": "` + strings.ReplaceAll(marker, "+", `\u002b`) + `"}`
	checkSpelling(t, "JSON in JSON", r, inJSON(inner), 1)
	checkSpelling(t, "JSON in JSON in JSON", r, inJSON(inJSON(`{"refresh_token": "`+marker+`"}`)), 1)
}

// PHP escapes slashes in JSON, and who logs that in JSON escapes the escapes.
func TestEscapedSlashes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, text := range []string{"4/0AEXAMPLE", "1//0EXAMPLE", "EXAMPLE/of/a/long/word/IN+base64/"} {
		for _, slash := range []string{`\/`, `\\/`} {
			spelled := strings.ReplaceAll(text, "/", slash)
			before := surroundings(r, 20) + "x = \""
			if got := shown(all(t, []byte(before+spelled+"\"\n")), text); len(got) != 1 {
				t.Errorf("%s: shown %d times", spelled, len(got))
			}
		}
	}
}

// Whatever the token, and whatever stands around it.
func TestRandomTokens(t *testing.T) {
	names := slices.Sorted(maps.Keys(spellings))
	rapid.Check(t, func(t *rapid.T) {
		token := "ya29." + rapid.StringMatching("[A-Z][a-z][0-9A-Za-z_-]{14,60}").Draw(t, "token")
		name := rapid.SampledFrom(names).Draw(t, "spelling")
		spelled := spellings[name](token)
		if spelled == token {
			return // it has nothing that this way spells otherwise
		}
		around := rapid.SliceOf(rapid.SampledFrom([]string{`x\n`, "%41b", "&amp;", `\\`, `a" "b`, "=3D", "\x00", "é", inBase64("abcdefghijklmnopqrstuvwxyz"), "\n", " ", `{"k": 1}`, "\xFF"}))
		// Enough text that the file is not taken for UTF-16 as a whole.
		before := strings.Repeat("some text ", 30) + strings.Join(around.Draw(t, "before"), " ") + "\nk = \""
		after := "\"\n" + strings.Join(around.Draw(t, "after"), " ")
		for _, v := range all(t, []byte(before+spelled+after)) {
			at := bytes.Index(v.Data, []byte(token))
			if at < 0 || !touches(v.Ranges, at, at+len(token)) {
				continue
			}
			from, to := Start().Advance([]byte(before)), Start().Advance([]byte(before+spelled))
			l := v.Place(at, at+len(token))
			if begin, end := (Cursor{l.Line, l.Column}), (Cursor{l.EndLine, l.EndColumn}); less(begin, from) || less(to, end) {
				t.Fatalf("%s: placed at %v to %v, but %q stands at %v to %v", name, begin, end, spelled, from, to)
			}
			return
		}
		t.Fatalf("%s: %q was not shown between %q and %q", name, spelled, before, after)
	})
}

// The place of a token is where its first and its last character are written.
func TestPlacesAreExact(t *testing.T) {
	for spelled, want := range map[string]string{
		`é "\x79\x61\u0032\u{39}.EXAMPLE"`:                     "1:4-1:32",
		`é "%79a29.EXAMPLE"`:                                   "1:4-1:18",
		"x = \"ya29\" +\n  \".EXAMPLE\" y":                     "1:6-2:12",
		"k: " + inBase64("{\"a\": \"ya29.EXAMPLE\", \"b\":1}"): "1:13-1:30",
	} {
		got := shown(all(t, []byte(spelled)), "ya29.EXAMPLE")
		if len(got) != 1 {
			t.Errorf("%q: shown at %v", spelled, got)
			continue
		}
		if at := fmt.Sprintf("%d:%d-%d:%d", got[0].Line, got[0].Column, got[0].EndLine, got[0].EndColumn); at != want {
			t.Errorf("%q: placed at %s, want %s", spelled, at, want)
		}
	}
}

// A list of words on lines of their own is none that stands for one string.
func TestListsAreNotJoined(t *testing.T) {
	for _, text := range []string{
		"import (\n\t\"fmt\"\n\t\"testing\"\n\n\t\"k8s.io/api/core/v1\"\n\t\"time\"\n)\n",
		"x = [\"a\", \"b\"]", "split(\" \")", "{\"a\": \"b\"}", "f(\"first\\n\" +\n\"second\")", "\"one \" + \"two\"", "<a b=\"c\" d=\"e\">",
		"printf(\"%2d%5d\", 1)", "https?:\\/\\/x", "C:\\new\\table", "timeout=30", "a && b", "regexp(\"^\\\\d+\\\\.x$\")",
	} {
		for _, v := range all(t, []byte(text))[1:] {
			t.Errorf("%q: decoded to %q", text, v.Data)
		}
	}
}

// What makes the decoders work hardest, 4 MiB of it, takes well under a second;
// were one of them quadratic, this test would not end.
func TestHostileTextEnds(t *testing.T) {
	for _, unit := range []string{`\`, `\\u0041`, "%25", "&amp;", "=3D", `a" "`, `"" `, "`${'a'}", "A", "AAAA\n", strings.Repeat("A", 44) + "\n", "\x00", "a\x00", `a\/`, `"a`, "/*", `a"/*`, `a"#`, `a"+`, `\"`, "=\n", "{\"cells\": \"cell_type\""} {
		text := []byte(strings.Repeat(unit, 4<<20/len(unit)))
		if _, err := Each(text, Limits{}, discard); err != nil {
			t.Error(err)
		}
	}
}

// A long text that is encoded throughout comes in pieces, and what lies across
// the end of one lies whole in the next.
func TestSecretsAtPieceBorders(t *testing.T) {
	var hidden strings.Builder
	for _, b := range []byte(strings.Repeat(marker, 8)) {
		fmt.Fprintf(&hidden, `\x%02x`, b)
	}
	fill := strings.Repeat(`\x61`, maxPiece/4)
	for shift := 4; shift < hidden.Len(); shift += 12 {
		data := []byte(fill[:maxPiece-shift] + hidden.String() + fill)
		whole := false
		_, err := Each(data, Limits{}, func(_ Member, views iter.Seq[View]) error {
			for v := range views {
				whole = whole || v.Place != nil && bytes.Contains(v.Data, []byte(strings.Repeat(marker, 8)))
			}
			return nil
		})
		if err != nil || !whole {
			t.Errorf("%d bytes before the border: %v, seen whole: %v", shift, err, whole)
		}
	}
}
