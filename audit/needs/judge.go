package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// Scopes that decide something by their name.
const (
	fullMail      scopes.Scope = "https://mail.google.com/"
	gmailMetadata scopes.Scope = scopePrefix + "gmail.metadata"
	driveAppData  scopes.Scope = scopePrefix + "drive.appdata"
	driveFile     scopes.Scope = scopePrefix + "drive.file"
	driveMetadata scopes.Scope = scopePrefix + "drive.metadata" // writes too, but never the content
)

// judge says which scopes permit a call with the arguments that it has.
//
// Sources: the description of q and format in Gmail's discovery document; the
// guide to the application data folder; caveats of the catalogue.
func (r *recorder) judge(c *Call) {
	permitted := r.index.cat.Permitting(c.Method)
	drop := func(note string, gone func(scopes.Scope) bool) {
		before := len(permitted)
		permitted = slices.DeleteFunc(permitted, gone)
		if len(permitted) < before && note != "" {
			c.Notes = append(c.Notes, note)
		}
	}
	metadata := func(s scopes.Scope) bool { return s == gmailMetadata }
	switch c.Method {
	case "gmail.users.messages.list", "gmail.users.threads.list":
		if c.facts.query {
			drop("q is passed, which gmail.metadata forbids", metadata)
		} else if c.facts.labels {
			c.Notes = append(c.Notes, "labelIds is passed and no q: gmail.metadata permits that")
		}
	case "gmail.users.messages.get", "gmail.users.threads.get":
		switch c.facts.format {
		case "metadata", "minimal":
			c.Notes = append(c.Notes, "format="+c.facts.format+" asks for no body")
		case "":
			drop("format is full where nothing is said, which gmail.metadata forbids", metadata)
		case "?":
			drop("format is computed, and gmail.metadata forbids full and raw", metadata)
		default:
			drop("format="+c.facts.format+" asks for the body, which gmail.metadata forbids", metadata)
		}
	}
	if c.API == workspaceEvents {
		c.Notes = append(c.Notes, "which scope it takes hangs on the events that are subscribed to")
	}
	if c.facts.beyond != "" && !c.facts.appData {
		c.Notes = append(c.Notes, c.facts.beyond+" looks beyond what this program made, which drive.file does not show")
	}
	if c.facts.media {
		drop("the content is read or written, not only what describes it", func(s scopes.Scope) bool {
			info, _ := r.index.cat.Info(s)
			return scopes.Greatest(info.Powers) == scopes.Metadata || s == driveMetadata
		})
	}
	if c.facts.appData && slices.Contains(permitted, driveAppData) {
		drop("the app's own data folder, which only drive.appdata opens", func(s scopes.Scope) bool { return s != driveAppData })
	}
	drop("", func(s scopes.Scope) bool { return strings.Contains(string(s), ".addons.") })
	c.Permitted = permitted
}

// live are the indexes of the calls that count.
func (r *recorder) live() []int {
	var out []int
	for i, c := range r.program.Calls {
		if c.State == Live {
			out = append(out, i)
		}
	}
	return out
}

// conclude gives the verdict, and compares each set that is asked for with what
// the calls need.
func (r *recorder) conclude() {
	p := r.program
	live := r.live()
	r.elsewhere()
	p.Least, p.Possible = r.index.Least(p.Calls)
	r.currentOnly()
	r.ownNeeds()
	switch {
	case len(live) == 0 && len(p.Requests) == 0 && len(p.Unresolved) == 0 && !r.lost:
		p.Verdict = None
		p.Least = nil
	case len(live) == 0:
		p.Verdict = Unknown
		p.Least = nil
		p.Why = append(p.Why, "no call is known")
	case len(p.Unresolved) > 0 || r.lost:
		p.Verdict = LowerBound
	default:
		p.Verdict = Exact
	}
	if n := len(p.Unresolved); n == 1 {
		p.Why = append(p.Why, "one call could not be followed")
	} else if n > 1 {
		p.Why = append(p.Why, "some calls could not be followed")
	}
	var all []scopes.Scope
	for i := range p.Asked {
		for _, s := range p.Asked[i].Scopes {
			all = addScope(all, s)
		}
	}
	for i := range p.Calls {
		for _, s := range all {
			if slices.Contains(p.Calls[i].Permitted, s) {
				p.Calls[i].PermittedBy = append(p.Calls[i].PermittedBy, s)
			}
		}
		slices.Sort(p.Calls[i].PermittedBy)
	}
	for i := range p.Requests {
		for _, j := range live {
			if slices.Contains(p.Calls[j].Permitted, p.Requests[i].Scope) {
				p.Requests[i].JustifiedBy = append(p.Requests[i].JustifiedBy, j)
			}
		}
	}
	for i := range p.Asked {
		r.compare(&p.Asked[i], live)
	}
}

