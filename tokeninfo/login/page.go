package login

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
)

// Page is what the browser shows at the end. It holds no secret.
type Page struct {
	Good  bool
	Title string
	Text  string
	Items []Item
}

// Item is one line of a Page: what became of a scope, whether that is as it
// should be, and what the scope opens.
type Item struct {
	Good              bool
	Word, Name, Means string
}

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// policy lets the page use its own style, by its hash, and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

// send writes the page. What it holds came partly from servers; html/template
// makes text of it. Its length goes before it: the flow ends as soon as the page
// was handed over, and a browser calls a page without an end broken.
func (p Page) send(w http.ResponseWriter) {
	t := template.Must(template.New("page").Parse(pageText))
	var text bytes.Buffer
	_ = t.Execute(&text, struct {
		Page
		Style template.CSS
	}{p, template.CSS(pageStyle)}) // our own template, and a buffer
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	_, _ = w.Write(text.Bytes()) // a browser that went away misses nothing
}
