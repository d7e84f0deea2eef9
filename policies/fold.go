package policies

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"scopeaudit/audit/scopes"
)

// draft is what one file says, or several folded, with the places that errors
// found after folding point at.
type draft struct {
	Policy
	extends  *node  // nil: extends nothing
	allowAny *bool  // nil: unsaid
	root     *Error // a blank error at the file's beginning
	anyAt    *Error // and at the allow_any that counts
}

// fold adds what d extends. Decode documents the rules.
func (d *draft) fold(base *draft) {
	d.Allowed = foldEntries(d.Allowed, base.Allowed)
	d.Denied = foldEntries(d.Denied, base.Denied)
	d.Required = foldEntries(d.Required, base.Required)
	d.Clients = foldPatterns(d.Clients, base.Clients)
	d.Accounts = foldPatterns(d.Accounts, base.Accounts)
	d.Exceptions = append(d.Exceptions, base.Exceptions...)
	if d.allowAny == nil {
		d.allowAny, d.AllowAny, d.anyAt = base.allowAny, base.AllowAny, base.anyAt
	}
	d.MaxPower = cmp.Or(d.MaxPower, base.MaxPower)
	d.RefreshToken = cmp.Or(d.RefreshToken, base.RefreshToken)
	d.MaxLifetime = cmp.Or(d.MaxLifetime, base.MaxLifetime)
	d.FileMode = cmp.Or(d.FileMode, base.FileMode)
	if base.Severities != nil {
		all := maps.Clone(base.Severities)
		maps.Copy(all, d.Severities)
		d.Severities = all
	}
}

// foldEntries joins two lists, sorted by scope; own counts where both have one.
func foldEntries(own, base []Entry) []Entry {
	out := slices.Clone(own)
	for _, e := range base {
		if !slices.ContainsFunc(own, func(o Entry) bool { return o.Scope == e.Scope }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(a.Scope, b.Scope) })
	return out
}

func foldPatterns(own, base []string) []string {
	out := slices.Clone(own)
	for _, p := range base {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// checkFile finds what contradicts itself within one file. Between files it is
// no contradiction: there the extending file means to narrow its base.
func (d *draft) checkFile(cat *scopes.Catalogue) *Error {
	for _, a := range d.Allowed {
		if e, ok := find(d.Denied, a.Scope, func(denied scopes.Scope) bool { return cat.Covers(a.Scope, denied) }); ok {
			if e.Scope == a.Scope {
				return e.fail(fmt.Sprintf("scope %q is both allowed and denied", e.Scope), "keep one of the two")
			}
			return e.fail(fmt.Sprintf("denied scope %q is part of the allowed %q", e.Scope, a.Scope),
				"whoever holds the allowed one can do all that the denied one could; allow a narrower scope, or delete this line")
		}
		if info, _ := cat.Info(a.Scope); d.PowerExceeds(info) {
			return a.fail(fmt.Sprintf("allowed scope %q has the power %s, above max_power %s", a.Scope, scopes.Greatest(info.Powers), d.MaxPower),
				"raise max_power, or allow a narrower scope")
		}
	}
	return nil
}

// check finds what is missing when all files are folded.
func (d *draft) check(cat *scopes.Catalogue) error {
	if d.AllowAny && d.MaxPower == "" {
		return d.anyAt.with("allow_any needs a max_power", "without one it would allow everything; write max_power: read")
	}
	if len(d.Allowed) == 0 && !d.AllowAny {
		if len(d.Denied)+len(d.Required)+len(d.Clients)+len(d.Accounts) == 0 &&
			d.MaxPower == "" && d.RefreshToken == Unsaid && d.MaxLifetime == 0 && d.FileMode == 0 {
			return d.root.with("the policy holds no rule", "list the scopes it allows under allow, each with its why")
		}
		return d.root.with("the policy allows no scope",
			"what is not listed is not allowed; list scopes under allow, or extend a built-in policy such as identity")
	}
	for _, r := range d.Required {
		if v := d.Judge(r.Scope, cat); !v.Allowed {
			return r.fail(fmt.Sprintf("required scope %q is not allowed", r.Scope), "list it under allow too, or no token can satisfy the policy")
		}
	}
	return nil
}

func (e Entry) fail(message, hint string) *Error {
	return &Error{File: e.File, Line: e.Line, Column: e.Column, Message: message, Hint: hint}
}

func (e *Error) with(message, hint string) *Error {
	return &Error{File: e.File, Line: e.Line, Column: e.Column, Message: message, Hint: hint}
}
