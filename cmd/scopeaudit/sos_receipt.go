package main

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"scopeaudit/tokeninfo"
)

// receipt writes what happened, without any secret: to --output, or behind the
// rest.
func (a *app) receipt(p *prepared, finds []*find, story *plainText) error {
	var text bytes.Buffer
	out := &plainText{to: &text, hide: story.hide}
	out.line("Receipt of scopeaudit %s, %s", toolVersion(), moment(a.clock().Now()))
	for _, f := range finds {
		out.hide = newPlainText(nil, f.Credential).hide
		out.line("")
		out.line("found              %s", f.what())
		out.line("fingerprint        %s", f.fingerprint)
		out.line("where              %s", f.places())
		out.line("exposed since      %s", when(f.since, "not known: no commit holds it"))
		out.line("power              %s", f.power(p))
		out.line("revoked at         %s", when(f.ended.revokedAt, "not revoked"))
		out.line("confirmed dead at  %s", when(f.ended.deadAt, cmp.Or(f.ended.pending, "not confirmed")))
	}
	if a.flags.output == "" {
		story.line("")
		_, err := a.env.stdout.Write(text.Bytes())
		return err
	}
	if err := saveReport(a.flags.output, text.Bytes()); err != nil {
		return err
	}
	story.lines("", "The receipt, without secrets, is in the file that you named.")
	return nil
}

// power is what the token let its holder do, and who says so.
func (f *find) power(p *prepared) string {
	switch {
	case f.live():
		return f.scopeWords(p.catalogue, f.grant.Scopes) + " (granted, as Google said)"
	case len(f.Scopes) > 0 && f.Claim == tokeninfo.ClaimGranted:
		return f.scopeWords(p.catalogue, f.Scopes) + " (copied from Google's last answer)"
	case len(f.Scopes) > 0:
		return f.scopeWords(p.catalogue, f.Scopes) + " (claimed by the file)"
	}
	return "not known"
}

func when(t time.Time, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return moment(t)
}

// sortedPaths are the files of finds that are credential files and lie, or lay,
// in a tree.
func sortedPaths(finds []*find) []string {
	var all []string
	for _, f := range finds {
		if f.Kind == tokeninfo.TextCredential {
			continue // source and notebooks stay
		}
		for _, l := range f.locations {
			if l.Member == "" && l.Path != "" && len(l.Path) < 4096 {
				all = append(all, l.Path)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
