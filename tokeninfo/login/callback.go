package login

import (
	"crypto/subtle"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"scopeaudit/tokeninfo"
)

// maxParameter is the longest parameter of a callback that is read, in bytes.
// Google's codes have up to 256.
const maxParameter = 4096

// callback answers the requests that reach the loopback listener: the browser's,
// and those of any page and any program on this machine that tries its luck.
type callback struct {
	host, path string // what the redirect URI names
	state      string
	start      string // the path of the address that is handed to the browser
	consent    tokeninfo.Consent

	started, taken atomic.Bool
	codes          chan answer
	result         chan struct{} // closed when page is set
	shown          chan struct{} // closed when the browser has it
	page           Page
}

// ServeHTTP lets one request through: a GET of the redirect URI itself, by its
// own name, that carries the state. All others get a status and no word about
// why, and the true one is still awaited.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy())
	switch {
	// A name that resolves to this machine is DNS rebinding (RFC 8252 names the
	// literal); an Origin is another page's script or form.
	case r.Host != c.host, r.Header.Values("Origin") != nil:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == http.MethodGet && r.URL.Path == "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && r.URL.Path == c.start && c.started.CompareAndSwap(false, true):
		h.Set("Location", c.consent.URL)
		w.WriteHeader(http.StatusFound)
	case r.Method != http.MethodGet || r.URL.Path != c.path:
		w.WriteHeader(http.StatusBadRequest)
	default:
		c.receive(w, r)
	}
}

func (c *callback) receive(w http.ResponseWriter, r *http.Request) {
	a, why := c.read(r.URL.RawQuery)
	if why != "" || !c.taken.CompareAndSwap(false, true) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a.browser = true
	select {
	case c.codes <- a:
	case <-c.result: // the time was over, or the flow interrupted
	}
	<-c.result
	c.page.send(w)
	_ = http.NewResponseController(w).Flush()
	close(c.shown)
}

// read takes a callback's parameters apart. The state is compared first and in
// constant time; nothing else is looked at before. The reason, if any, holds
// nothing of the parameters.
func (c *callback) read(query string) (answer, string) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return answer{}, "it is not an address that a server would make"
	}
	if len(q["state"]) != 1 || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		return answer{}, "it belongs to another sign-in: its state is not this one's"
	}
	code, refusal := q["code"], q["error"]
	switch {
	case !c.fromServer(q["iss"]):
		// The user's own browser brings it: no other answer will come.
		return answer{foreign: true}, ""
	case len(refusal) == 1 && len(code) == 0:
		return answer{refusal: errorCode(refusal[0])}, ""
	case len(code) == 1 && len(refusal) == 0 && code[0] != "" && len(code[0]) <= maxParameter:
		return answer{code: tokeninfo.NewSecret(code[0])}, ""
	}
	return answer{}, "it holds no authorization code"
}

// fromServer reports whether an answer that gives these names of its maker is
// the server's that was asked (RFC 9207, section 2.4).
func (c *callback) fromServer(names []string) bool {
	if len(names) == 0 {
		return !c.consent.NamesItself
	}
	return len(names) == 1 && names[0] == c.consent.Issuer
}

// pasted reads an address that the user copied out of a browser's address bar.
func (c *callback) pasted(text string) (answer, string) {
	if len(text) > 4*maxParameter {
		return answer{}, "it is too long"
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return answer{}, "it is not an address; copy the whole of the browser's address bar, from http:// on"
	case u.Scheme != "http" || u.Host != c.host || u.Path != c.path || u.User != nil:
		return answer{}, "it is not the address that the browser ends on, which begins with http://" + c.host + "/"
	}
	return c.read(u.RawQuery)
}

// errorCode keeps a refusal's code if it has the form of one.
func errorCode(s string) string {
	if s == "" || len(s) > 64 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "an error without a proper code"
	}
	return s
}

// silent is for net/http, which would write about broken requests.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }
