package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// corrected is the line of source that asks for what is enough instead of what
// is too wide; empty where it cannot be told from the line alone.
func (c *check) corrected(p needs.Program, a needs.Asked, wide []scopes.Scope) string {
	var more []scopes.Scope
	for _, s := range a.Enough {
		if !slices.Contains(a.Scopes, s) {
			more = append(more, s)
		}
	}
	if len(wide) != 1 || len(more) != 1 {
		return ""
	}
	return c.rewritten(p, wide[0], func(r needs.Request) (string, bool) { return c.spelt(r, more[0]) })
}

// without is the line without a scope.
func (c *check) without(p needs.Program, s scopes.Scope) string {
	return c.rewritten(p, s, func(needs.Request) (string, bool) { return "", true })
}

// added says what to ask for so that no call lacks anything, with the line that
// does where one line can.
func (c *check) added(p needs.Program, a needs.Asked) string {
	var more []scopes.Scope
	for _, s := range p.Least[0] {
		if !slices.Contains(a.Scopes, s) {
			more = append(more, s)
		}
	}
	var kept, gone []scopes.Scope // gone is what the new ones cover
	for _, s := range c.withPower(a.Scopes) {
		if !slices.Contains(p.Least[0], s) && c.within([]scopes.Scope{s}, p.Least[0]) {
			gone = append(gone, s)
		} else {
			kept = append(kept, s)
		}
	}
	text, line := c.shorts(p.Least[0], " and "), ""
	switch {
	case len(gone) == 0 && len(kept) > 0 && len(more) > 0:
		text = c.shorts(more, " and ") + " too"
		for _, s := range kept {
			if line == "" && len(more) == 1 {
				line = c.rewritten(p, s, func(r needs.Request) (string, bool) {
					spelt, ok := c.spelt(r, more[0])
					return r.Text + ", " + spelt, ok && inList(r)
				})
			}
		}
	case len(gone) == 1 && len(more) == 1:
		line = c.rewritten(p, gone[0], func(r needs.Request) (string, bool) { return c.spelt(r, more[0]) })
	}
	return text + line
}

// inList reports whether what asks for a scope is an element of a list, as far as
// its line shows.
func inList(r needs.Request) bool {
	before, _, _ := strings.Cut(r.Line, r.Text)
	if quoteOf(r.Text) == "" {
		return true // a constant of Go's, where more arguments may follow
	}
	depth := 0
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case ']', ')', '}':
			depth++
		case '[', '(', '{':
			if depth == 0 {
				return before[i] == '[' || strings.HasSuffix(before[:i], "[]string")
			}
			depth--
		}
	}
	return false
}

// rewritten is the one line that asks for a scope, with its literal replaced.
func (c *check) rewritten(p needs.Program, s scopes.Scope, by func(needs.Request) (string, bool)) string {
	var line, text string
	var one needs.Request
	for _, r := range p.Requests {
		if r.Scope != s {
			continue
		}
		if line != "" && (r.Line != line || r.Text != text || r.At.Compare(one.At) != 0) {
			return ""
		}
		one, line, text = r, r.Line, r.Text
	}
	if line == "" || strings.Count(line, text) != 1 || !c.isLiteral(one) {
		return ""
	}
	with, ok := by(one)
	if !ok {
		return ""
	}
	before, after, _ := strings.Cut(line, text)
	if with == "" { // with the comma that parts it from others
		switch {
		case strings.HasPrefix(strings.TrimSpace(after), ","):
			after = strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(after), ","), " ")
		case strings.HasSuffix(strings.TrimSpace(before), ","):
			before = strings.TrimSuffix(strings.TrimSpace(before), ",")
		}
	}
	if result := strings.TrimSpace(before + with + after); result != "" {
		if one.At.Cell > 0 {
			return fmt.Sprintf(": in cell %d the line becomes `%s`", one.At.Cell, result)
		}
		return fmt.Sprintf(": line %d becomes `%s`", one.At.Line, result)
	}
	return ""
}

// isLiteral reports whether what stands at a request is that scope and nothing
// else: a quoted text, or a constant of a generated client.
func (c *check) isLiteral(r needs.Request) bool {
	if q := quoteOf(r.Text); q != "" {
		s, known := c.cat.Normalise(strings.Trim(r.Text, q))
		return known && s == r.Scope
	}
	_, name, found := strings.Cut(r.Text, ".")
	return found && name == goConstant(r.Scope)
}

func quoteOf(text string) string {
	if len(text) > 2 && strings.ContainsAny(text[:1], "'\"`") && text[0] == text[len(text)-1] && text[1] != text[0] {
		return text[:1]
	}
	return ""
}

// spelt writes a scope as another is written at a place.
func (c *check) spelt(r needs.Request, s scopes.Scope) (string, bool) {
	if q := quoteOf(r.Text); q != "" {
		return q + string(s) + q, true
	}
	of, _, found := strings.Cut(r.Text, ".")
	old, _ := c.cat.Info(r.Scope)
	info, _ := c.cat.Info(s)
	if !found || !slices.ContainsFunc(info.APIs, func(api string) bool { return slices.Contains(old.APIs, api) }) {
		return "", false // of another package
	}
	return of + "." + goConstant(s), true
}

// goConstant is the name that Google's Go clients give a scope.
//
// Source: google-api-go-generator, as the constants of google.golang.org/api
// show: gmail.readonly is GmailReadonlyScope.
func goConstant(s scopes.Scope) string {
	var b strings.Builder
	name := strings.TrimPrefix(s.Short(), "https://")
	for _, part := range strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String() + "Scope"
}
