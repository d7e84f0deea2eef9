package audit

import (
	"slices"

	"scopeaudit/audit/rules"
)

// What follows from where git still holds a secret. To end it comes first each
// time: no rewriting reaches the copies.
const (
	adviceStaged   = "it is staged and in no commit yet: take it out, and stage the file again"
	adviceHead     = "HEAD still has it: end the secret first, then remove it from the file"
	adviceHistory  = "HEAD's files lack it, but every clone has it: end the secret; to rewrite the history is optional"
	adviceDangling = "no branch or tag here leads to it: a fresh clone lacks it, but the server may have it still; end the secret"
)

// advise says of each secret that git holds what follows.
func (c *check) advise() {
	for i := range c.findings {
		if f := &c.findings[i]; f.Secret != "" && f.Severity > rules.Info {
			f.InGit = advice(f.Locations)
		}
	}
}

// advice goes by the place that is hardest to be rid of; it is empty where none is
// in git, or where what is known of that does not carry any.
func advice(places []rules.Location) string {
	any := func(is func(l rules.Location) bool) bool { return slices.ContainsFunc(places, is) }
	inGit := func(l rules.Location) bool { return l.Blob != "" && l.Origin != rules.Index }
	unknown := func(l rules.Location) bool {
		return inGit(l) && (l.Object == "" && l.InHead == nil || !l.RefsKnown && len(l.Refs) == 0)
	}
	switch {
	case any(func(l rules.Location) bool { return inGit(l) && l.InHead != nil && *l.InHead }):
		return adviceHead
	case any(unknown):
		return ""
	case any(func(l rules.Location) bool { return inGit(l) && len(l.Refs) > 0 }):
		return adviceHistory
	case any(inGit):
		return adviceDangling
	case any(func(l rules.Location) bool { return l.Origin == rules.Index }):
		return adviceStaged
	}
	return ""
}
