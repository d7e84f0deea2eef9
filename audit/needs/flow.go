package needs

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
)

// FlowKind says what is remarkable about how a program obtains or keeps a token.
type FlowKind string

// The kinds. They are part of the JSON format.
const (
	// OutOfBand: the code is copied by hand, which Google ended in 2023. Source:
	// https://developers.google.com/identity/protocols/oauth2/resources/oob-migration
	OutOfBand FlowKind = "out_of_band"
	// IncludeGranted: the token also gets what the user granted before.
	IncludeGranted FlowKind = "include_granted_scopes"
	// ScopeString: a text is passed where the library joins the elements of a list.
	ScopeString FlowKind = "scope_string"
	// LoaderScopes: scopes are passed to what loads a token, and stand for those of
	// the file from then on, whatever was granted; and no flow of the program is
	// seen to have asked for just these. Where one is, as in Google's quickstarts,
	// the two can only differ after an edit, which every tutorial warns of: to say
	// it of each of them would teach nobody.
	LoaderScopes FlowKind = "loader_scopes"
	// TokenMode: a token is written to a file that others may read.
	TokenMode FlowKind = "token_mode"
	// NoState: the consent page is asked for without a state, or with one that is
	// the same each time, so that a foreign answer is taken for one's own.
	NoState FlowKind = "no_state"
	// NoPKCE: it is asked for without a code challenge, where the library sends one
	// only if it is told to.
	NoPKCE FlowKind = "no_pkce"
	// AsksAgain: a token is never loaded and refreshed before consent is asked for
	// again: each run makes a new refresh token.
	AsksAgain FlowKind = "asks_again"
)

// Flow is one remarkable thing about how a program obtains or keeps its token.
type Flow struct {
	Kind FlowKind
	At   rules.Location
	Text string // as written, cut short
}

// flows finds what is remarkable about the flow, in a program that asks for
// Google's scopes or calls its APIs.
func (r *recorder) flows() {
	if !r.makes && len(r.asked) == 0 {
		return
	}
	for _, m := range r.modules {
		for _, n := range m.marks {
			switch {
			case n.block == nil || n.block.dead:
			case strings.Contains(n.text, outOfBand):
				r.flow(OutOfBand, m, n)
			case strings.Contains(n.text, "include_granted_scopes=true"):
				r.flow(IncludeGranted, m, n)
			}
		}
		for _, pair := range m.pairs {
			if pair.block != nil && !pair.block.dead && pair.kids[0].text == "include_granted_scopes" && r.isTrue(pair.kids[1]) {
				r.flow(IncludeGranted, m, pair)
			}
		}
		for _, n := range m.calls {
			if n.block == nil || n.block.dead {
				continue
			}
			for _, arg := range n.kids[1:] {
				if arg.kind == kKeyword && arg.text == "include_granted_scopes" && r.isTrue(arg.kids[0]) {
					r.flow(IncludeGranted, m, n)
				}
			}
			if len(n.kids) == 3 && n.kids[1].kind == kString && n.kids[1].text == "include_granted_scopes" && r.isTrue(n.kids[2]) {
				r.flow(IncludeGranted, m, n)
			}
			switch m.language {
			case python:
				r.pythonFlow(m, n)
			case golang:
				r.goFlow(m, n)
			case script:
				r.scriptFlow(m, n)
			case java, kotlin:
				r.jvmFlow(m, n)
			}
		}
	}
	slices.SortStableFunc(r.program.Flow, func(a, b Flow) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(string(a.Kind), string(b.Kind)))
	})
	r.program.Flow = slices.CompactFunc(r.program.Flow, func(a, b Flow) bool { return a.Kind == b.Kind && a.At.Compare(b.At) == 0 })
}

// outOfBand is the redirect of a code that is copied by hand.
const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// marksFlow reports whether a text says something about the flow.
func marksFlow(s string) bool {
	return strings.Contains(s, outOfBand) || strings.Contains(s, "include_granted_scopes=")
}

func (r *recorder) flow(kind FlowKind, m *module, n *node) {
	r.program.Flow = append(r.program.Flow, Flow{Kind: kind, At: m.location(int(n.pos), int(n.end)), Text: m.quote(n.pos, n.end)})
}

func (r *recorder) isTrue(n *node) bool {
	for _, v := range r.eval(n) {
		if (v.kind == vConst || v.kind == vString) && strings.EqualFold(v.text, "true") {
			return true
		}
	}
	return false
}

// joined are the functions of google-auth that join the scopes that they are
// given with spaces when they ask for a token; a text would be taken apart into
// its letters.
var joined = []string{"from_authorized_user_file", "from_authorized_user_info", "from_service_account_file", "from_service_account_info", "with_scopes", "from_client_secrets_file", "from_client_config", "load_credentials_from_file"}

