package secrets

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// planted is one kind of Google or OAuth secret: the fields that it consists
// of, as a dictionary would hold them.
type planted struct {
	rule   rules.ID
	fields [][2]string
	at     int    // the field in which the finding begins
	tag    string // what is compared of a secret; none for composites
	parts  int    // of a composite
	plain  bool   // base64 of it, among other bytes, has no head to be known by
}

// plantedKinds are all kinds, drawn from a seed.
func plantedKinds(seed uint64) map[string]planted {
	from := func(set string, n int) string {
		seed++
		return draw(set, n, seed*7919)
	}
	client := func() string { return from("digit", 12) + "-" + from("low", 32) + clientIDSuffix }
	headless := func(p planted) planted { p.plain = true; return p }
	one := func(rule rules.ID, name, value string) planted {
		return planted{rule: rule, fields: [][2]string{{name, value}}, tag: value}
	}
	id, secret, refresh := client(), "GOCSPX-"+from("url64", 28), "1//0"+from("url64", 99)
	pem := []string{from("b64", 64), from("b64", 64), from("b64", 64)}
	hmac := from("b64", 40)
	return map[string]planted{
		"access token":                one(rules.GoogleAccessToken, "token", "ya29."+from("url64", 160)),
		"access token, shortest":      one(rules.GoogleAccessToken, "value", "ya29."+from("an", 20)),
		"access token, cut short":     one(rules.GoogleTokenCutShort, "access_token", "ya29.a0"+from("an", 12)),
		"refresh token":               one(rules.GoogleRefreshToken, "refresh_token", refresh),
		"refresh token, cut short":    one(rules.GoogleTokenCutShort, "refresh_token", "1//0"+from("an", 22)),
		"refresh token, older":        one(rules.GoogleRefreshTokenLegacy, "refresh_token", "1/"+from("url64", 43)),
		"authorization code":          headless(one(rules.GoogleAuthorizationCode, "code", "4/0A"+from("url64", 70))),
		"client ID":                   headless(one(rules.GoogleClientID, "client_id", id)),
		"client ID, oldest":           headless(one(rules.GoogleClientID, "client_id", from("digit", 12)+clientIDSuffix)),
		"client secret":               one(rules.GoogleClientSecret, "client_secret", secret),
		"client secret, older":        one(rules.GoogleClientSecretLegacy, "client_secret", from("an", 24)),
		"API key":                     one(rules.GoogleAPIKey, "api_key", "AIzaSyB"+from("url64", 32)),
		"express key":                 one(rules.GoogleExpressKey, "api_key", "AQ.Ab8R"+from("url64", 46)),
		"messaging server key":        headless(one(rules.GoogleFCMServerKey, "server_key", "AAAA"+from("url64", 7)+":"+from("url64", 140))),
		"service-account key":         {rule: rules.GoogleServiceAccountKey, at: 1, tag: strings.Join(pem, ""), fields: [][2]string{{"type", "service_account"}, {"private_key", "-----BEGIN PRIVATE KEY-----\n" + strings.Join(pem, "\n") + "\n-----END PRIVATE KEY-----\n"}, {"client_email", "a@p.iam.gserviceaccount.com"}}},
		"storage key":                 {rule: rules.GoogleStorageHMAC, plain: true, at: 1, tag: hmac, fields: [][2]string{{"access_id", "GOOG1E" + from("up", 55)}, {"secret", hmac}}},
		"application's identity":      {rule: rules.GoogleOAuthClient, parts: 2, fields: [][2]string{{"client_id", id}, {"client_secret", secret}}},
		"full credential":             {rule: rules.GoogleFullCredential, parts: 3, fields: [][2]string{{"client_id", id}, {"client_secret", secret}, {"refresh_token", refresh}}},
		"full credential, older form": {rule: rules.GoogleFullCredential, parts: 3, fields: [][2]string{{"client_id", client()}, {"client_secret", from("an", 24)}, {"refresh_token", "1/" + from("url64", 43)}}},
	}
}

// opens and closes stand around what a finding must lie in, until the line and
// the cell of it are known; they are no characters of any text.
const opens, closes = "\uE000", "\uE001"

