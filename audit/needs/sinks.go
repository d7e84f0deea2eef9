package needs

import (
	"slices"
	"strings"
)

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
	"Builder": {place: -1, owner: []string{"GoogleAuthorizationCodeFlow"}, last: true}, "GoogleAuthorizationCodeRequestUrl": {place: 2}, "GoogleBrowserClientRequestUrl": {place: 2},
	"getToken": {place: 2, owner: []string{"GoogleAuthUtil"}}, "usingOAuth2": {place: 1}, "createScoped": {place: 0, variadic: true}, "setServiceAccountScopes": {place: 0},
	"setScopes": {place: 0, loose: true}, "setRequestedScopes": {place: 0}, "requestScopes": {place: 0, variadic: true}, "requestScope": {place: 0, variadic: true},

	"Config": {place: -1, owner: []string{"oauth2", "jwt"}}, "CredentialsConfig": {place: -1}, "CredentialsParams": {place: -1},
}

// sink is a function that takes scopes.
type sink struct {
	place int
	names []string // of the argument, beside scopes
	owner []string // the names before it, where the last alone is not enough
	// variadic says that all from the place on are scopes.
	variadic bool
	// last says that they are the last argument, and loose that others call
	// something else so.
	last, loose bool
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
	if args := positional(n); s.last && len(args) > 0 {
		return args[len(args)-1], true
	}
	if s.variadic {
		if len(n.kids) <= s.place+1 {
			return nil, true
		}
		return &node{kind: kList, pos: n.kids[s.place+1].pos, end: n.end, kids: n.kids[s.place+1:], block: n.block}, true
	}
	if args := positional(n); s.place >= 0 && s.place < len(args) {
		return args[s.place], !s.loose
	}
	return nil, true
}

// harmless are functions that look at what they are given and hand nothing on.
var harmless = []string{"print", "len", "isinstance", "type", "repr", "str", "id", "hash", "bool", "set", "list", "tuple", "sorted", "frozenset",
	"append", "extend", "add", "insert", "update", "join", "format", "split", "issubset", "issuperset", "difference", "union",
	"info", "debug", "warning", "error", "exception", "log", "write", "dumps", "dump", "has_scopes", "assertEqual", "in", "index", "count", "remove", "pop", "get",
	"Join", "Split", "Fields", "Clone", "Concat", "Contains", "Sort", "Equal", "Print", "Printf", "Println", "Sprint", "Sprintf", "Fprintf", "Errorf", "Fatalf",
	"singletonList", "singleton", "asList", "of", "copyOf", "listOf", "setOf", "mutableListOf", "mutableSetOf", "arrayListOf", "hashSetOf", "arrayOf", "listOfNotNull", "mapOf", "newArrayList",
	"newHashSet", "unmodifiableList", "unmodifiableSet", "ArrayList", "HashSet", "LinkedHashSet", "addAll", "put", "contains", "containsAll", "equals", "joinToString", "println", "printf", "Scope", "hasPermissions",
	"log", "warn", "includes", "push", "concat", "map", "filter", "stringify", "every", "some"}

func isHarmless(name string) bool { return slices.Contains(harmless, name) }
