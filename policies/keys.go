package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// formatVersion is the version of the policy format that this package reads.
const formatVersion = 1

// Bounds of what a policy says, in characters. They keep reports readable.
const (
	maxName = 80
	maxText = 1000
)

// policy reads the whole file.
func (r *reader) policy(root *node) (*draft, error) {
	d := &draft{root: r.fail(root, "", "")}
	version := 0
	if root.kind != mapping {
		return nil, r.fail(root, fmt.Sprintf("a policy is a mapping of keys, not %s", root.kind),
			"a policy begins with version: 1; a credential file is no policy")
	}
	fields := []field{
		{"version", func(n *node) error { return r.version(n, &version) }},
		{"name", r.prose(&d.Name, maxName)},
		{"description", r.prose(&d.Description, maxText)},
		{"apis", func(n *node) error { return r.apis(n, d) }},
		{"extends", func(n *node) error { d.extends = n; return r.exact(new(string), maxPattern)(n) }},
		{"allow", r.entries(&d.Allowed, true)},
		{"deny", r.entries(&d.Denied, false)},
		{"require", r.entries(&d.Required, false)},
		{"max_power", func(n *node) error { return r.power(n, d) }},
		{"allow_any", func(n *node) error { return r.allowAny(n, d) }},
		{"clients", r.patterns(&d.Clients, checkPattern)},
		{"accounts", r.patterns(&d.Accounts, checkAccount)},
		{"refresh_token", func(n *node) error { return r.permission(n, d) }},
		{"max_lifetime", func(n *node) error { return r.lifetime(n, d) }},
		{"file_mode", func(n *node) error { return r.fileMode(n, d) }},
		{"severity", func(n *node) error { return r.severities(n, d) }},
		{"exceptions", func(n *node) error { return r.exceptions(n, d) }},
	}
	for _, key := range root.keys {
		if isCredentialKey(key.text) {
			return nil, r.fail(key, fmt.Sprintf("key %s belongs to a credential, not to a policy", quote(key.text)),
				"name a credential file with --credential, and a policy with --policy")
		}
	}
	if err := r.fields(root, "a policy", fields); err != nil {
		return nil, err
	}
	if version == 0 {
		return nil, r.fail(root, "the policy has no version", "write version: 1 on its first line")
	}
	if err := d.checkFile(r.o.Catalogue); err != nil {
		return nil, err
	}
	return d, nil
}

// isCredentialKey knows the keys by which credential files give themselves
// away. The key refresh_token is not among them: policies have one too.
func isCredentialKey(key string) bool {
	switch key {
	case "access_token", "token", "token_uri", "client_secret", "client_id", "private_key", "installed", "web":
		return true
	}
	return false
}

func (r *reader) version(n *node, to *int) error {
	v, err := strconv.Atoi(n.text)
	switch {
	case n.kind != number || err != nil:
		return r.fail(n, "version is a whole number", "write version: 1, without quotes")
	case v != formatVersion:
		return r.fail(n, fmt.Sprintf("version %d is not known", v), fmt.Sprintf("this program reads version %d", formatVersion))
	}
	*to = v
	return nil
}

func (r *reader) apis(n *node, d *draft) error {
	var known []string
	for _, api := range r.o.Catalogue.APIs() {
		known = append(known, api.Name)
	}
	return r.list(n, func(n *node) error {
		api, err := r.word(n, "API", known, "name APIs as their method IDs do, such as gmail, drive or calendar")
		if err != nil {
			return err
		}
		if slices.Contains(d.APIs, api) {
			return r.fail(n, fmt.Sprintf("API %q is listed twice", api), "delete one")
		}
		d.APIs = append(d.APIs, api)
		return nil
	})
}

func (r *reader) scope(n *node, to *scopes.Scope) error {
	var s string
	if err := r.exact(&s, maxText)(n); err != nil {
		return err
	}
	scope, known := r.o.Catalogue.Normalise(s)
	if !known {
		hint := "write it as Google lists it, in full or short as in gmail.readonly"
		if near, ok := r.o.Catalogue.Suggest(s); ok {
			info, _ := r.o.Catalogue.Info(near)
			hint = fmt.Sprintf("did you mean %q?", cmp.Or(info.Short, string(near)))
		}
		return r.fail(n, fmt.Sprintf("unknown scope %s", quote(s)), hint)
	}
	*to = scope
	return nil
}