func unmarked(s string) string { return strings.NewReplacer(opens, "", closes, "").Replace(s) }

// place is one way in which people leave secrets.
type place struct {
	path            string
	head, row, tail string // row has {K} and {V}
	value           func(string) string
	within          func(string) string // puts the text into another
	pack            func(testing.TB, string) []byte
	cell            int
	output          bool
	member          string
	headed          bool // only what has a head that base64 is known by
}

func (p place) text(k planted) string {
	rows := p.head
	for i, f := range k.fields {
		v := p.value(f[1])
		if i == k.at {
			v = opens + v + closes
		}
		rows += strings.NewReplacer("{K}", f[0], "{V}", v).Replace(p.row)
	}
	rows += p.tail
	if p.within != nil {
		rows = p.within(rows)
	}
	return rows
}

// quote writes a string literal as Python, JavaScript and JSON all read it.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// escapeJSON is what stands between the quotes of a JSON string.
func escapeJSON(s string) string { q := quote(s); return q[1 : len(q)-1] }

func plain(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }

// inPieces writes a string literal in n pieces.
func inPieces(n int, between string) func(string) string {
	return func(s string) string {
		var pieces []string
		for i := range n {
			pieces = append(pieces, quote(s[len(s)*i/n:len(s)*(i+1)/n]))
		}
		return strings.Join(pieces, between)
	}
}

// block marks all that encode makes of a text.
func block(head string, encode func(string) string, tail string) func(string) string {
	return func(s string) string { return head + opens + encode(unmarked(s)) + closes + tail }
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func wrap76(s string) string {
	var out strings.Builder
	for b := base64Of(s); ; b = b[76:] {
		if len(b) <= 76 {
			return out.String() + b
		}
		out.WriteString(b[:76] + "\n")
	}
}

// sourceCell and the like put a text into a notebook, one line of it on a line.
func notebookLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, "    "+quote(line))
	}
	return strings.Join(lines, ",\n")
}

const notebookHead = "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"metadata\": {}, \"source\": \"# Mail\"},\n" +
	"  {\"cell_type\": \"code\", \"execution_count\": 7, \"metadata\": {},\n"

const notebookTail = "  ]}\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n"

func sourceCell(s string) string {
	return notebookHead + "   \"outputs\": [],\n   \"source\": [\n" + notebookLines(s) + "\n" + notebookTail
}

func streamOutput(s string) string {
	return notebookHead + "   \"source\": [],\n   \"outputs\": [{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": [\n" +
		notebookLines(s) + "]}\n" + notebookTail
}

func resultOutput(s string) string {
	return notebookHead + "   \"source\": \"creds.to_json()\",\n   \"outputs\": [{\"output_type\": \"execute_result\", \"data\": {\"text/plain\": [\n" +
		notebookLines(s) + "]}}\n" + notebookTail
}

// minifiedFiller is a bundle's code, without a line end.
func minifiedFiller(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `function e%d(t,n){return t.k&&n("a%d")||{id:%d,v:"%s"}}`, i, i%7, i, draw("low", 6, uint64(i)))
	}
	return b.String()
}

func utf16As(order binary.ByteOrder, mark bool) func(testing.TB, string) []byte {
	return func(_ testing.TB, s string) []byte {
		units := utf16.Encode([]rune(s))
		if mark {
			units = append([]uint16{0xFEFF}, units...)
		}
		out := make([]byte, 2*len(units))
		for i, u := range units {
			order.PutUint16(out[2*i:], u)
		}
		return out
	}
}

