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
	if c.facts.media {
		drop("the content is asked for, not only what describes it", func(s scopes.Scope) bool {
			info, _ := r.index.cat.Info(s)
			return scopes.Greatest(info.Powers) == scopes.Metadata
		})
	}
	if c.facts.appData && slices.Contains(permitted, driveAppData) {
		drop("the app's own data folder, which only drive.appdata opens", func(s scopes.Scope) bool { return s != driveAppData })
	}
	drop("", func(s scopes.Scope) bool { return strings.Contains(string(s), ".addons.") })
	c.Permitted = permitted
}

// demand is the method that Least is asked for in place of a call: one that is
// permitted by the same scopes as the call with its arguments.
func (c *Call) demand() string {
	if c.facts.media {
		switch c.Method {
		case "drive.files.get", "drive.revisions.get":
			return "drive.files.export"
		}
	}
	return c.Method
}

// Least gives the least sets of scopes that permit the live ones among some
// calls, best first, with what their arguments show; and notes on scopes that may
// be enough, which code cannot prove. What a call costs is the difference that
// leaving it out makes.
func (x *Index) Least(calls []Call) (sets [][]scopes.Scope, possible []string) {
	var methods []string
	var forced []scopes.Scope
	var s shown
	for i := range calls {
		c := &calls[i]
		if c.State != Live {
			continue
		}
		s.live++
		if x.cat.Permitting(c.Method) == nil || c.facts.appData {
			if len(c.Permitted) > 0 {
				forced = addScope(forced, c.Permitted[0])
			}
			continue
		}
		methods = append(methods, c.demand())
		s.call(c)
	}
	evident, possible := s.evident(forced)
	methods = slices.DeleteFunc(methods, func(id string) bool {
		return slices.ContainsFunc(forced, func(f scopes.Scope) bool {
			return f != driveAppData && slices.Contains(x.cat.Permitting(id), f)
		})
	})
	slices.Sort(forced)
	switch {
	case s.live == 0:
		return nil, nil
	case len(methods) == 0:
		return [][]scopes.Scope{append([]scopes.Scope{}, forced...)}, possible
	}
	sets, err := x.cat.LeastWith(methods, evident...)
	if err != nil { // a method that is not in the catalogue was never recorded
		return nil, possible
	}
	for i := range sets {
		for _, f := range forced {
			sets[i] = addScope(sets[i], f)
		}
		slices.Sort(sets[i])
	}
	return sets, possible
}

// shown is what the arguments of calls show about scopes that serve a part only.
type shown struct {
	live, mail, metadata, drive, created, parents int
	decides                                       bool
}

func (s *shown) call(c *Call) {
	switch c.API {
	case "gmail":
		s.mail++
		if slices.Contains(c.Permitted, gmailMetadata) {
			s.metadata++
			s.decides = s.decides || decidesMetadata(c.Method)
		}
	case "drive":
		s.drive++
		switch c.Method {
		case "drive.files.create":
			s.created++
			if c.facts.parents {
				s.parents++
			}
		case "drive.about.get", "drive.files.generateIds":
			s.created++
		}
	}
}

// evident are the scopes that the arguments show to be enough.
func (s *shown) evident(forced []scopes.Scope) (evident []scopes.Scope, possible []string) {
	if s.decides && s.mail == s.metadata && !slices.Contains(forced, fullMail) {
		evident = append(evident, gmailMetadata)
	}
	switch {
	case s.drive == 0:
	case s.drive == s.created && s.parents == 0:
		evident = append(evident, driveFile)
	case s.drive == s.created:
		possible = append(possible, "drive.file, if the folder that files are put into was made by this program or picked by the user")
	default:
		possible = append(possible, "drive.file, if the program only opens files that it made or that the user picked")
	}
	return evident, possible
}

// decidesMetadata reports whether a method is one where arguments show that no
// body is wanted.
func decidesMetadata(id string) bool {
	switch id {
	case "gmail.users.messages.list", "gmail.users.threads.list", "gmail.users.messages.get", "gmail.users.threads.get":
		return true
	}
	return false
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
	p.Least, p.Possible = r.index.Least(p.Calls)
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
	for _, j := range live {
		c := p.Calls[j]
		if len(c.Permitted) == 0 || untested(c, a.Scopes) {
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
		vague := slices.ContainsFunc(live, func(j int) bool { return untested(p.Calls[j], []scopes.Scope{s}) })
		if known && scopes.Greatest(info.Powers) != scopes.Identity && !vague && !r.touched(info.APIs) {
			judged = append(judged, s)
		}
	}
	for _, s := range judged {
		if !slices.ContainsFunc(live, func(j int) bool { return slices.Contains(p.Calls[j].Permitted, s) }) {
			a.Unneeded = append(a.Unneeded, s)
		}
	}
	for _, s := range a.Scopes { // what is not judged may be needed: no set is enough for it
		info, known := cat.Info(s)
		if scopes.Greatest(info.Powers) != scopes.Identity && !slices.Contains(judged, s) || !known {
			return
		}
	}
	for _, least := range p.Least {
		if covers(cat, judged, least) && !covers(cat, least, judged) {
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
