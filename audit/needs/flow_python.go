package needs

import (
	"bytes"
	"slices"
	"strings"
)

// joined are the functions of google-auth that join the scopes that they are
// given with spaces when they ask for a token; a text would be taken apart into
// its letters.
var joined = []string{"from_authorized_user_file", "from_authorized_user_info", "from_service_account_file", "from_service_account_info", "with_scopes", "from_client_secrets_file", "from_client_config", "load_credentials_from_file"}

func (r *recorder) pythonFlow(m *module, n *node) {
	name := lastName(n.kids[0])
	if given := named(n, "autogenerate_code_verifier", -1); given != nil && given.kind == kConst && given.text == "False" {
		r.flow(NoPKCE, m, n, edit{given.pos, given.end, "True"})
	}
	arg, _ := scopeArgument(n)
	if arg != nil && slices.Contains(joined, name) {
		values := r.eval(arg)
		if len(values) > 0 && !slices.ContainsFunc(values, func(v value) bool { return v.kind != vString || strings.Contains(v.text, unknownPart) }) {
			r.flow(ScopeString, m, arg, asList(arg, values)...)
		}
		if name == "from_authorized_user_file" || name == "from_authorized_user_info" {
			if !allNone(values) && !r.flowAsks(arg, values) {
				r.flow(LoaderScopes, m, n, m.without(n, arg)...)
			}
		}
	}
	switch name {
	case "run_console":
		r.flow(OutOfBand, m, n, edit{n.kids[0].end - int32(len(name)), n.end, "run_local_server(port=0)"})
		fallthrough
	case "run_local_server":
		if n.kids[0].kind == kAttr && !r.hasCall("refresh", "run_flow", "get_user_credentials") {
			r.flow(AsksAgain, m, n)
		}
	case "write", "write_text", "dump":
		if len(n.kids) > 1 && r.isToken(n.kids[1]) && !careful(m) {
			file := r.opening(n)
			r.flow(TokenMode, m, file, m.ownersOnly(file)...)
		}
	}
}

// flowAsks reports whether a flow of the program asks for the very scopes that an
// argument holds; of what is not known the name decides.
func (r *recorder) flowAsks(arg *node, values []value) bool {
	want, known := r.scopeNamesOf(values)
	for _, maker := range [...]string{"from_client_secrets_file", "from_client_config", "flow_from_clientsecrets", "OAuth2WebServerFlow", "OAuth2Session", "get_user_credentials"} {
		for _, n := range r.named[maker] {
			given, _ := scopeArgument(n)
			if given == nil {
				continue
			}
			asks, alsoKnown := r.scopeNamesOf(r.eval(given))
			if known && alsoKnown && slices.Equal(want, asks) || !known && !alsoKnown && lastName(arg) != "" && lastName(arg) == lastName(given) {
				return true
			}
		}
	}
	return false
}

// scopeNamesOf are all scopes that some values hold, sorted; the second result
// says that there are no others.
func (r *recorder) scopeNamesOf(values []value) ([]string, bool) {
	sets, known := r.expand(values)
	var names []string
	for _, set := range sets {
		for _, s := range set.scopes {
			names = append(names, s.text)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), known
}

// isToken reports whether what is written is a credential of google-auth.
func (r *recorder) isToken(n *node) bool {
	if n.kind == kCall && n.kids[0].kind == kAttr && n.kids[0].text == "to_json" {
		return true
	}
	return slices.ContainsFunc(r.eval(n), func(v value) bool { return v.kind == vCredential && v.text != session && v.text != "client" })
}

// careful reports whether a module sets the mode of a file by any of the ways
// that Python has.
func careful(m *module) bool {
	for _, word := range [...]string{"os.open(", "chmod(", "umask(", "opener="} {
		if bytes.Contains(m.text, []byte(word)) {
			return true
		}
	}
	return false
}