func zipped(t testing.TB, s string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"notes/readme.txt": strings.Repeat("nothing here\n", 50), "config/settings.py": s} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pickles are a dictionary of strings in one protocol each, by the opcodes of
// Python's pickletools.
func picklePlace(protocol int) place {
	text := func(s string) string {
		switch {
		case protocol == 0: // raw-unicode-escape, up to the end of the line
			return "V" + strings.NewReplacer(`\`, `\u005c`, "\n", `\u000a`).Replace(s) + "\np1\n"
		case protocol < 4 || len(s) > 255:
			return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s + "q\x01"
		}
		return "\x8C" + string([]byte{byte(len(s))}) + s + "\x94"
	}
	p := place{path: "token.pickle", row: "{K}{V}", value: text}
	switch protocol {
	case 0:
		p.head, p.tail = "(dp0\n", "."
	case 2:
		p.head, p.tail = "\x80\x02}q\x00(", "u."
	default:
		p.head, p.tail = "\x80\x04\x95\x00\x01\x00\x00\x00\x00\x00\x00}\x94(", "u."
	}
	p.within = func(s string) string { return s }
	return p
}

// text of a pickle's key has its length before it too.
func (p place) pickled(k planted) planted {
	out := k
	out.fields = nil
	for _, f := range k.fields {
		out.fields = append(out.fields, [2]string{p.value("_" + f[0]), f[1]})
	}
	return out
}

func places() map[string]place {
	python := place{path: "app.py", head: "import os\n\n", row: "{K} = {V}\n", tail: "print(1)\n", value: quote}
	object := place{path: "token.json", head: "{\n", row: "  \"{K}\": {V},\n", tail: "  \"end\": 0\n}\n", value: quote}
	with := func(p place, change func(*place)) place {
		change(&p)
		return p
	}
	out := map[string]place{
		"Python source":     python,
		"JavaScript source": {path: "app.js", head: "module.exports = {\n", row: "  {K}: {V},\n", tail: "};\n", value: func(s string) string { return "'" + plain(s) + "'" }},
		"notebook source":   with(python, func(p *place) { p.path, p.within, p.cell = "a.ipynb", sourceCell, 2 }),
		"notebook output, dictionary": {path: "a.ipynb", head: "'{\"expiry\": null", row: `, "{K}": {V}`, tail: "}'", value: quote,
			within: resultOutput, cell: 2, output: true},
		"notebook output, printed": {path: "a.ipynb", head: "signed in\n", row: "{K}: {V}\n", value: plain,
			within: streamOutput, cell: 2, output: true},
		"JSON":             object,
		"JSON, minified":   {path: "token.json", head: `{"a":1`, row: `,"{K}":{V}`, tail: `}`, value: quote},
		".env":             {path: ".env", head: "DEBUG=1\n", row: "{K}={V}\n", value: plain},
		"YAML":             {path: "a.yaml", head: "google:\n", row: "  {K}: {V}\n", value: quote},
		"base64 of a file": with(object, func(p *place) { p.path, p.within = "secret.yaml", block("data:\n  file: ", base64Of, "\n") }),
		"base64 wrapped": with(object, func(p *place) {
			p.path, p.within = "mail.eml", block("Content-Transfer-Encoding: base64\n\n", wrap76, "\n\n--b--\n")
		}),
		"base64 in URL form": with(object, func(p *place) {
			p.path, p.within = "a.txt", block("state=", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }, "&a=b\n")
		}),
		"base64 of each value": {path: "secret.yaml", head: "data:\n", row: "  {K}: {V}\n", value: base64Of},
		"base64 of a known head, among other bytes": with(object, func(p *place) {
			p.path, p.headed = "blob.txt", true
			p.within = block("blob: ", func(s string) string { return base64Of("\x00\x01\xFE\x80\x91\x02\x03" + s) }, "\n")
		}),
		"UTF-16 LE":              with(python, func(p *place) { p.pack = utf16As(binary.LittleEndian, false) }),
		"UTF-16 LE, with a mark": with(python, func(p *place) { p.pack = utf16As(binary.LittleEndian, true) }),
		"UTF-16 BE":              with(python, func(p *place) { p.pack = utf16As(binary.BigEndian, false) }),
		"UTF-16 BE, with a mark": with(python, func(p *place) { p.pack = utf16As(binary.BigEndian, true) }),
		"minified bundle": {path: "bundle.min.js", head: minifiedFiller(20_000) + "var c={a:1", row: `,{K}:{V}`, tail: "};" + minifiedFiller(20_000),
			value: quote},
		"member of a zip": with(python, func(p *place) { p.path, p.pack, p.member = "a.zip", zipped, "config/settings.py" }),
		"percent-encoded": {path: "requests.log", head: "GET /callback?a=b", row: "&{K}={V}", tail: " HTTP/1.1\n", value: url.QueryEscape},
		"percent-encoded, all of it": with(object, func(p *place) {
			p.path, p.within = "requests.log", block("GET /?q=", func(s string) string { return url.QueryEscape(s) }, " HTTP/1.1\n")
		}),
		"JSON escaped": with(object, func(p *place) { p.path, p.within = "log.json", block(`{"m": "`, escapeJSON, "\"}\n") }),
		"JSON doubly escaped": with(object, func(p *place) {
			p.path, p.within = "log.json", block(`{"m": "`, func(s string) string { return escapeJSON(escapeJSON(s)) }, "\"}\n")
		}),
		"pickle 0": picklePlace(0),
		"pickle 2": picklePlace(2),
		"pickle 4": picklePlace(4),
	}
	for _, n := range []int{2, 3} {
		for name, between := range map[string]string{
			"+": " + ", "+ over lines": " +\n    ", "adjacency": " ", "adjacency over lines": "\n    ",
			"line continuation": " \\\n    ", "+ and line continuation": " + \\\n    ",
		} {
			p := with(python, func(p *place) { p.value = inPieces(n, between) })
			if strings.Contains(name, "adjacency over") {
				p.row = "{K} = (\n    {V}\n)\n"
			}
			out["split by "+name+", "+strconv.Itoa(n)+" pieces"] = p
			out["split by "+name+", "+strconv.Itoa(n)+" pieces, in a notebook"] = with(p, func(p *place) { p.path, p.within, p.cell = "a.ipynb", sourceCell, 2 })
		}
	}
	return out
}