// entries reads a list of scopes with their reasons.
func (r *reader) entries(to *[]Entry, notes bool) func(*node) error {
	return func(n *node) error {
		err := r.list(n, func(n *node) error {
			e := Entry{File: r.file, Line: n.line, Column: n.column}
			if n.kind == text {
				if err := r.scope(n, &e.Scope); err != nil {
					return err
				}
				return r.fail(n, fmt.Sprintf("scope %s is listed without its why", quote(n.text)),
					fmt.Sprintf("write - {scope: %s, why: …}", n.text))
			}
			fields := []field{
				{"scope", func(n *node) error { return r.scope(n, &e.Scope) }},
				{"why", r.prose(&e.Why, maxText)},
			}
			if notes {
				fields = append(fields, field{"note", func(n *node) error {
					var s rules.Severity
					e.Note = &s
					return r.severity(n, e.Note)
				}})
			}
			if err := r.fields(n, "an entry", fields); err != nil {
				return err
			}
			switch {
			case e.Scope == "":
				return r.fail(n, "the entry names no scope", "add scope: and the scope")
			case e.Why == "":
				return r.fail(n, fmt.Sprintf("scope %q is listed without its why", e.Scope), "add why: and the reason, for whoever reads this after you")
			}
			if i := slices.IndexFunc(*to, func(o Entry) bool { return o.Scope == e.Scope }); i >= 0 {
				return r.fail(n, fmt.Sprintf("scope %q is already on line %d", e.Scope, (*to)[i].Line), "two names may mean one scope; delete one")
			}
			*to = append(*to, e)
			return nil
		})
		slices.SortFunc(*to, func(a, b Entry) int { return cmp.Compare(a.Scope, b.Scope) })
		return err
	}
}

func (r *reader) power(n *node, d *draft) error {
	var known []string
	for _, p := range scopes.Powers() {
		known = append(known, string(p))
	}
	s, err := r.word(n, "power", known, "")
	d.MaxPower = scopes.Power(s)
	return err
}

func (r *reader) allowAny(n *node, d *draft) error {
	if n.kind != boolean {
		return r.fail(n, fmt.Sprintf("true or false is wanted here, not %s", n.kind), "")
	}
	d.AllowAny = n.text == "true"
	d.allowAny, d.anyAt = &d.AllowAny, r.fail(n, "", "")
	return nil
}

func (r *reader) patterns(to *[]string, check func(string) (message, hint string)) func(*node) error {
	return func(n *node) error {
		return r.list(n, func(n *node) error {
			var p string
			if err := r.exact(&p, maxText)(n); err != nil {
				return err
			}
			if message, hint := check(p); message != "" {
				return r.fail(n, message, hint)
			}
			if slices.Contains(*to, p) {
				return r.fail(n, fmt.Sprintf("pattern %s is listed twice", quote(p)), "delete one")
			}
			*to = append(*to, p)
			return nil
		})
	}
}

// permission does not repeat a wrong value: in a credential file the key
// refresh_token holds the token.
func (r *reader) permission(n *node, d *draft) error {
	switch p := Permission(n.text); {
	case n.kind == text && (p == Permitted || p == Forbidden):
		d.RefreshToken = p
		return nil
	}
	return r.fail(n, "refresh_token is neither allowed nor forbidden", "write refresh_token: allowed, or refresh_token: forbidden")
}

func (r *reader) lifetime(n *node, d *draft) error {
	const hint = "write hours, minutes and seconds, as in 1h, 30m or 1h30m"
	var s string
	if err := r.exact(&s, maxName)(n); err != nil {
		return err
	}
	life, err := time.ParseDuration(s)
	if err != nil || strings.Trim(s, "0123456789hms") != "" {
		return r.fail(n, fmt.Sprintf("%s is no duration", quote(s)), hint)
	}
	if life < time.Second {
		return r.fail(n, "max_lifetime is zero", hint)
	}
	d.MaxLifetime = life
	return nil
}

func (r *reader) fileMode(n *node, d *draft) error {
	const hint = `write four octal digits in quotes, as in "0600"`
	if n.kind != text {
		return r.fail(n, fmt.Sprintf("file_mode is text, not %s", n.kind), hint)
	}
	mode, err := strconv.ParseUint(n.text, 8, 32)
	switch {
	case err != nil || len(n.text) != 4 || n.text[0] != '0':
		return r.fail(n, fmt.Sprintf("%s is no file mode", quote(n.text)), hint)
	case mode == 0:
		return r.fail(n, "file_mode 0000 lets nobody read the file, its owner included", hint)
	}
	d.FileMode = uint32(mode)
	return nil
}

func (r *reader) severity(n *node, to *rules.Severity) error {
	var known []string
	for _, s := range rules.Severities() {
		known = append(known, s.String())
	}
	s, err := r.word(n, "severity", known, "")
	if err != nil {
		return err
	}
	return to.UnmarshalText([]byte(s))
}
