package fakegoogle

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Question is a request as a Misbehaviour sees it.
type Question struct {
	Request
	http   *http.Request
	access string
	token  Token
	known  bool // the token is registered and alive
	now    time.Time
}

// read takes a request apart. Google accepts a token in the header, a form body
// or the query; so does the stand-in, though it objects to the last.
func read(r *http.Request) Question {
	q := Question{http: r, Request: Request{
		Method: r.Method, Path: r.URL.Path, Carrier: None,
		Length: r.Header.Get("Content-Length"), UserAgent: r.UserAgent(),
		Cookie: len(r.Header.Values("Cookie")) > 0,
	}}
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	form, _ := url.ParseQuery(string(body))
	header, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case r.URL.Query().Has("access_token"):
		q.access, q.Carrier = r.URL.Query().Get("access_token"), Query
	case bearer:
		q.access, q.Carrier = header, Header
	case form.Has("access_token") && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded":
		q.access, q.Carrier = form.Get("access_token"), Form
	}
	q.TokenInURL = q.Carrier == Query || q.access != "" && strings.Contains(r.RequestURI, q.access)
	if q.TokenInURL {
		q.Path = strings.ReplaceAll(q.Path, q.access, "…")
	}
	return q
}

// wrong says what nobody should have sent, empty for a proper request.
func (q Question) wrong() string {
	switch {
	case q.Path != Current && q.Path != V2:
		return "no such path"
	case q.TokenInURL:
		return "a token in the URL"
	case q.Method != http.MethodPost:
		return "not a POST"
	case q.Carrier == None:
		return "no token"
	case q.Carrier == Header && q.http.ContentLength != 0:
		return "a body beside the header"
	case q.Cookie:
		return "a cookie"
	}
	return ""
}
