package needs

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// recorder collects what a program asks for and what it calls.
type recorder struct {
	*engine
	program  *Program
	asked    []asking
	literals map[*node]bool // those that a request was made of
	lost     bool           // scopes are asked for that are computed
	seen     map[place]bool
	rest     map[string][]template
	made     map[*node]int  // the call that a node is
	settled  map[*node]bool // of which all was said that there is to say
	failed   map[line]bool
	cloud    bool               // a client is made whose methods go by the names of RPCs
	wraps    bool               // a wrapper is imported
	scoped   bool               // a scope may be written out in it
	bearer   bool               // headers with a token are written
	consents bool               // the consent page is named, and scopes for it
	relative bool               // a client with an address of its own may be made
	makes    bool               // a client or a credential is made
	mails    map[*module]bool   // those that name a way to sign in to mail
	words    map[string]int     // how often names are written that hold scopes
	chosen   map[string]bool    // names of dictionaries of which entries are known to be asked for
	hosts    map[*module]string // what a module signs in to with a token
	google   bool
	trial    []sent // what is found at the request at hand
	trials   int    // how many more may be made for it
	traced   int    // the steps that the search for callers took
	levels   int    // how many callers of callers it looks for
	gaveUp   bool   // it took too long
}

// asking is one call of something that takes scopes, with what it may be given.
type asking struct {
	module *module
	node   *node
	by     string
	known  bool
	sets   []scopeSet
	when   string // the branch it stands in, where another asks for something else
}

// scopeSet is one list of scopes that may be asked for.
type scopeSet struct {
	when   string
	scopes []asked
}

type asked struct {
	text   string
	origin *node
}

// place is where something was recorded, so that it is once.
type place struct {
	module *module
	pos    int32
	what   string
}

// APIs that the strings and clients of the program show.
func (r *recorder) evidence() {
	add := func(api string) {
		if api != "" {
			r.apis[api] = true
		}
	}
	for _, m := range r.modules {
		for _, s := range m.strings {
			for _, text := range scopes.Split(s.text) {
				if scope, known := r.index.cat.Normalise(text); known {
					info, _ := r.index.cat.Info(scope)
					// Who the user is shows no API: many take a scope that says so.
					if len(info.APIs) <= 12 && scopes.Greatest(info.Powers) != scopes.Identity {
						for _, api := range info.APIs {
							add(api)
						}
					}
					r.google = true
				}
			}
		}
		if m.language == apps {
			r.google = true
		}
		for _, name := range m.foreign() {
			add(goAPI(name))
			if api, _ := javaAPI(name); api != "" {
				add(r.apiNamed(api))
			}
			if strings.Contains(name, "google") || strings.HasPrefix(name, "apiclient") {
				r.google = true
			}
		}
		if m.language == shell {
			continue // it makes no client
		}
		for _, call := range m.calls {
			if !r.maker(call) {
				continue
			}
			for _, v := range r.eval(call) {
				if v.kind == vService || v.kind == vCloud {
					add(v.api)
					r.google = true
				}
			}
		}
	}
	for i := range r.memos { // what was found without all the evidence may be wrong
		r.memos[i] = nil
	}
	r.steps = 0
}

// traits finds out what is worth looking for.
func (r *recorder) traits() {
	r.mails = map[*module]bool{}
	r.makes = r.google || len(r.apis) > 0
	page := false
	for _, m := range r.modules {
		r.mails[m] = mailWords.in(m.text)
		r.cloud = r.cloud || m.cloud
		r.bearer = r.bearer || bytes.Contains(m.text, []byte("Bearer"))
		page = page || bytes.Contains(m.text, []byte("accounts.google"))
		r.relative = r.relative || contains(m.text, senders[:])
		r.wraps = r.wraps || slices.ContainsFunc(m.foreign(), func(name string) bool { return wrapperOf(name) != nil })
	}
	some := func(words ...string) bool {
		return slices.ContainsFunc(r.modules, func(m *module) bool { return contains(m.text, words) })
	}
	r.consents = page && some("scope=")
	r.scoped = r.makes || r.wraps || some(addresses[:]...) // makes and wraps: by the constants of a client
}

// addresses are words of which each scope that is an address has one: where a
// program has none, no function that we do not see is given a scope.
var addresses = [...]string{"googleapis", "mail.google", "/feeds"}

