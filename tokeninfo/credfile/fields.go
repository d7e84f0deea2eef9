package credfile

import (
	"fmt"
	"strings"

	"scopeaudit/tokeninfo"
)

// fields gives access to one JSON object by key, and collects what is odd about
// it. Of a key written twice the last counts, as in every JSON library we know.
type fields struct {
	index    map[string]value
	warnings *[]string
}

func fieldsOf(v value, warnings *[]string) fields {
	f := fields{index: make(map[string]value, len(v.keys)), warnings: warnings}
	for i, key := range v.keys {
		if _, twice := f.index[key]; twice {
			f.warn("a key is written twice: the last one counts")
		}
		f.index[key] = v.items[i]
	}
	return f
}

// warn notes an oddity. Its text names keys of ours and quotes no content.
func (f fields) warn(format string, args ...any) {
	*f.warnings = append(*f.warnings, fmt.Sprintf(format, args...))
}

// look finds a key as we spell it, or all in upper case.
func (f fields) look(key string) (value, bool) {
	if v, ok := f.index[key]; ok {
		return v, true
	}
	v, ok := f.index[strings.ToUpper(key)]
	return v, ok
}

// has reports whether all keys are there, whatever they hold.
func (f fields) has(keys ...string) bool {
	for _, key := range keys {
		if _, ok := f.look(key); !ok {
			return false
		}
	}
	return true
}

func (f fields) get(key string) value {
	v, ok := f.look(key)
	if _, exact := f.index[key]; ok && !exact {
		f.warn("keys are in upper case: google-auth does not find them, Go does")
	}
	return v
}

// text gives a string, empty for anything else.
func (f fields) text(key string) string {
	v := f.get(key)
	if v.kind == text {
		return v.str
	}
	if v.kind != null {
		f.warn("%s is not text", key)
	}
	return ""
}

// secret gives the value of a key that ought to hold a secret.
func (f fields) secret(key string) tokeninfo.Secret {
	s := f.text(key)
	if s == "" && f.has(key) {
		f.warn("%s is present but empty", key)
	}
	return tokeninfo.NewSecret(s)
}

// secretOr is secret for a key that may be missing, and that may be empty too where
// empty says so.
func (f fields) secretOr(key string, empty bool) tokeninfo.Secret {
	if empty || !f.has(key) {
		return tokeninfo.NewSecret(f.text(key))
	}
	return f.secret(key)
}

// name gives the value of a key that is no secret and may be printed. A token
// pasted there is withheld.
func (f fields) name(key string) string {
	s := f.text(key)
	if what := looksSecret(s); what != "" {
		f.warn("%s holds what looks like %s", key, what)
		return ""
	}
	return s
}

// inner gives the fields of an object inside, none where there is no object.
func (f fields) inner(key string) (fields, bool) {
	v := f.get(key)
	return fieldsOf(v, f.warnings), v.kind == object
}

// texts gives the strings of a list of names, none of them secret.
func (f fields) texts(key string) []string {
	var out []string
	for _, item := range f.get(key).items {
		if item.kind == text && looksSecret(item.str) == "" {
			out = append(out, item.str)
		}
	}
	return out
}
