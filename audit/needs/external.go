package needs

import (
	"slices"
	"strings"
)

// external gives what something of a module outside the tree gives when it is
// called.
func (e *engine) external(name string, n *node) []value {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if out := e.nodeClient(name, n); out != nil {
		return out
	}
	if api := goAPI(name); api != "" && (last == "NewService" || last == "New") {
		return []value{{kind: vService, api: api, origin: n}}
	}
	switch {
	case isBuild(name):
		return e.build(n)
	case last == "AuthorizedSession":
		return []value{{kind: vCredential, text: session}}
	case isMaker(name, last) || name == "google.auth.default" || strings.HasPrefix(name, "google.oauth2.") || strings.HasPrefix(name, "google_auth_oauthlib."):
		if name == "google.auth.default" || last == "load_credentials_from_file" {
			return []value{{kind: vList, items: []item{{values: []value{{kind: vCredential}}}, {values: unknown}}}}
		}
		return []value{{kind: vCredential, text: name}}
	}
	if wrapperOf(name) != nil {
		return []value{{kind: vWrapper, text: name}}
	}
	switch name {
	case "os.getenv", "os.environ.get":
		if fallback := named(n, "default", 1); fallback != nil && n.block != nil {
			what := n.block.fn.module.quote(n.kids[1].pos, n.kids[1].end)
			var out []value
			for _, v := range e.eval(fallback) {
				out = join(out, v.under(what+" is not set"))
			}
			return join(out, value{})
		}
	case "fmt.Sprintf":
		if len(n.kids) > 1 {
			list := value{kind: vList}
			for _, arg := range n.kids[2:] {
				list.items = append(list.items, item{values: e.eval(arg)})
			}
			return e.format(e.eval(n.kids[1]), "%", []value{list})
		}
	case "strings.Join", "strings.Split", "strings.Fields", "strings.TrimSpace", "slices.Clone", "slices.Concat":
		if len(n.kids) > 1 {
			out := e.eval(n.kids[1])
			for _, arg := range n.kids[2:] {
				if name == "slices.Concat" {
					out = e.concatLists(out, e.eval(arg))
				}
			}
			return out
		}
	}
	switch last {
	case "partial", "wraps", "cache", "lru_cache":
		if len(n.kids) > 1 {
			return e.eval(n.kids[1])
		}
	}
	return e.unknownCall(value{text: last, path: name}, n)
}

// unknownCall is a call of something that is not seen: a builtin, or a function
// from elsewhere. One that is given the name of an API and a version gives a
// client of it.
func (e *engine) unknownCall(c value, n *node) []value {
	callee := n.kids[0]
	args := positional(n)
	if callee.kind == kName {
		switch callee.text {
		case "list", "tuple", "set", "sorted", "frozenset", "reversed", "iter":
			if len(args) == 0 {
				return []value{{kind: vList, origin: n}}
			}
			var out []value
			for _, v := range e.eval(args[0]) {
				if v.kind == vDict {
					v.kind, v.items = vList, keyItems(v)
				}
				out = append(out, v)
			}
			return out
		case "append":
			if len(n.kids) > 1 {
				rest := &node{kind: kList, pos: n.pos, end: n.end, kids: n.kids[2:], block: n.block}
				out := e.evalNode(rest)
				base := e.eval(n.kids[1])
				if !known(base) || base[0].kind == vConst {
					base = []value{{kind: vList, open: !known(base)}}
				}
				return e.concatLists(base, out)
			}
		case "dict":
			v := value{kind: vDict, origin: n}
			for _, arg := range n.kids[1:] {
				if arg.kind == kKeyword {
					v.items = append(v.items, item{key: arg.text, values: e.eval(arg.kids[0])})
				} else {
					v.open = true
				}
			}
			return []value{v}
		case "str", "repr":
			if len(args) == 1 {
				return e.eval(args[0])
			}
		case "getattr":
			return e.getattr(n, args)
		case "super":
			return unknown
		case "require":
			if t := texts(e.eval(n.kids[min(1, len(n.kids)-1)])); len(n.kids) > 1 && len(t) == 1 && n.block != nil {
				return e.taken(t[0], "*", n.block.fn.module)
			}
		}
	}
	if v, ok := e.namedAPI(n); ok {
		return []value{v}
	}
	if c.path == "" && callee.kind == kAttr {
		if out, done := e.builtinMethod(n, callee.text); done {
			return out
		}
	}
	return []value{{text: c.text}}
}

// positional are the arguments without those that are named or spread.
func positional(n *node) []*node {
	var out []*node
	for _, arg := range n.kids[1:] {
		if arg.kind == kSpread {
			break
		}
		if arg.kind != kKeyword {
			out = append(out, arg)
		}
	}
	return out
}

