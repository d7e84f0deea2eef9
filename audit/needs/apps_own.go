package needs

import (
	"encoding/json"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// ownUses are the scopes that a script of Apps Script asks for itself and not for
// data, by the services and methods that may need one though no call of theirs is
// recorded. Source: https://developers.google.com/apps-script/reference
var ownUses = map[string]map[string]bool{
	"script.container.ui":     setOf("showSidebar showModalDialog showModelessDialog showDialog alert prompt Browser CardService"),
	"script.external_request": setOf("Jdbc OAuth1 OAuth2"),
	"script.scriptapp":        setOf("ScriptApp"),
	"script.storage":          setOf("PropertiesService ScriptProperties UserProperties CacheService"),
	"script.webapp.deploy":    setOf("HtmlService ContentService"),
}

// usesOwn is the first call in a project of Apps Script that may need a scope of
// the script's own; nil if there is none.
func (r *recorder) usesOwn(s scopes.Scope) (*module, *node) {
	uses := ownUses[s.Short()]
	if uses == nil {
		return nil, nil
	}
	for _, m := range r.modules {
		if m.language != apps {
			continue
		}
		for _, n := range m.calls {
			callee := n.kids[0]
			if callee.kind == kAttr && (uses[callee.text] || uses[lastName(callee.kids[0])]) {
				return m, n
			}
		}
	}
	return nil, nil
}

// ownNeeds counts among what is needed those of the script's own scopes that are
// asked for and may be: no other permits the same.
func (r *recorder) ownNeeds() {
	p := r.program
	for _, q := range p.Requests {
		m, n := r.usesOwn(q.Scope)
		if n == nil || slices.ContainsFunc(p.Own, func(o Own) bool { return o.Scope == q.Scope }) {
			continue
		}
		p.Own = append(p.Own, Own{Scope: q.Scope, At: m.location(int(n.pos), int(n.end)), Text: m.quote(n.pos, n.end)})
		for i := range p.Least {
			p.Least[i] = addScope(slices.Clone(p.Least[i]), q.Scope)
			slices.Sort(p.Least[i])
		}
	}
}

// librarySymbols are the names that a manifest of Apps Script gives to libraries.
// Source: https://developers.google.com/apps-script/manifest/dependencies
func librarySymbols(data []byte) []string {
	var manifest struct {
		Dependencies struct {
			Libraries []struct{ UserSymbol string }
		}
	}
	_ = json.Unmarshal(data, &manifest) // what is no manifest has none
	var out []string
	for _, l := range manifest.Dependencies.Libraries {
		if l.UserSymbol != "" && !pureLibraries[strings.ToLower(l.UserSymbol)] {
			out = append(out, l.UserSymbol)
		}
	}
	return out
}

// pureLibraries are common libraries that call nothing for which the script asks,
// or what usesOwn knows, by the names that they go by.
var pureLibraries = setOf("oauth1 oauth2 moment underscore _ lodash lodashgs cheerio parser json5 cryptojs dayjs luxon ces6shim")

// libraryCalls tells of libraries that a project of Apps Script calls: what they do
// with the script's scopes is not seen.
func (r *recorder) libraryCalls() {
	symbols := map[string]bool{}
	for _, m := range r.modules {
		for _, name := range m.symbols {
			symbols[name] = true
		}
	}
	if len(symbols) == 0 {
		return
	}
	for _, m := range r.modules {
		if m.language != apps {
			continue
		}
		for _, n := range m.calls {
			callee := n.kids[0]
			if callee.kind == kAttr && callee.kids[0].kind == kName && symbols[callee.kids[0].text] && len(m.top.names.of(callee.kids[0].text)) == 0 {
				symbols[callee.kids[0].text] = false // once is enough
				r.fail(m, n, "what the library "+callee.kids[0].text+" does with the script's scopes is not seen")
			}
		}
	}
}
