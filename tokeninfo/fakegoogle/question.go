package fakegoogle

import (
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Question is a request as a Misbehaviour sees it.
type Question struct {
	Request
	http   *http.Request
	server *Server
	answer func(Question) answer
	form   url.Values // of the body
	raw    []byte     // the body
	access string
	token  Token
	known  bool // the token is registered and alive
	now    time.Time
}

// honest is what Google would say. It may change what the stand-in knows: a
// code is used up, a token revoked.
func (q Question) honest() answer { return q.answer(q) }

// read takes a request apart. Google accepts a token in the header, a form body
// or the query; so does the stand-in, though it objects to the last.
func read(r *http.Request) Question {
	q := Question{http: r, Request: Request{
		Method: r.Method, Path: r.URL.Path, Carrier: None,
		Length: r.Header.Get("Content-Length"), UserAgent: r.UserAgent(),
		Cookie: len(r.Header.Values("Cookie")) > 0,
	}}
	q.raw, _ = io.ReadAll(io.LimitReader(r.Body, maxBody))
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		q.form, _ = url.ParseQuery(string(q.raw))
	}
	q.Fields = slices.Sorted(maps.Keys(q.form))
	query := r.URL.Query()
	header, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case query.Has("access_token"):
		q.access, q.Carrier = query.Get("access_token"), Query
	case bearer:
		q.access, q.Carrier = header, Header
	case q.form.Has("access_token"):
		q.access, q.Carrier = q.form.Get("access_token"), Form
	case q.form.Has("token") || q.form.Has("refresh_token") || q.form.Has("code"):
		q.Carrier = Form
	}
	q.TokenInURL = q.Carrier == Query
	for _, name := range []string{"token", "refresh_token", "client_secret", "code_verifier"} {
		q.TokenInURL = q.TokenInURL || query.Has(name)
	}
	q.hideValue(q.access)
	q.GrantType = q.form.Get("grant_type")
	return q
}

// hide notes that the URL holds a secret, and takes it out of the path, which
// is remembered and printed.
func (q *Question) hide(known map[string]Token) {
	for value := range known {
		q.hideValue(value)
	}
}

func (q *Question) hideValue(value string) {
	if value == "" {
		return
	}
	q.TokenInURL = q.TokenInURL || strings.Contains(q.http.RequestURI, value) || strings.Contains(q.http.RequestURI, url.QueryEscape(value))
	q.Path = strings.ReplaceAll(q.Path, value, "…")
}

// wrongAnywhere is what nobody should send to any endpoint.
func (q Question) wrongAnywhere() string {
	switch {
	case q.TokenInURL:
		return "a token in the URL"
	case len(q.raw) == maxBody:
		return "an endless body"
	case q.Cookie && q.Path != AuthPath && q.Path != ConsentPath:
		// To a page, a browser sends those of every server on this address:
		// cookies know no ports.
		return "a cookie"
	}
	return ""
}

// wrongLookup says what nobody should have asked of tokeninfo.
func wrongLookup(q Question) string {
	wrong := q.wrongAnywhere()
	switch {
	case wrong != "":
		return wrong
	case q.Method != http.MethodPost:
		return "not a POST"
	case q.Carrier == None:
		return "no token"
	case q.Carrier == Header && q.http.ContentLength != 0:
		return "a body beside the header"
	}
	return ""
}

// wrongForm says what nobody should have sent to the token and revocation
// endpoints.
func wrongForm(q Question) string {
	wrong := q.wrongAnywhere()
	switch {
	case wrong != "":
		return wrong
	case q.Method != http.MethodPost:
		return "not a POST"
	case q.form == nil:
		return "no form in the body"
	case q.http.Header.Get("Authorization") != "":
		return "an Authorization header, though the form authenticates the client"
	}
	for _, name := range q.Fields {
		if len(q.form[name]) > 1 {
			return "a field given twice" // RFC 6749 §3.2
		}
	}
	return ""
}