// maker reports whether what a call calls may make a client, by its name.
func (r *recorder) maker(call *node) bool {
	name := strings.ToLower(lastName(call.kids[0]))
	for _, part := range [...]string{"build", "service", "client", "discover", "new", "api"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return len(r.index.apis[name]) > 0 || len(call.kids) > 3 && r.versioned(call)
}

// versioned reports whether a call is given what looks like a version.
func (r *recorder) versioned(call *node) bool {
	return slices.ContainsFunc(call.kids[1:], func(n *node) bool {
		return n.kind == kString && isVersion(n.text) || (n.kind == kName || n.kind == kAttr) && strings.Contains(strings.ToLower(n.text), "version")
	})
}

func (r *recorder) record() {
	r.literals, r.seen, r.rest = map[*node]bool{}, map[place]bool{}, map[string][]template{}
	r.made, r.failed, r.hosts = map[*node]int{}, map[line]bool{}, map[*module]string{}
	r.settled = map[*node]bool{}
	r.evidence()
	r.traits()
	for _, m := range r.modules {
		for _, n := range m.calls {
			if m.language == shell {
				r.shellCall(m, n)
				continue
			}
			r.calls(m, n)
			r.rests(m, n)
			if r.wraps {
				r.wrapped(m, n)
			}
			r.appsCall(m, n)
			if r.mails[m] {
				r.mail(m, n)
			}
			r.sinks(m, n)
		}
	}
	for _, m := range r.modules {
		for _, n := range m.calls {
			if m.language == shell {
				continue
			}
			if r.makes { // else there is no client on which something could fail
				r.unresolved(m, n)
			}
			if r.makes || r.wraps {
				r.escapes(m, n)
			}
		}
		for _, n := range m.overs {
			if r.wraps {
				r.wrappedLoop(m, n)
			}
		}
		r.unsentTo(m)
		r.built(m)
		r.scopesSet(m)
		r.dictSinks(m)
		r.pageParameters(m)
		r.commented(m)
	}
	r.libraryCalls()
	r.declared()
	if r.over && r.makes {
		r.program.Unresolved = append(r.program.Unresolved, Unresolved{At: r.modules[0].location(0, 0), Why: "the program is too tangled to be followed to the end"})
	}
}

// calls records the methods that a call makes or hands on.
func (r *recorder) calls(m *module, n *node) {
	if r.byName(n) {
		return
	}
	if r.mayCall(n.kids[0]) {
		var found []value
		for _, v := range r.eval(n) {
			if v.kind == vRequest && v.origin == n {
				found = append(found, v)
			}
		}
		apis := map[string]bool{}
		for _, v := range found {
			apis[v.api] = true
		}
		if len(apis) > 1 && !r.typedCall(n) {
			r.fail(m, n, "it may be a call of "+strings.Join(keys(apis), " or "), keys(apis)...)
			return
		}
		if r.handed(n.kids[0]) {
			found = nil
		}
		for _, v := range found {
			r.call(m, n, v.text, v.api)
			if v.from == functionMaker && !r.google && len(r.apis) == 0 && !contains(m.text, marks[:]) {
				r.fail(m, n, "it has the name of a method of "+v.api+", and nothing shows whose client it is", v.api)
			}
		}
	}
	for _, arg := range n.kids[1:] { // executor.submit(service.files().list, …)
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if arg.kind == kAttr && r.mayCall(arg) {
			for _, v := range r.eval(arg) {
				if v.kind == vMethod {
					r.call(m, arg, v.text, v.api)
				}
			}
		}
	}
}

// handed reports whether what is called is a parameter that methods are handed
// for, each of which is told where that is done.
func (r *recorder) handed(callee *node) bool {
	if callee.kind != kName || callee.block == nil {
		return false
	}
	fn := callee.block.fn
	i := slices.IndexFunc(fn.params, func(p parameter) bool { return p.name == callee.text })
	if i < 0 || len(fn.names.of(callee.text)) != 1 || fn.params[i].value != nil {
		return false
	}
	return slices.ContainsFunc(r.argument(fn, i), func(v value) bool { return v.kind == vMethod })
}

// marks are words of which a source has one that shows whose clients it calls.
var marks = [...]string{"oogle", "gmail", "Gmail", "apiclient", "oauth2client"}

// typedCall reports whether what is called is known, so that each of its
// methods is really meant.
func (r *recorder) typedCall(n *node) bool {
	for _, c := range r.eval(n.kids[0]) {
		if c.kind == vMethod {
			return true
		}
	}
	return false
}

func keys(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// mayCall reports whether a name can be that of a method.
func (r *recorder) mayCall(callee *node) bool {
	if callee.kind == kName || callee.kind == kCall || callee.kind == kIndex {
		return true
	}
	if callee.kind != kAttr {
		return false
	}
	for _, s := range spellings(methodName(callee.text, callee)) {
		if r.index.last[canonical(s)] {
			return true
		}
	}
	if r.cloud && r.index.isRPC(callee.text) {
		return true
	}
	if callee.block == nil || !callee.block.fn.module.language.jvm() {
		return false
	}
	for api := range r.apis { // gmailImport, of Java
		if rest, found := strings.CutPrefix(callee.text, api); found && r.index.last[canonical(rest)] {
			return true
		}
	}
	return false
}

func (r *recorder) call(m *module, n *node, id, api string) {
	at := place{m, n.pos, id}
	if at.pos = calleePos(n); r.seen[at] {
		return
	}
	r.seen[at] = true
	c := Call{Method: id, API: api, facts: r.facts(n, id)}
	r.locate(&c, m, n)
	r.judge(&c)
	r.made[n] = len(r.program.Calls)
	r.program.Calls = append(r.program.Calls, c)
}

// calleePos tells calls apart that begin at the same place, as those of a chain
// do.
func calleePos(n *node) int32 {
	if n.kind == kCall {
		return n.kids[0].end
	}
	return n.end
}

// sortAll puts everything in the order of the files.
func (r *recorder) sortAll() {
	slices.SortStableFunc(r.program.Calls, func(a, b Call) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Method, b.Method))
	})
	slices.SortStableFunc(r.program.Unresolved, func(a, b Unresolved) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(r.program.Requests, func(a, b Request) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.When, b.When))
	})
}
