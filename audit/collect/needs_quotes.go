package collect

import (
	"scopeaudit/audit/decode"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// quotes takes out of what is known of a program each quotation of its source
// that holds a secret.
type quotes struct{ scanner *secrets.Scanner }

// clean gives the text if it holds no secret, else nothing.
func (q quotes) clean(text string) string {
	if text == "" || HoldsSecret(q.scanner, text) {
		return ""
	}
	return text
}

// HoldsSecret reports whether a text holds what a scanner takes for a secret;
// identifiers are none.
func HoldsSecret(s *secrets.Scanner, text string) bool {
	pass := s.Begin(rules.Location{Origin: rules.Stdin, Path: "-"})
	pass.Scan(decode.Whole([]byte(text)))
	for _, leak := range pass.End() {
		if leak.Rule != rules.GoogleClientID {
			return true
		}
	}
	return false
}

// program cleans what is known of one program.
func (q quotes) program(p *needs.Program) {
	for i := range p.Requests {
		r := &p.Requests[i]
		r.Line, r.When, r.By = q.clean(r.Line), q.clean(r.When), q.clean(r.By)
		if q.clean(r.Text) == "" {
			r.Text, r.Line = "", ""
		}
	}
	for i := range p.Calls {
		c := &p.Calls[i]
		c.Text, c.When = q.clean(c.Text), q.clean(c.When)
	}
	for i := range p.Unresolved {
		u := &p.Unresolved[i]
		u.Text, u.Why = q.clean(u.Text), q.clean(u.Why)
	}
	for i := range p.Flow {
		f := &p.Flow[i]
		f.Text, f.Instead = q.clean(f.Text), q.clean(f.Instead)
	}
	for i := range p.Own {
		p.Own[i].Text = q.clean(p.Own[i].Text)
	}
	for i := range p.Asked {
		p.Asked[i].When = q.clean(p.Asked[i].When)
	}
	for i := range p.Why {
		p.Why[i] = q.clean(p.Why[i])
	}
}
