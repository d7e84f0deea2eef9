package policies

import (
	"fmt"
	"strings"
	"time"

	"scopeaudit/audit/rules"
)

func (r *reader) severities(n *node, d *draft) error {
	if n.kind != mapping {
		return r.fail(n, fmt.Sprintf("severity is a mapping of rules, not %s", n.kind), "write scope-excess: high, say, on a line of its own")
	}
	if len(n.keys) == 0 {
		return r.fail(n, "the mapping is empty", "add a rule, or delete the key")
	}
	d.Severities = map[rules.ID]rules.Severity{}
	for i, key := range n.keys {
		rule, err := r.rule(key)
		if err != nil {
			return err
		}
		var s rules.Severity
		if err := r.severity(n.items[i], &s); err != nil {
			return err
		}
		d.Severities[rule] = s
	}
	return nil
}

func (r *reader) rule(n *node) (rules.ID, error) {
	var known []string
	for _, id := range r.o.Rules {
		known = append(known, string(id))
	}
	s, err := r.word(n, "rule", known, "name rules as reports do, such as scope-excess")
	return rules.ID(s), err
}

func (r *reader) exceptions(n *node, d *draft) error {
	return r.list(n, func(n *node) error {
		e := Exception{File: r.file, Line: n.line, Column: n.column}
		err := r.fields(n, "an exception", []field{
			{"rule", func(n *node) (err error) { e.Rule, err = r.rule(n); return err }},
			{"path", func(n *node) error { return r.path(n, &e.Path) }},
			{"fingerprint", func(n *node) error { return r.fingerprint(n, &e.Fingerprint) }},
			{"reason", r.prose(&e.Reason, maxText)},
			{"owner", r.prose(&e.Owner, maxName)},
			{"until", func(n *node) error { return r.day(n, &e.Until) }},
		})
		if err != nil {
			return err
		}
		switch {
		case e.Rule == "":
			return r.fail(n, "the exception names no rule", "add rule: and the rule's name, as reports print it")
		case e.Path == "" && e.Fingerprint == "":
			return r.fail(n, "the exception names neither path nor fingerprint", "add one, as reports print it: an exception is for one finding")
		case e.Path != "" && e.Fingerprint != "":
			return r.fail(n, "the exception names both path and fingerprint", "keep one")
		case e.Reason == "":
			return r.fail(n, "the exception gives no reason", "add reason: and why the finding may stay")
		case e.Owner == "":
			return r.fail(n, "the exception names no owner", "add owner: and who answers for it")
		case e.Until.IsZero():
			return r.fail(n, "the exception has no end", "add until: and its last day, as in 2030-01-31")
		}
		d.Exceptions = append(d.Exceptions, e)
		return nil
	})
}

func (r *reader) path(n *node, to *string) error {
	if err := r.exact(to, maxText)(n); err != nil {
		return err
	}
	if message, hint := checkPath(*to); message != "" {
		return r.fail(n, message, hint)
	}
	return nil
}

func (r *reader) fingerprint(n *node, to *string) error {
	const hint = "copy the 32 digits 0-9 and a-f that the report prints, in quotes"
	if n.kind != text || len(n.text) != 32 || strings.Trim(n.text, "0123456789abcdef") != "" {
		return r.fail(n, "this is no fingerprint", hint)
	}
	*to = n.text
	return nil
}

func (r *reader) day(n *node, to *time.Time) error {
	day, err := time.Parse(time.DateOnly, n.text)
	if n.kind != text || err != nil || day.IsZero() {
		return r.fail(n, fmt.Sprintf("until is no day of the calendar: %s", quote(n.text)), "write year, month and day, as in 2030-01-31")
	}
	*to = day
	return nil
}
