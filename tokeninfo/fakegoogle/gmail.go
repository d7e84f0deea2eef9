package fakegoogle

import (
	"net/http"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

const metadataScope = "https://www.googleapis.com/auth/gmail.metadata"

// call is one call of a Gmail method.
type call struct {
	scopes.Method
	values map[string]string // of the variables in the method's path
}

// OpenGmail starts Gmail with these messages in everybody's mailbox; opened
// again, it starts afresh. Every method is known by its path and refused
// without one of its scopes; of those that a token may call, the stand-in
// serves the ones that a thief would try first and objects to the rest.
func (s *Server) OpenGmail(catalogue *scopes.Catalogue, messages ...Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mailbox = newMailbox(messages)
	if s.calls != nil && s.catalogue == catalogue {
		return
	}
	s.catalogue, s.calls = catalogue, nil
	for id, api := range catalogue.IDs() {
		if api != "gmail" {
			continue
		}
		if m, ok := catalogue.Method(id); ok {
			s.calls = append(s.calls, m)
		}
	}
}

// Mail lists what the mailbox holds now.
func (s *Server) Mail() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mailbox == nil {
		return nil
	}
	return s.mailbox.list()
}

// call finds the method that a request calls.
func (s *Server) call(q *Question) (call, bool) {
	for _, m := range s.calls {
		if values, ok := match(m.Path, q.http.URL.Path); ok && m.Verb == q.Method {
			q.Call = m.ID
			return call{m, values}, true
		}
	}
	return call{}, false
}

// match compares a path with a method's, and takes the variables out.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(want) != len(got) {
		return nil, false
	}
	values := make(map[string]string)
	for i, part := range want {
		name, variable := strings.CutPrefix(part, "{")
		name, action, _ := strings.Cut(name, "}")
		value, ok := strings.CutSuffix(got[i], action)
		switch {
		case !variable && part != got[i], variable && (!ok || value == ""):
			return nil, false
		case variable:
			values[name] = value
		}
	}
	return values, true
}

// wrongCall says what nobody should have sent to Gmail.
func wrongCall(q Question) string {
	wrong := q.wrongAnywhere()
	switch {
	case wrong != "":
		return wrong
	case q.Carrier != Header:
		return "no token in the header"
	}
	return ""
}

// gmail answers a call, if the token may make it.
func (s *Server) gmail(q Question, c call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := q.http.URL.Query()
	metadata := slices.Contains(q.token.Scopes, metadataScope)
	switch {
	case !q.known || q.Carrier != Header:
		return q.unauthenticated(c)
	case !slices.ContainsFunc(q.token.Scopes, func(held scopes.Scope) bool { return slices.Contains(c.Scopes, held) }):
		return insufficient(c)
	case metadata && query.Has("q"):
		return forbidden("Metadata scope does not support 'q' parameter")
	case metadata && bodies(c.ID, query.Get("format")) != "":
		return forbidden("Metadata scope doesn't allow format " + bodies(c.ID, query.Get("format")))
	case c.values["userId"] != "me" && c.values["userId"] != q.token.Account:
		return forbidden("Delegation denied for " + q.token.Account)
	}
	a, served := s.mailbox.serve(q, c)
	if !served {
		s.object(q, "the token may, but the stand-in does not serve "+c.ID)
		return apiError(http.StatusNotImplemented, "UNIMPLEMENTED", "The stand-in does not serve this method.", "notImplemented")
	}
	return a.only(query.Get("fields"))
}

// bodies is the format of an answer that would hold content, empty for none.
func bodies(id, format string) string {
	if id != "gmail.users.messages.get" && id != "gmail.users.threads.get" && id != "gmail.users.drafts.get" {
		return ""
	}
	switch strings.ToUpper(format) {
	case "MINIMAL", "METADATA":
		return ""
	case "RAW":
		return "RAW"
	}
	return "FULL" // also where none is named
}

// only keeps the fields that a request asked for by their names; what is
// selected within them is not cut.
func (a answer) only(fields string) answer {
	if fields == "" || fields == "*" || a.status != http.StatusOK {
		return a
	}
	kept := make(map[string]any)
	depth := 0
	names := strings.FieldsFunc(fields, func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return r == ',' && depth == 0
	})
	for _, name := range names {
		name = strings.TrimSpace(name)
		if i := strings.IndexAny(name, "/("); i >= 0 {
			name = name[:i]
		}
		if value, ok := a.fields[name]; ok {
			kept[name] = value
		}
	}
	a.fields = kept
	return a
}
