package fakegoogle

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

//go:embed consent.html
var consentHTML string

//go:embed blocked.html
var blockedHTML string

//go:embed pages.css
var pagesCSS string

// pageTemplate reads a template of ours.
func pageTemplate(text string) *template.Template {
	return template.Must(template.New("page").Parse(text))
}

// send writes a page. It holds nothing but our own styles and, on the consent
// page, a form that ends here or at the client.
func (p *page) send(w http.ResponseWriter, status int) {
	form := "form-action 'self'"
	if p.leads != "" {
		form += " " + p.leads // a browser applies the rule to the redirect, too
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	styles := sha256.Sum256([]byte(pagesCSS))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(styles[:])+"'; base-uri 'none'; frame-ancestors 'none'; "+form)
	h.Set("Referrer-Policy", "same-origin") // no-referrer would make the form's Origin null
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	p.template.Execute(w, p.data)
}

// asked is one scope on the consent page.
type asked struct {
	Scope, Short, Text string
	SignIn             bool // has no box: it comes with signing in
}

// consentPage asks the user. The lock is held.
func (s *Server) consentPage(id string, p pending) answer {
	var list []asked
	boxes := 0
	for _, scope := range p.asked {
		info, _ := s.catalogue.Info(scope)
		a := asked{string(scope), scope.Short(), info.Text, identity([]scopes.Scope{scope})}
		if a.Text == "" {
			a.Text = string(scope)
		}
		if !a.SignIn {
			boxes++
		}
		list = append(list, a)
	}
	leads := ""
	if u, err := url.Parse(p.redirect); err == nil {
		leads = u.Scheme + "://" + u.Host
	}
	name := p.client.Name
	if name == "" {
		name = p.client.ID
	}
	return answer{status: http.StatusOK, page: &page{pageTemplate(consentHTML), map[string]any{
		"CSS": template.CSS(pagesCSS), "ID": id, "App": name, "Account": p.user.account, "Testing": p.client.Testing,
		"Asked": list, "Several": boxes > 1, "Action": ConsentPath,
	}, leads}}
}

// wrongConsent says what no consent page sends.
func wrongConsent(q Question) string {
	wrong := q.wrongAnywhere()
	switch {
	case wrong != "":
		return wrong
	case q.Method != http.MethodPost || q.form == nil:
		return "no posted form"
	}
	return ""
}

// consented takes the user's answer, once.
func (s *Server) consented(q Question) answer {
	if foreign := s.foreign(q); foreign != "" || q.Method != http.MethodPost {
		return s.blocked(http.StatusForbidden, "invalid_request", foreign)
	}
	s.mu.Lock()
	id := q.form.Get("id")
	p, waiting := s.pending[id]
	delete(s.pending, id)
	s.mu.Unlock()
	if !waiting {
		return s.blocked(http.StatusBadRequest, "invalid_request", "This question was answered before, or never asked.")
	}
	ticked := slices.DeleteFunc(slices.Clone(p.asked), func(scope scopes.Scope) bool {
		return !identity([]scopes.Scope{scope}) && !slices.Contains(q.form["scope"], string(scope))
	})
	return s.redirect(q, p, ticked, q.form.Get("answer") == "continue")
}

// blocked is the page that Google shows instead of asking.
func (s *Server) blocked(status int, code, why string) answer {
	return answer{status: status, page: &page{template: pageTemplate(blockedHTML), data: map[string]any{
		"CSS": template.CSS(pagesCSS), "Status": status, "Code": code, "Why": strings.TrimSpace(why),
	}}}
}
