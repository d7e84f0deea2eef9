package needs

import "strings"

// vkind says what a value is.
type vkind uint8

const (
	vUnknown  vkind = iota
	vString         // text
	vList           // items
	vDict           // items with keys
	vService        // a client of api; api is empty where it is computed
	vCloud          // a client of api whose methods go by the names of RPCs
	vResource       // path of api
	vMethod         // bound, not called yet
	vRequest        // a call of the method
	vBatch          // takes requests
	vChain          // names called on something unknown: path
	vFunc
	vClass
	vInstance
	vModule   // of this tree
	vExternal // something of a module outside the tree: text is its full name
	vMethodOf // a function with its instance
	vConst
	vCredential // something that holds scopes, or a client of them
	vGetter     // gives items[0] when called
	vBuilder    // of Java: what its build gives is a client of api, or a credential
	vSender     // sends requests to addresses that are relative to text
	vWrapper    // of a library that calls the APIs itself: text is its module
)

// value is one value that an expression may have.
type value struct {
	kind      vkind
	api, path string // of a service, a resource, a chain
	text      string
	origin    *node // the literal, or the call that made it
	items     []item
	fn        *function
	class     *class
	module    *module
	when      string // the condition under which it is this one
	open      bool   // of a list or dictionary: there may be more in it
	called    int8   // of a chain: how many of its names were called
	from      maker  // of something unknown: what gave it
	exact     bool   // of an instance: of its class, and of none that is made from it
	media     bool   // of a method: by the name that it has for the content
	ambient   bool   // of a client and its methods: with the credentials of where the program runs
}

// maker is what gave something unknown, as far as its name tells.
type maker uint8

const (
	anyMaker      maker = iota
	functionMaker       // a function outside the tree that says nothing of Google
	foreignMaker        // a class of that kind
	mockMaker           // what stands in for a client in a test
)

// item is one element of a list, or one entry of a dictionary.
type item struct {
	key    string
	values []value
}

// Bounds of what is followed. What goes past them is unknown, and said so.
const (
	maxValues = 32  // values of one expression
	maxItems  = 512 // elements of one list
	maxText   = 4096
	maxWhen   = 160
)

var unknown = []value{{}}

// both joins two conditions.
func both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "" || strings.HasSuffix(a, " and "+b):
		return a
	case len(a)+len(b) > maxWhen:
		return a
	}
	return a + " and " + b
}

func (v value) under(when string) value {
	v.when = both(v.when, when)
	return v
}

// same reports whether two values cannot be told apart.
func (v value) same(w value) bool {
	return v.kind == w.kind && v.api == w.api && v.path == w.path && v.text == w.text && v.origin == w.origin &&
		v.fn == w.fn && v.class == w.class && v.module == w.module && v.when == w.when && v.media == w.media && v.ambient == w.ambient && v.exact == w.exact && v.from == w.from && len(v.items) == len(w.items) &&
		v.kind != vList && v.kind != vDict
}

// join adds values to others, once each, and unknown only once.
func join(to []value, more ...value) []value {
next:
	for _, v := range more {
		for _, have := range to {
			if have.same(v) {
				continue next
			}
		}
		if len(to) >= maxValues { // the rest is unknown
			to[maxValues-1] = value{}
			return to
		}
		to = append(to, v)
	}
	return to
}

// known reports whether any value is more than unknown.
func known(values []value) bool {
	for _, v := range values {
		if v.kind != vUnknown {
			return true
		}
	}
	return false
}

// texts are the strings among values.
func texts(values []value) []string {
	var out []string
	for _, v := range values {
		if v.kind == vString {
			out = append(out, v.text)
		}
	}
	return out
}