// named gives an argument by its name, else by its place, or nil.
func named(n *node, name string, place int) *node {
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword && arg.text == name {
			return arg.kids[0]
		}
	}
	if args := positional(n); place >= 0 && place < len(args) {
		return args[place]
	}
	return nil
}

// isMaker reports whether a full name is that of a function which takes scopes
// and gives what holds them.
func isMaker(name, last string) bool {
	s := credentialMakers[last]
	if s == nil {
		return false
	}
	if s.owner == nil {
		return true
	}
	owner := strings.TrimSuffix(name[:len(name)-len(last)], ".")
	return slices.Contains(s.owner, owner[strings.LastIndexAny(owner, "./")+1:])
}

// session is the text of a credential that sends requests by itself.
const session = "session"

// isBuild reports whether a name is that of the function which makes clients.
func isBuild(name string) bool {
	switch name {
	case "googleapiclient.discovery.build", "apiclient.discovery.build", "googleapiclient.discovery.build_from_document", "apiclient.discovery.build_from_document", "googleapiclient.build":
		return true
	}
	return false
}

// build gives the services that a call of build makes.
func (e *engine) build(n *node) []value {
	var out []value
	arg := named(n, "serviceName", 0)
	if arg == nil {
		return []value{{kind: vService, origin: n}}
	}
	for _, v := range e.eval(arg) {
		if v.kind == vString && !strings.Contains(v.text, unknownPart) {
			out = join(out, value{kind: vService, api: v.text, origin: n})
		} else {
			out = join(out, value{kind: vService, origin: n})
		}
	}
	return out
}

// namedAPI finds the API that a call of an unseen function names: one of its
// arguments is an API's name, and another a version.
func (e *engine) namedAPI(n *node) (value, bool) {
	api, version := "", false
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if arg.kind != kString && arg.kind != kName && arg.kind != kAttr {
			continue
		}
		for _, t := range texts(e.eval(arg)) {
			if isVersion(t) {
				version = true
			} else if _, known := e.index.cat.API(t); known && api == "" {
				api = t
			}
		}
	}
	return value{kind: vService, api: api, origin: n}, api != "" && version
}

// isVersion reports whether a text is the version of an API: v1, v2beta1,
// directory_v1.
func isVersion(s string) bool {
	i := strings.LastIndexByte(s, '_') + 1
	return len(s) < 32 && i+1 < len(s) && s[i] == 'v' && s[i+1] >= '0' && s[i+1] <= '9'
}

// getattr follows a name that is computed as far as it is a constant.
func (e *engine) getattr(n *node, args []*node) []value {
	if len(args) < 2 {
		return unknown
	}
	var out []value
	for _, r := range e.eval(args[0]) {
		for _, k := range e.eval(args[1]) {
			if k.kind == vString && !strings.Contains(k.text, unknownPart) {
				out = join(out, e.attribute(r, k.text, n)...)
			} else {
				out = join(out, value{api: r.api})
			}
		}
	}
	return out
}

// resolve finds the module of this tree that an import names.
func (e *engine) resolve(n *node, from *module) *module {
	return e.resolveName(n.text, from)
}

func (e *engine) resolveName(name string, from *module) *module {
	return resolveModule(e.byPath, name, from.path)
}

// resolveModule finds a module by its dotted name, as seen from a file: in the
// file's folder or one above it.
func resolveModule(paths map[string]*module, name, from string) *module {
	folder := folderOf(from)
	dots := len(name) - len(strings.TrimLeft(name, "."))
	rest := strings.ReplaceAll(strings.Trim(name, "."), ".", "/")
	if dots > 0 {
		for ; dots > 1; dots-- {
			folder = folderOf(folder)
		}
		return paths[joinPath(folder, rest)]
	}
	if rest == "" {
		return nil
	}
	for {
		if m := paths[joinPath(folder, rest)]; m != nil && m.path != from {
			return m
		}
		if m := paths[joinPath(folder, "src/"+rest)]; m != nil {
			return m
		}
		if folder == "" {
			return nil
		}
		folder = folderOf(folder)
	}
}

func folderOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}

func joinPath(folder, rest string) string {
	if folder == "" || rest == "" {
		return folder + rest
	}
	return folder + "/" + rest
}

// inPackage finds a module beside the file that stands for its package.
func (e *engine) inPackage(m *module, name string) *module {
	if !strings.HasSuffix(m.path, "__init__.py") {
		return nil
	}
	return e.byPath[joinPath(folderOf(m.path), name)]
}

// importNames are the names under which a file can be imported.
func importNames(path string) []string {
	name, found := strings.CutSuffix(path, ".py")
	if !found {
		return nil
	}
	if folder, found := strings.CutSuffix(name, "/__init__"); found {
		return []string{folder}
	}
	return []string{name}
}