func (r *recorder) pythonFlow(m *module, n *node) {
	name := lastName(n.kids[0])
	if given := named(n, "autogenerate_code_verifier", -1); given != nil && given.kind == kConst && given.text == "False" {
		r.flow(NoPKCE, m, n)
	}
	arg, _ := scopeArgument(n)
	if arg != nil && slices.Contains(joined, name) {
		values := r.eval(arg)
		if len(values) > 0 && !slices.ContainsFunc(values, func(v value) bool { return v.kind != vString || strings.Contains(v.text, unknownPart) }) {
			r.flow(ScopeString, m, arg)
		}
		if name == "from_authorized_user_file" || name == "from_authorized_user_info" {
			if !allNone(values) && !r.flowAsks(arg, values) {
				r.flow(LoaderScopes, m, n)
			}
		}
	}
	switch name {
	case "run_console":
		r.flow(OutOfBand, m, n)
		fallthrough
	case "run_local_server":
		if n.kids[0].kind == kAttr && !r.hasCall("refresh", "run_flow", "get_user_credentials") {
			r.flow(AsksAgain, m, n)
		}
	case "write", "write_text", "dump":
		if len(n.kids) > 1 && r.isToken(n.kids[1]) && !careful(m) {
			r.flow(TokenMode, m, n)
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

// hasCall reports whether the program calls something of one of these names.
func (r *recorder) hasCall(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return len(r.named[name]) > 0 })
}

// namesToken reports whether an expression is called as files of tokens are.
func (r *recorder) namesToken(n *node) bool {
	like := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "token") || strings.Contains(s, "credential") && !strings.Contains(s, "client")
	}
	return like(lastName(n)) || slices.ContainsFunc(texts(r.eval(n)), like)
}

func (r *recorder) goFlow(m *module, n *node) {
	callee := n.kids[0]
	if callee.kind != kAttr {
		return
	}
	switch callee.text {
	case "AuthCodeURL":
		if len(n.kids) < 2 {
			return
		}
		if values := r.eval(n.kids[1]); len(values) > 0 && !slices.ContainsFunc(values, func(v value) bool { return v.kind != vString || strings.Contains(v.text, unknownPart) }) {
			r.flow(NoState, m, n)
		}
		if !slices.ContainsFunc(n.kids[2:], func(a *node) bool {
			return a.kind == kSpread || a.kind == kCall && (lastName(a.kids[0]) == "S256ChallengeOption" || len(a.kids) > 1 && a.kids[1].text == "code_challenge") || a.kind == kName
		}) {
			r.flow(NoPKCE, m, n)
		}
	case "Create":
		if lastName(callee.kids[0]) == "os" && len(n.kids) == 2 && r.namesToken(n.kids[1]) {
			r.flow(TokenMode, m, n)
		}
	case "OpenFile", "WriteFile":
		if lastName(callee.kids[0]) == "os" && len(n.kids) == 4 && r.namesToken(n.kids[1]) && othersRead(n.kids[3].text) {
			r.flow(TokenMode, m, n)
		}
	}
}

// othersRead reports whether a mode, written in octal, lets others than the owner
// read.
func othersRead(mode string) bool {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(mode), "0o"), "0")
	return len(digits) == 3 && (digits[1] != '0' || digits[2] != '0')
}

func (r *recorder) scriptFlow(m *module, n *node) {
	switch lastName(n.kids[0]) {
	case "generateAuthUrl":
		var keys []string
		for _, arg := range n.kids[1:] {
			for _, v := range r.eval(arg) {
				if v.kind != vDict || v.open {
					return
				}
				for _, it := range v.items {
					keys = append(keys, it.key)
				}
			}
		}
		if !slices.Contains(keys, "state") {
			r.flow(NoState, m, n)
		}
		if !slices.Contains(keys, "code_challenge") {
			r.flow(NoPKCE, m, n)
		}
	case "writeFile", "writeFileSync":
		if len(n.kids) < 3 || !r.namesToken(n.kids[1]) {
			return
		}
		for _, arg := range n.kids[3:] {
			if arg.kind == kDict || arg.kind == kName {
				for _, v := range r.eval(arg) {
					if v.kind == vUnknown || slices.ContainsFunc(v.items, func(it item) bool { return it.key == "mode" }) {
						return
					}
				}
			}
		}
		r.flow(TokenMode, m, n)
	}
}

func (r *recorder) jvmFlow(m *module, n *node) {
	switch lastName(n.kids[0]) {
	case "AuthorizationCodeInstalledApp":
		if !r.hasCall("setDataStoreFactory", "setCredentialDataStore", "setCredentialStore") && len(r.named["Builder"]) > 0 {
			r.flow(AsksAgain, m, n)
		}
	}
}