// compare judges one set that is asked for.
func (r *recorder) compare(a *Asked, live []int) {
	p, cat := r.program, r.index.cat
	a.Conflicts = cat.Conflicts(a.Scopes)
	if len(live) == 0 {
		return
	}
	own := r.ownScopes()
	for _, j := range live {
		c := p.Calls[j]
		if len(c.Permitted) == 0 || untested(c, a.Scopes) || !own {
			continue
		}
		permits := func(s scopes.Scope) bool { return slices.Contains(c.Permitted, s) }
		if !slices.ContainsFunc(a.Scopes, permits) && !r.lost && !slices.ContainsFunc(p.Asked, func(o Asked) bool { return slices.ContainsFunc(o.Scopes, permits) }) {
			a.Missing = append(a.Missing, j)
		}
	}
	var judged []scopes.Scope
	for _, s := range a.Scopes {
		info, known := cat.Info(s)
		vague := slices.ContainsFunc(live, func(j int) bool { return untested(p.Calls[j], []scopes.Scope{s}) || byEvents(p.Calls[j], s) })
		if known && scopes.Greatest(info.Powers) != scopes.Identity && !vague && !r.touched(info.APIs) {
			judged = append(judged, s)
		}
	}
	for _, s := range judged {
		if _, own := r.usesOwn(s); own == nil && !slices.ContainsFunc(live, func(j int) bool { return slices.Contains(p.Calls[j].Permitted, s) }) {
			a.Unneeded = append(a.Unneeded, s)
		}
	}
	if len(a.Missing) > 0 {
		return // which comes first, and is mended by asking for more
	}
	for _, s := range a.Scopes { // what is not judged may be needed: no set is enough for it
		info, known := cat.Info(s)
		if scopes.Greatest(info.Powers) != scopes.Identity && !slices.Contains(judged, s) || !known {
			return
		}
	}
	for _, least := range p.Least {
		if covers(cat, a.Scopes, least) && !covers(cat, least, judged) {
			a.Excess, a.Enough = true, least
			return
		}
	}
}

// untested reports whether a narrower scope may permit a call though Google's
// pages name only the wide one: nothing is said about it then.
func untested(c Call, asked []scopes.Scope) bool {
	return strings.HasPrefix(c.Method, "apps-script.GmailApp.") &&
		slices.ContainsFunc(asked, func(s scopes.Scope) bool { return strings.HasPrefix(s.Short(), "gmail.") })
}

// workspaceEvents is the API of subscriptions to events of others.
const workspaceEvents = "workspaceevents"

// byEvents reports whether a scope may be the one that the events of a subscription
// take, though a narrower one permits the call for others. Source:
// https://developers.google.com/workspace/events/guides/auth
func byEvents(c Call, s scopes.Scope) bool {
	return c.API == workspaceEvents && slices.Contains(c.Permitted, s)
}

// touched reports whether something that could not be followed may call one of
// the APIs.
func (r *recorder) touched(apis []string) bool {
	for _, u := range r.program.Unresolved {
		if len(u.APIs) == 0 {
			return true
		}
		for _, api := range u.APIs {
			if slices.Contains(apis, api) {
				return true
			}
		}
	}
	return false
}

// covers reports whether each scope of want is covered by one of have.
func covers(cat *scopes.Catalogue, have, want []scopes.Scope) bool {
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h scopes.Scope) bool { return cat.Covers(h, w) }) {
			return false
		}
	}
	return true
}
