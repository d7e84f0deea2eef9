package main

import (
	"bytes"
	"encoding/base64"
	"strings"
	"text/template"

	"scopeaudit/testdata/bench/manifest"
)

// text is a piece of output and the values that stand in it. Printed, it tells
// the document where that is, so filters may change it as they like.
type text struct {
	doc     *document
	s       string
	values  []*planted
	encoded bool
}

// planted is a value with the bytes of its document between which it stands;
// none for a composite, which lies in the whole.
type planted struct {
	manifest.Value
	start, end int
}

// document is one file while its template is executed.
type document struct {
	drawer
	tmpl   *template.Template
	buf    *bytes.Buffer
	values []*planted
}

func (t text) String() string {
	for _, p := range t.values {
		p.start, p.end = t.doc.buf.Len(), t.doc.buf.Len()+len(t.s)
		p.Encoded = p.Encoded || t.encoded
	}
	return t.s
}

// expand executes one file's template.
func expand(d drawer, source string) (string, []*planted) {
	doc := &document{drawer: d, buf: new(bytes.Buffer)}
	doc.tmpl = template.Must(template.New("").Delims("«", "»").Funcs(doc.functions()).Parse(source))
	check(doc.tmpl.Execute(doc.buf, nil))
	return doc.buf.String(), doc.values
}

func (doc *document) plant(kind manifest.Kind, value string) text {
	p := &planted{Value: manifest.Value{Kind: kind}}
	if kind != manifest.ServiceAccountKey && kind != manifest.CutShort && len(value) > 4 {
		p.Tail = value[len(value)-4:]
	}
	doc.values = append(doc.values, p)
	return text{doc: doc, s: value, values: []*planted{p}}
}

// functions are what a template may say.
func (doc *document) functions() template.FuncMap {
	of := func(kind manifest.Kind) func() text {
		return func() text { return doc.plant(kind, doc.value(kind)) }
	}
	// A composite prints nothing.
	composite := func(kind manifest.Kind, also string) string {
		p := doc.plant(kind, "").values[0]
		p.Also = also
		return ""
	}
	f := template.FuncMap{
		"access":     of(manifest.AccessToken),
		"refresh":    of(manifest.RefreshToken),
		"oldrefresh": of(manifest.LegacyRefreshToken),
		"secret":     of(manifest.ClientSecret),
		"oldsecret":  of(manifest.LegacyClientSecret),
		"apikey":     of(manifest.APIKey),
		"expresskey": of(manifest.ExpressKey),
		"pem":        of(manifest.ServiceAccountKey),
		"code":       of(manifest.AuthorizationCode),
		"fcm":        of(manifest.FCMKey),
		"hmac":       of(manifest.StorageHMAC),
		"cut":        func(prefix string, n int) text { return doc.plant(manifest.CutShort, prefix+doc.from(url64, n)) },
		"full":       func() string { return composite(manifest.FullCredential, "") },
		"over":       func(also string) string { return composite(manifest.FullCredential, also) },
		"client":     func() string { return composite(manifest.OAuthClient, "") },

		// What is no secret.
		"clientid": doc.clientID,
		"hmacid":   doc.hmacID,
		"hex":      func(n int) string { return doc.from(hex, n) },
		"b64":      func(n int) string { return doc.from(b64, n) },
		"url64":    func(n int) string { return doc.from(url64, n) },
		"mappings": func(n int) string { return doc.from(b64+",,,,,;", n) },
		"picture":  func() string { return "iVBORw0KGgoAAAANSUhEUg" + doc.from(b64, 6000) },
		"repeat":   strings.Repeat,
		"alphabet": alphabet,
		"join":     func(parts ...string) string { return strings.Join(parts, "") },
		"literal":  func(s string) text { return text{doc: doc, s: s} },
		"include":  doc.include,

		// Filler up to an offset of the file.
		"lines":    func(to, short int) string { return logLines(doc.drawer, to+short-doc.buf.Len()) },
		"minified": func(to int) string { return minified(doc.drawer, to-doc.buf.Len()) },
	}
	for name, fn := range filters {
		f[name] = func(t text) text { t.s, t.encoded = fn(t.s), true; return t }
	}
	// These leave the value's characters readable, in pieces or within a string.
	f["json"] = func(t text) text { t.s = jsonString(t.s); return t }
	f["split"] = func(sep string, t text) text { return splitAt(len(t.s)/2, sep, t) }
	f["splitat"] = splitAt
	f["softbreak"] = func(at int, t text) text { return splitAt(at, "=\n", t) }
	f["wrap"] = func(width int, t text) text { t.s = wrap(t.s, width); return t }
	return f
}

// include executes a named template, so that a filter can take it as a whole.
func (doc *document) include(name string) (text, error) {
	outer, before := doc.buf, len(doc.values)
	doc.buf = new(bytes.Buffer)
	err := doc.tmpl.ExecuteTemplate(doc.buf, name, nil)
	t := text{doc: doc, s: doc.buf.String(), values: doc.values[before:]}
	doc.buf = outer
	return t, err
}

func splitAt(at int, sep string, t text) text {
	t.s, t.encoded = t.s[:at]+sep+t.s[at:], true
	return t
}

// filters hide a value's characters; each is named as templates name it.
var filters = map[string]func(string) string{
	"base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"percent":      func(s string) string { return eachByte(s, "%%%02X", unreserved) },
	"percentall":   func(s string) string { return eachByte(s, "%%%02x", none) },
	"hexescape":    func(s string) string { return eachByte(s, `\x%02x`, none) },
	"octal":        func(s string) string { return eachByte(s, `\%03o`, none) },
	"unicode":      func(s string) string { return eachByte(s, `\u%04x`, none) },
	"slashunicode": func(s string) string { return strings.ReplaceAll(s, "/", `\u002f`) },
	"slashes":      func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"entities":     func(s string) string { return strings.ReplaceAll(s, "/", "&#x2F;") },
	"entitiesall":  func(s string) string { return eachByte(s, "&#%d;", none) },
}
