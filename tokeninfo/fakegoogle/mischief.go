package fakegoogle

import (
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"

	"scopeaudit/audit/scopes"
)

// Misbehaviour answers a request as no honest server would. The functions below
// are all there are.
type Misbehaviour func(http.ResponseWriter, Question)

// Slow never answers; it ends when the client leaves or the server closes.
func Slow(_ http.ResponseWriter, q Question) { <-q.http.Context().Done() }

// Drip answers one byte of JSON and then nothing more.
func Drip(w http.ResponseWriter, q Question) {
	sendJSON(w, http.StatusOK, "{")
	http.NewResponseController(w).Flush()
	<-q.http.Context().Done()
}

// Endless answers with a JSON string that has no end.
func Endless(w http.ResponseWriter, q Question) {
	sendJSON(w, http.StatusOK, `{"scope":"`)
	for chunk := []byte(strings.Repeat("a", 4096)); q.http.Context().Err() == nil; {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// Oversize answers honestly, with size bytes of blank space behind.
func Oversize(size int) Misbehaviour {
	return func(w http.ResponseWriter, q Question) {
		a := q.honest()
		sendJSON(w, a.status, a.body()+strings.Repeat(" ", size))
	}
}

// Redirect sends the client to target, which need not be a URL.
func Redirect(status int, target string) Misbehaviour {
	return func(w http.ResponseWriter, _ Question) {
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	}
}

// ContentType answers honestly under another content type.
func ContentType(name string) Misbehaviour {
	return func(w http.ResponseWriter, q Question) {
		a := q.honest()
		w.Header().Set("Content-Type", name)
		w.WriteHeader(a.status)
		w.Write([]byte(a.body()))
	}
}

// HTML answers 200 with the page of a captive portal.
func HTML(w http.ResponseWriter, _ Question) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte("<!doctype html><title>Sign in to the network</title>"))
}

// Status answers with a status and, as Google's front end does, an error in
// JSON that is no OAuth error.
func Status(status int) Misbehaviour {
	return Body(status, `{"error":{"code":`+strconv.Itoa(status)+`,"message":"made to fail"}}`)
}

// Body answers with a status and a body that is called JSON.
func Body(status int, body string) Misbehaviour {
	return func(w http.ResponseWriter, _ Question) { sendJSON(w, status, body) }
}

// NotJSON answers 200 with text that is called JSON.
func NotJSON(w http.ResponseWriter, _ Question) { sendJSON(w, http.StatusOK, "scope=everything") }

// DuplicateKeys answers honestly, with the scope given twice.
func DuplicateKeys(w http.ResponseWriter, q Question) {
	a := q.honest()
	sendJSON(w, a.status, strings.TrimSuffix(a.body(), "}")+`,"scope":"openid"}`)
}

// Without answers honestly but for the named fields, which are left out.
func Without(names ...string) Misbehaviour {
	return edit(func(fields map[string]any) {
		for _, n := range names {
			delete(fields, n)
		}
	})
}

// With answers honestly but for one field.
func With(name string, value any) Misbehaviour {
	return edit(func(fields map[string]any) { fields[name] = value })
}

// NoScope answers without saying what the token may do.
func NoScope(w http.ResponseWriter, q Question) { Without("scope")(w, q) }

// OtherScopes answers with other scopes than the token has.
func OtherScopes(held ...scopes.Scope) Misbehaviour { return With("scope", join(held)) }

// OtherClient answers with another client ID than the token's, in both shapes.
func OtherClient(id string) Misbehaviour {
	return edit(func(fields map[string]any) {
		for _, n := range []string{"aud", "azp", "audience", "issued_to"} {
			if _, ok := fields[n]; ok {
				fields[n] = id
			}
		}
	})
}

// edit changes the fields of an honest 200 answer.
func edit(change func(map[string]any)) Misbehaviour {
	return func(w http.ResponseWriter, q Question) {
		a := q.honest()
		if a.status == http.StatusOK && a.fields != nil {
			a.fields = maps.Clone(a.fields)
			change(a.fields)
		}
		a.send(w)
	}
}

// Invalid answers that the token is not valid, whatever it is.
func Invalid(w http.ResponseWriter, _ Question) { invalidToken().send(w) }

// DescriptionAlone answers as Google's older endpoints do to a token that is
// not valid: without an error code.
func DescriptionAlone(w http.ResponseWriter, q Question) {
	a := q.honest()
	if a.status == http.StatusBadRequest {
		delete(a.fields, "error")
	}
	a.send(w)
}

// HeaderUnseen does not see a token in the header, only one in a form.
func HeaderUnseen(w http.ResponseWriter, q Question) {
	if q.Carrier == Header {
		noToken().send(w)
		return
	}
	q.honest().send(w)
}

// Echo refuses the request and repeats the token in its answer.
func Echo(w http.ResponseWriter, q Question) {
	refusal("invalid_request", "cannot read "+q.access).send(w)
}

// EchoLive calls the token live and repeats it as the user's address.
func EchoLive(w http.ResponseWriter, q Question) { With("email", q.access)(w, q) }

// Cut promises an answer and closes the connection in the middle of it.
func Cut(w http.ResponseWriter, q Question) {
	a := q.honest()
	body := a.body()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	w.Write([]byte(body[:len(body)/2]))
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Reset answers nothing and resets the connection.
func Reset(w http.ResponseWriter, _ Question) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// BadStatusLine answers with something that is not HTTP and repeats the token.
func BadStatusLine(w http.ResponseWriter, q Question) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	conn.Write([]byte("HTTP/1.1 " + q.access + "\r\n\r\n"))
}
