package needs

import "slices"

// sent is what a request comes down to that is sent to an address: the call of a
// method, or why it is not known.
type sent struct {
	call Call // without a method where that is not known
	why  string
	apis []string
}

// told reports whether anything is known of it.
func (s sent) told() bool { return s.call.Method != "" || s.why != "" }

// placed are requests with the call that they are told at.
type placed struct {
	at  *node
	all []sent
}

// Bounds of the search for the calls that decide what a function sends.
const (
	maxLevels = 3
	maxTrials = 256
	maxSites  = 64
	maxShare  = 16 // of the steps of a program, the part that one request may take
)

// send records the requests that do finds at a call. What a function sends whose
// callers hand it the address, or the verb, is told where they call it.
func (r *recorder) send(n *node, do func()) {
	if len(r.tried(do)) == 0 && !slices.ContainsFunc(n.kids[1:], isAllWords) {
		return
	}
	var found []placed
	for r.levels = maxLevels; ; r.levels-- { // who calls the callers matters less
		r.trials, r.gaveUp = maxTrials, false
		if found = r.places(n, n.block.fn, do, 0); !r.gaveUp || r.levels == 1 {
			break
		}
	}
	for _, p := range found {
		r.commit(p)
	}
	if r.gaveUp && slices.ContainsFunc(found, func(p placed) bool { return slices.ContainsFunc(p.all, sent.told) }) {
		r.fail(n.block.fn.module, n, "what its callers have it send takes too long to tell apart")
	}
}

// tried gives what do finds, and records none of it.
func (r *recorder) tried(do func()) []sent {
	r.trials--
	r.trial = []sent{}
	do()
	all := r.trial
	r.trial = nil
	return all
}

// places tells which calls decide what do finds: the one at hand, unless what is
// passed to the function around it makes a difference between them.
func (r *recorder) places(at *node, fn *function, do func(), level int) []placed {
	fn, sites := r.callers(fn)
	tired := r.trials <= len(sites) || r.traced > r.limit
	if level == r.levels || len(sites) == 0 || tired {
		r.gaveUp = r.gaveUp || tired && level < r.levels && len(sites) > 0
		defer r.pin(nil, nil)()
		return []placed{{at, r.tried(do)}}
	}
	apart := r.apart(fn, sites, do, level)
	if len(apart) == 0 {
		return []placed{{at, r.tried(do)}}
	}
	same := outcome(apart[0].all)
	if slices.ContainsFunc(apart, func(p placed) bool { return !slices.Equal(outcome(p.all), same) }) {
		return apart
	}
	all := slices.DeleteFunc(r.tried(do), func(s sent) bool { return !slices.Contains(same, s.call.Method+s.why) })
	if len(all) == 0 {
		all = apart[0].all
	}
	return []placed{{at, all}}
}

// apart gives what do finds for each call of a function; nothing where that takes too
// long. The steps are counted by themselves, so that such a search starves nothing else.
func (r *recorder) apart(fn *function, sites []*node, do func(), level int) (all []placed) {
	if level == 0 {
		steps, limit, over := r.steps, r.limit, r.over
		r.limit = min(limit, steps+limit/maxShare)
		defer func() {
			if r.traced += r.steps - steps; r.steps > r.limit {
				all, r.gaveUp = nil, true
			}
			r.steps, r.limit, r.over = steps, limit, over
		}()
	}
	for _, site := range sites {
		restore := r.pin(fn, site)
		all = append(all, r.places(site, site.block.fn, do, level+1)...)
		restore()
	}
	return all
}

// outcome is what requests come down to, sorted: why a method is not known counts
// only where none is, since a part of an address that may be empty spoils one of
// several.
func outcome(all []sent) []string {
	var out []string
	made := slices.ContainsFunc(all, func(s sent) bool { return s.call.Method != "" })
	for _, s := range all {
		if s.call.Method != "" || !made {
			out = append(out, s.call.Method+s.why)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// callers are the calls of a function, or of the nearest around it that anything
// calls by a name.
func (e *engine) callers(fn *function) (*function, []*node) {
	for ; fn != nil && fn.outer != nil; fn = fn.outer {
		name := fn.name
		if name == "" && fn.node != nil {
			name = e.nameOf(fn)
		}
		if _, pinned := e.pinned[fn]; pinned || name == "" || len(fn.params) == 0 && fn.module.language != shell || len(e.callsOf(name)) > 2*maxSites || e.steps > e.limit {
			continue
		}
		var sites []*node
		for _, site := range e.callsOf(name) {
			e.steps++
			if site.block != nil && !site.block.dead && slices.ContainsFunc(e.eval(site.kids[0]), func(c value) bool { return c.fn == fn }) {
				sites = append(sites, site)
			}
		}
		if len(sites) > 0 && len(sites) <= maxSites {
			return fn, sites
		}
	}
	return nil, nil
}

// pin says for a while that a function is called at site and nowhere else.
func (e *engine) pin(fn *function, site *node) (restore func()) {
	pinned, aside := e.pinned, e.aside
	e.pinned, e.aside = map[*function]*node{fn: site}, map[int32][]value{}
	for f, s := range pinned {
		e.pinned[f] = s
	}
	return func() { e.pinned, e.aside = pinned, aside }
}

// resultsAt gives what a function gives back to one call of it, while what goes
// together in its arguments is to stay together.
func (e *engine) resultsAt(fn *function, site *node) []value {
	if _, pinned := e.pinned[fn]; pinned || e.pinned == nil || len(fn.params) == 0 || len(e.pinned) > 2*maxLevels {
		return e.results(fn)
	}
	defer e.pin(fn, site)()
	return e.results(fn)
}

// commit records requests at the call that they are told at.
func (r *recorder) commit(p placed) {
	m := p.at.block.fn.module
	made := false
	for _, s := range p.all {
		if s.call.Method == "" {
			continue
		}
		made = true
		c := s.call
		at := place{m, calleePos(p.at), c.Method}
		if r.seen[at] {
			continue
		}
		r.seen[at] = true
		r.locate(&c, m, p.at)
		r.judge(&c)
		r.made[p.at] = len(r.program.Calls)
		r.program.Calls = append(r.program.Calls, c)
	}
	for _, s := range p.all {
		if s.why != "" && (s.call.Method != "" || !made) {
			r.fail(m, p.at, s.why, s.apis...)
		}
	}
}

// locate says where a call stands, and whether it is reached.
func (r *recorder) locate(c *Call, m *module, n *node) {
	c.At, c.Text, c.State, c.When = m.location(int(n.pos), int(n.end)), m.quote(n.pos, n.end), Live, condition(n.block, nil)
	if n.block.dead {
		c.State = Unreachable
	}
}

// unsent notes a request that is not known to be of a method.
func (r *recorder) unsent(why string, apis ...string) {
	r.trial = append(r.trial, sent{why: why, apis: apis})
}
