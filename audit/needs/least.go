package needs

import (
	"slices"

	"scopeaudit/audit/scopes"
)

// demand is the method that Least is asked for in place of a call: one that is
// permitted by the same scopes as the call with its arguments.
func (c *Call) demand() string {
	if c.facts.media {
		switch c.Method {
		case "drive.files.get", "drive.revisions.get":
			return "drive.files.export"
		case "drive.files.update":
			return "drive.files.create"
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
		if c.State != Live || c.facts.ambient {
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
	beyond                                        bool // all drives are looked through
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
		s.beyond = s.beyond || c.facts.beyond != ""
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
	case s.drive == 0 || s.beyond:
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