// credentialMakers are the functions that take scopes and give something that
// holds them, by their last name: the place of the scopes, or -1 where they are
// only ever named. Sources: the reference of google-auth, google-auth-oauthlib,
// oauth2client and requests-oauthlib.
var credentialMakers = map[string]*sink{
	"from_client_secrets_file":      {place: 1},
	"from_client_config":            {place: 1},
	"from_authorized_user_file":     {place: 1},
	"from_authorized_user_info":     {place: 1},
	"from_service_account_file":     {place: -1},
	"from_service_account_info":     {place: -1},
	"from_json_keyfile_name":        {place: 1},
	"from_json_keyfile_dict":        {place: 1},
	"from_json":                     {place: -1},
	"from_p12_keyfile":              {place: 3},
	"with_scopes":                   {place: 0},
	"with_scopes_if_required":       {place: 1},
	"create_scoped":                 {place: 0},
	"default":                       {place: 0, owner: []string{"auth"}},
	"load_credentials_from_file":    {place: 1},
	"load_credentials_from_dict":    {place: 1},
	"flow_from_clientsecrets":       {place: 1, names: []string{"scope"}},
	"OAuth2WebServerFlow":           {place: 2, names: []string{"scope"}},
	"OAuth2Session":                 {place: -1, names: []string{"scope"}},
	"SignedJwtAssertionCredentials": {place: 2, names: []string{"scope"}},
	"get_user_credentials":          {place: 0},

	"generateAuthUrl": {place: -1}, "GoogleAuth": {place: -1}, "JWT": {place: 3}, "initTokenClient": {place: -1}, "initCodeClient": {place: -1},

	"ConfigFromJSON": {place: 1, variadic: true}, "JWTConfigFromJSON": {place: 1, variadic: true}, "CredentialsFromJSON": {place: 2, variadic: true},
	"CredentialsFromJSONWithType": {place: 3, variadic: true}, "JWTAccessTokenSourceWithScope": {place: 1, variadic: true},
	"FindDefaultCredentials": {place: 1, variadic: true}, "DefaultClient": {place: 1, variadic: true}, "DefaultTokenSource": {place: 1, variadic: true},
	"ComputeTokenSource": {place: 1, variadic: true}, "WithScopes": {place: 0, variadic: true},
	"Config": {place: -1, owner: []string{"oauth2", "jwt"}}, "CredentialsConfig": {place: -1}, "CredentialsParams": {place: -1},
}

// sink is a function that takes scopes.
type sink struct {
	place int
	names []string // of the argument, beside scopes
	owner []string // the names before it, where the last alone is not enough
	// variadic says that all from the place on are scopes.
	variadic bool
}

// scopeArgument gives the argument of a call that holds scopes, if it is the
// call of a function that takes any. The second result says that the function
// is known for it.
func scopeArgument(n *node) (*node, bool) {
	callee := n.kids[0]
	last := lastName(callee)
	s := credentialMakers[last]
	if s != nil && s.owner != nil {
		owner := ""
		if callee.kind == kAttr {
			owner = lastName(callee.kids[0])
		}
		if !slices.Contains(s.owner, owner) {
			s = nil
		}
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			switch name := strings.ToLower(arg.text); {
			case name == "scopes" || name == "scope" || name == "target_scopes" || name == "default_scopes":
				return arg.kids[0], s != nil
			}
		}
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kDict {
			for _, pair := range arg.kids {
				if pair.kind == kPair && pair.kids[0].kind == kString && (pair.kids[0].text == "scope" || pair.kids[0].text == "scopes") {
					return pair.kids[1], s != nil
				}
			}
		}
	}
	if s == nil {
		return nil, false
	}
	if s.variadic {
		if len(n.kids) <= s.place+1 {
			return nil, true
		}
		return &node{kind: kList, pos: n.kids[s.place+1].pos, end: n.end, kids: n.kids[s.place+1:], block: n.block}, true
	}
	if args := positional(n); s.place >= 0 && s.place < len(args) {
		return args[s.place], true
	}
	return nil, true
}

// harmless are functions that look at what they are given and hand nothing on.
var harmless = []string{"print", "len", "isinstance", "type", "repr", "str", "id", "hash", "bool", "set", "list", "tuple", "sorted", "frozenset",
	"append", "extend", "add", "insert", "update", "join", "format", "split", "issubset", "issuperset", "difference", "union",
	"info", "debug", "warning", "error", "exception", "log", "write", "dumps", "dump", "has_scopes", "assertEqual", "in", "index", "count", "remove", "pop", "get",
	"Join", "Split", "Fields", "Clone", "Concat", "Contains", "Sort", "Equal", "Print", "Printf", "Println", "Sprint", "Sprintf", "Fprintf", "Errorf", "Fatalf",
	"log", "warn", "includes", "push", "concat", "map", "filter", "stringify", "every", "some"}

func isHarmless(name string) bool { return slices.Contains(harmless, name) }
