package audit

import (
	"net/url"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// spelling is how a scope is written.
type spelling struct {
	form  form
	owner string       // of a constant: the package or class
	of    scopes.Scope // and what it is
	word  string       // as it stands, of an address
}

// form is a way of writing scopes.
type form string

const (
	inFull    form = "full"
	inShort   form = "short" // gmail.readonly
	inAddress form = "address"
	goForm    form = "go"   // gmail.GmailReadonlyScope
	javaForm  form = "java" // GmailScopes.GMAIL_READONLY
)

// scopeClass ends the names of the classes of constants that Java's clients have.
const scopeClass = "Scopes"

// spellingOf tells how a scope is written, if a text is that scope.
func (c *check) spellingOf(text string, s scopes.Scope) (spelling, bool) {
	if owner, name, found := cutLast(text, "."); found {
		if name == goConstant(s) {
			return spelling{form: goForm, owner: owner, of: s}, true
		}
		if name == javaConstant(s) && strings.HasSuffix(owner, scopeClass) {
			return spelling{form: javaForm, owner: owner, of: s}, true
		}
	}
	plain, err := url.PathUnescape(text)
	if err != nil {
		return spelling{}, false
	}
	if got, known := c.cat.Normalise(plain); got != s || !known && plain != string(s) {
		return spelling{}, false
	}
	switch {
	case plain != text:
		return spelling{form: inAddress, word: text}, true
	case text == s.Short() && text != string(s):
		return spelling{form: inShort}, true
	}
	return spelling{form: inFull}, true
}

// spell writes a scope as another is written; false where that has no name for
// it.
func (c *check) spell(as spelling, s scopes.Scope) (string, bool) {
	switch as.form {
	case inShort:
		return s.Short(), true
	case inAddress:
		return encodedLike(as.word, string(s)), true
	case goForm:
		return as.owner + "." + goConstant(s), c.offers(as.owner, as.of, s)
	case javaForm:
		_, class, _ := cutLast("."+as.owner, ".")
		return as.owner + "." + javaConstant(s), c.offers(strings.ToLower(strings.TrimSuffix(class, scopeClass)), as.of, s)
	}
	return string(s), true
}

// offers reports whether the client of an API, which has a constant for one scope,
// has one for another: it has those that the API's discovery document lists. A
// client of another name, such as DirectoryScopes, is taken for that of the API
// that either scope is named after.
func (c *check) offers(api string, has, s scopes.Scope) bool {
	info, _ := c.cat.Info(s)
	if _, known := c.cat.API(api); known {
		return slices.Contains(info.APIs, api)
	}
	old, _ := c.cat.Info(has)
	return slices.ContainsFunc(old.APIs, func(api string) bool {
		return slices.Contains(info.APIs, api) && (strings.HasPrefix(has.Short(), api) || strings.HasPrefix(s.Short(), api))
	})
}

// encodedLike writes an address with those characters encoded that are so in
// another.
func encodedLike(as, text string) string {
	var pairs []string
	for _, code := range [...]string{"%3A", "%3a", "%2F", "%2f"} {
		if strings.Contains(as, code) {
			plain, _ := url.PathUnescape(code)
			pairs = append(pairs, plain, code)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// goConstant is the name that Google's Go clients give a scope.
//
// Source: google-api-go-generator, as the constants of google.golang.org/api
// show: gmail.readonly is GmailReadonlyScope.
func goConstant(s scopes.Scope) string {
	var b strings.Builder
	for _, part := range nameParts(s) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String() + "Scope"
}

// javaConstant is the name that Google's Java clients give a scope.
//
// Source: https://googleapis.dev/java/google-api-services-gmail/latest/, class
// GmailScopes: gmail.readonly is GMAIL_READONLY.
func javaConstant(s scopes.Scope) string {
	return strings.ToUpper(strings.Join(nameParts(s), "_"))
}

// nameParts are the words of a scope.
func nameParts(s scopes.Scope) []string {
	return strings.FieldsFunc(strings.TrimPrefix(s.Short(), "https://"), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}