// scanAll scans an input with all decoders, as a run does.
func scanAll(t testing.TB, s *Scanner, path string, data []byte) []Leak {
	t.Helper()
	var out []Leak
	skips, err := decode.Each(data, decode.Limits{}, func(m decode.Member, views iter.Seq[decode.View]) error {
		at := rules.Location{Origin: rules.Tree, Path: path}
		if m.Name != "" {
			at.Origin, at.Member = rules.Archive, m.Name
		}
		pass := s.Begin(at)
		for v := range views {
			pass.Scan(v)
		}
		out = append(out, pass.End()...)
		return nil
	})
	if err != nil || len(skips) > 0 {
		t.Fatalf("%s: %v, skipped %v", path, err, skips)
	}
	return out
}

// TestEveryKindInEveryPlace is the matrix: every kind of Google and OAuth secret
// in every place where people leave them is found by its own rule, where it is.
func TestEveryKindInEveryPlace(t *testing.T) {
	s := NewScanner(Key{5})
	for name, p := range places() {
		for kind, k := range plantedKinds(1) {
			if p.headed && k.plain {
				continue // without a head, base64 of bytes is as good as random
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				if strings.HasPrefix(name, "pickle") {
					k = p.pickled(k)
				}
				checkPlanted(t, s, p, k)
			})
		}
	}
}

func checkPlanted(t *testing.T, s *Scanner, p place, k planted) {
	t.Helper()
	text := p.text(k)
	open, shut := strings.Index(text, opens), strings.Index(text, closes)
	first, last := 1+strings.Count(text[:open], "\n"), 1+strings.Count(text[:shut], "\n")
	text = unmarked(text)
	data := []byte(text)
	if p.pack != nil {
		data = p.pack(t, text)
	}
	leaks := scanAll(t, s, p.path, data)
	var there []Leak
	for _, l := range leaks {
		at := l.Location
		if l.Rule == k.rule && first <= at.Line && at.EndLine <= max(last, at.Line) && at.Cell == p.cell && at.Output == p.output && at.Member == p.member &&
			(k.tag == "" || l.Tag == s.tag([]byte(k.tag))) && len(l.Parts) == k.parts {
			there = append(there, l)
		}
	}
	if len(there) != 1 {
		t.Errorf("want %s in lines %d to %d, found %s", k.rule, first, last, describe(leaks))
	}
	// Nothing else is found but what it is made of.
	for _, l := range leaks {
		if l.Rule != k.rule && k.parts == 0 {
			t.Errorf("found %s as well", describe([]Leak{l}))
		}
	}
}

