package needs

import (
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
	// Instead is what to write in its place, cut short alike; empty where that
	// cannot be told from the one expression.
	Instead string
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
				r.flow(OutOfBand, m, n, m.reworded(n, outOfBand, loopback)...)
			case strings.Contains(n.text, "include_granted_scopes=true"):
				r.flow(IncludeGranted, m, n, m.reworded(n, "include_granted_scopes=true", "include_granted_scopes=false")...)
			}
		}
		for _, pair := range m.pairs {
			if pair.block != nil && !pair.block.dead && pair.kids[0].text == "include_granted_scopes" && r.isTrue(pair.kids[1]) {
				r.flow(IncludeGranted, m, pair, m.untrue(pair.kids[1])...)
			}
		}
		for _, n := range m.calls {
			if n.block == nil || n.block.dead {
				continue
			}
			for _, arg := range n.kids[1:] {
				if arg.kind == kKeyword && arg.text == "include_granted_scopes" && r.isTrue(arg.kids[0]) {
					r.flow(IncludeGranted, m, n, m.untrue(arg.kids[0])...)
				}
			}
			if len(n.kids) == 3 && n.kids[1].kind == kString && n.kids[1].text == "include_granted_scopes" && r.isTrue(n.kids[2]) {
				r.flow(IncludeGranted, m, n, m.untrue(n.kids[2])...)
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

// outOfBand is the redirect of a code that is copied by hand; loopback is one of
// those that Google takes in its place. Source: RFC 8252, 7.3.
const (
	outOfBand = "urn:ietf:wg:oauth:2.0:oob"
	loopback  = "http://127.0.0.1:8080"
)

// marked reports whether a text says something by itself: about the flow, or of
// what is sent.
func marked(s string) bool {
	return strings.Contains(s, outOfBand) || strings.Contains(s, "include_granted_scopes=") || strings.Contains(s, addressWord) && !strings.Contains(s, ".googleapis.com/auth")
}

// flow notes what is remarkable about an expression, and the edits that mend it.
func (r *recorder) flow(kind FlowKind, m *module, n *node, mend ...edit) {
	r.program.Flow = append(r.program.Flow, Flow{Kind: kind, At: m.location(int(n.pos), int(n.end)), Text: m.quote(n.pos, n.end), Instead: m.edited(n, mend)})
}

func (r *recorder) isTrue(n *node) bool {
	for _, v := range r.eval(n) {
		if (v.kind == vConst || v.kind == vString) && strings.EqualFold(v.text, "true") {
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
			r.flow(NoState, m, n, edit{n.kids[1].pos, n.kids[1].end, "rand.Text()"})
		}
		if !slices.ContainsFunc(n.kids[2:], func(a *node) bool {
			return a.kind == kSpread || a.kind == kCall && (lastName(a.kids[0]) == "S256ChallengeOption" || len(a.kids) > 1 && a.kids[1].text == "code_challenge") || a.kind == kName
		}) {
			r.flow(NoPKCE, m, n, edit{n.end - 1, n.end - 1, ", oauth2.S256ChallengeOption(verifier)"})
		}
	case "Create":
		if lastName(callee.kids[0]) == "os" && len(n.kids) == 2 && r.namesToken(n.kids[1]) {
			r.flow(TokenMode, m, n, edit{callee.end - int32(len("Create")), callee.end, "OpenFile"}, edit{n.end - 1, n.end - 1, ", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0600"})
		}
	case "OpenFile", "WriteFile":
		if lastName(callee.kids[0]) == "os" && len(n.kids) == 4 && r.namesToken(n.kids[1]) && othersRead(n.kids[3].text) {
			r.flow(TokenMode, m, n, edit{n.kids[3].pos, n.kids[3].end, "0600"})
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
			r.flow(NoState, m, n, option(n, 1, " state,")...)
		}
		if !slices.Contains(keys, "code_challenge") {
			r.flow(NoPKCE, m, n, option(n, 1, " code_challenge, code_challenge_method: 'S256',")...)
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
		r.flow(TokenMode, m, n, m.modeOption(n)...)
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
