package fakegoogle

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"scopeaudit/audit/scopes"
)

// answer is a status and the fields of a JSON object or, on the pages that a
// browser sees, a page or a redirect.
type answer struct {
	status   int
	fields   map[string]any
	page     *page
	location string
	// challenge is the WWW-Authenticate header, empty for none.
	challenge string
}

// page is a template of ours and what it shows.
type page struct {
	template *template.Template
	data     any
	// leads is an origin that the page's form may end at, beside our own.
	leads string
}

func (a answer) send(w http.ResponseWriter) {
	if a.challenge != "" {
		w.Header().Set("WWW-Authenticate", a.challenge)
	}
	switch {
	case a.page != nil:
		a.page.send(w, a.status)
	case a.location != "":
		w.Header().Set("Location", a.location)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(a.status)
	case a.fields == nil:
		w.WriteHeader(a.status)
	default:
		sendJSON(w, a.status, a.body())
	}
}

func (a answer) body() string {
	data, err := json.Marshal(a.fields)
	if err != nil {
		panic(err) // strings, numbers, booleans and lists of them only
	}
	return string(data)
}

func sendJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 §5.1
	w.WriteHeader(status)
	w.Write([]byte(body))
}

// ok is an answer with these fields.
func ok(fields map[string]any) answer { return answer{status: http.StatusOK, fields: fields} }

// refusal is an error as RFC 6749 §5.2 has it.
func refusal(code, description string) answer {
	return answer{status: http.StatusBadRequest, fields: map[string]any{"error": code, "error_description": description}}
}

// unauthorized is a refusal of the client itself.
func unauthorized(code, description string) answer {
	a := refusal(code, description)
	a.status = http.StatusUnauthorized
	return a
}

func join(held []scopes.Scope) string {
	names := make([]string, len(held))
	for i, s := range held {
		names[i] = string(s)
	}
	return strings.Join(names, " ")
}
