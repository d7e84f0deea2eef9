package main

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/tokeninfo"
)

// hidden stands where a secret stood in a text that is no place for one.
const hidden = "[secret]"

// secretShape matches what Google's secrets look like wherever they were put: a
// token as a file's name, as a scope, as the name of a section or of a policy.
// The bounds leave examples alone that are cut too short to be of use.
func secretShape() *regexp.Regexp {
	return regexp.MustCompile(`ya29\.[\w-]{12,}|1(?:/|%2[Ff]){1,2}0?[\w-]{40,}|4(?:/|%2[Ff])0A[\w-]{20,}|GOCSPX-[\w-]{20,}|` +
		`AIza[\w-]{30,}|AQ\.Ab8R[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*`)
}

// shapeHeads are what the shapes begin with, of which a text must hold one: the
// expression over the texts of all rules took longer than a small tree.
var shapeHeads = [...]string{"ya29.", "1/", "1%2", "4/", "4%2", "GOCSPX-", "AIza", "AQ.Ab8R", "eyJ", "-----BEGIN "}

func mayHoldSecret(s string) bool {
	return slices.ContainsFunc(shapeHeads[:], func(head string) bool { return strings.Contains(s, head) })
}

// redactor takes secrets out of what is about to be printed. Everything before
// it masks what it knows to be a secret; this is for the fields of hostile files
// that are printed for what they should hold.
type redactor struct {
	shape *regexp.Regexp
	known *strings.Replacer
}

// minKnown is the length from which on a value is hidden wherever it occurs; of
// a shorter one the report would lose words.
const minKnown = 12

// newRedactor knows the shapes, and the very values of the credentials.
func newRedactor(held []audit.Held) *redactor {
	var pairs []string
	for _, h := range held {
		c := h.Credential
		for _, s := range []tokeninfo.Secret{c.AccessToken, c.RefreshToken, c.ClientSecret, c.IDToken, c.PrivateKey} {
			if value := s.Reveal(); len(value) >= minKnown {
				pairs = append(pairs, value, hidden)
			}
		}
	}
	return &redactor{secretShape(), strings.NewReplacer(pairs...)}
}

func (r *redactor) text(s string) string {
	s = r.known.Replace(s)
	if !mayHoldSecret(s) {
		return s
	}
	return r.shape.ReplaceAllString(s, hidden)
}

// report hides secrets in every text of a report, whatever fields it has.
func (r *redactor) report(report *audit.Report) { r.value(reflect.ValueOf(report).Elem()) }

func (r *redactor) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if clean := r.text(v.String()); clean != v.String() && v.CanSet() {
			v.SetString(clean)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			r.value(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.value(v.Field(i))
			}
		}
	}
}

// withoutSecrets is for the texts that are no reports.
func withoutSecrets(s string) string { return newRedactor(nil).text(s) }
