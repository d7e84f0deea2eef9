package needs

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed rpcs.txt
var rpcLines string

// rpcAPI is an API that has clients in the style of Google Cloud.
type rpcAPI struct {
	name     string
	packages []string            // of Python, Node, Java and Go, without the version
	methods  map[string][]string // by RPC, in the letters that all languages have in common
	absent   []string            // methods that no RPC calls
}

// readRPCs reads the table of RPCs.
func readRPCs(text string) []rpcAPI {
	var all []rpcAPI
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		if fields[0] == "api" {
			packages := slices.DeleteFunc(fields[2:], func(p string) bool { return p == "-" })
			all = append(all, rpcAPI{name: fields[1], packages: packages, methods: map[string][]string{}})
			continue
		}
		api := &all[len(all)-1]
		methods := slices.DeleteFunc(fields[1:], func(m string) bool { return m == "-" })
		for i := range methods {
			methods[i] = api.name + "." + methods[i]
		}
		if fields[0] == "-" {
			api.absent = append(api.absent, methods...)
		} else {
			api.methods[canonical(fields[0])] = methods
		}
	}
	return all
}

// rpcEndings are what clients write behind the name of an RPC: for pages, for
// answers that come later, for the object that calls it.
var rpcEndings = [...]string{"async", "stream", "pagedcallable", "operationcallable", "callable"}

// method finds the method that a client calls by a name. Without one, found says
// that there is an RPC of that name.
func (a *rpcAPI) method(name string) (id string, found bool) {
	name = canonical(name)
	methods, found := a.methods[name]
	for i := 0; !found && i < len(rpcEndings); i++ {
		if base, ends := strings.CutSuffix(name, rpcEndings[i]); ends {
			methods, found = a.methods[base]
		}
	}
	if len(methods) > 0 {
		id = methods[0]
	}
	return id, found
}

// rpcClient tells which API's client something outside the tree is by its full
// name, or a class method of it, and what stands behind the API's package.
func (x *Index) rpcClient(name string) (api *rpcAPI, rest string) {
	for i := range x.rpcs {
		for _, p := range x.rpcs[i].packages {
			rest, found := strings.CutPrefix(name, p)
			if found && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "_v") || strings.HasPrefix(rest, "/apiv")) {
				return &x.rpcs[i], rest
			}
		}
	}
	return nil, ""
}

// isRPC reports whether any client has an RPC of a name.
func (x *Index) isRPC(name string) bool {
	return slices.ContainsFunc(x.rpcs, func(a rpcAPI) bool { _, found := a.method(name); return found })
}