func describe(leaks []Leak) string {
	if len(leaks) == 0 {
		return "nothing"
	}
	var out []string
	for _, l := range leaks {
		out = append(out, fmt.Sprintf("%s at %s to %d:%d (%s, %d parts)", l.Rule, l.Location, l.Location.EndLine, l.Location.EndColumn, l.Masked, len(l.Parts)))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// TestEveryRuleInEveryPlace takes what the vectors of all rules hold through the
// places that any text may come to lie in.
func TestEveryRuleInEveryPlace(t *testing.T) {
	s := NewScanner(Key{5})
	forms := map[string]struct {
		path string
		form func(string) string
		cell int
	}{
		"JSON string":          {"log.json", func(v string) string { return `{"m": "` + escapeJSON(v) + `"}` }, 0},
		"notebook output":      {"a.ipynb", streamOutput, 2},
		"notebook source":      {"a.ipynb", sourceCell, 2},
		"base64":               {"a.yaml", func(v string) string { return "data:\n  file: " + base64Of("# a file\n"+v) + "\n" }, 0},
		"base64 wrapped":       {"a.eml", func(v string) string { return "\n" + wrap76("# a file\n"+v) + "\n\n" }, 0},
		"member of a notebook": {"a.ipynb", func(v string) string { return `{"cells":[{"cell_type":"code","source":"` + escapeJSON(v) + `"}]}` }, 1},
	}
	for _, r := range Rules() {
		split := 0
		for _, v := range readVectors(t, r.ID) {
			if !slices.Contains(v.expect, string(r.ID)) || strings.HasSuffix(v.path, ".ipynb") || !isPlainText(v.text) {
				continue
			}
			for name, f := range forms {
				t.Run(string(r.ID)+"/"+v.name+"/"+name, func(t *testing.T) {
					leaks := scanAll(t, s, f.path, []byte(f.form(v.text)))
					if !slices.ContainsFunc(leaks, func(l Leak) bool { return l.Rule == r.ID && l.Location.Cell == f.cell }) {
						t.Errorf("want %s in cell %d, found %s", r.ID, f.cell, describe(leaks))
					}
				})
			}
			for _, between := range []string{`" + "`, `" "`, "\" +\n  \"", "\" \\\n  \""} {
				text, ok := cutValue(s, v.text, r.ID, between)
				if !ok {
					continue
				}
				split++
				t.Run(string(r.ID)+"/"+v.name+"/split by "+strconv.Quote(between), func(t *testing.T) {
					if leaks := scanAll(t, s, v.path, []byte(text)); !slices.Contains(ruleSet(leaks), string(r.ID)) {
						t.Errorf("want %s, found %s in %q", r.ID, describe(leaks), text)
					}
				})
			}
		}
		if split == 0 && r.ID != rules.GoogleFullCredential && r.ID != rules.GoogleOAuthClient {
			t.Errorf("%s has no vector with its value between quotes", r.ID)
		}
	}
}

func isPlainText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r == '\uFFFD' || r < ' ' && r != '\n' && r != '\t' && r != '\r' }) < 0
}

// cutValue cuts the value of a rule's finding in two, if it stands in a string
// between double quotes.
func cutValue(s *Scanner, text string, rule rules.ID, between string) (string, bool) {
	p := s.Begin(rules.Location{})
	p.Scan(decode.Whole([]byte(text)))
	for _, f := range p.found {
		line, _, _ := strings.Cut(text[f.pos:], "\n")
		before := text[strings.LastIndexByte(text[:f.pos], '\n')+1 : f.pos]
		if f.Rule != rule || int64(len(line)) < f.end-f.pos || strings.Count(before, `"`)%2 == 0 || strings.Contains(before, `\`) {
			continue
		}
		middle := int(f.pos+f.end) / 2
		if text[middle-1] == '\\' {
			middle++
		}
		return text[:middle] + between + text[middle:], true
	}
	return "", false
}
