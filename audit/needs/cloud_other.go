package needs

import (
	"slices"
	"strings"
)

// cloudFamily are libraries of clients in the style of Google Cloud whose RPCs are
// not looked into.
type cloudFamily struct {
	prefix string // of full names
	users  bool   // they are for data of users, whatever they are made with
	// opens is a scope that opens their APIs, for those that the catalogue has by
	// another name; empty: not known.
	opens string
}

// cloudFamilies are told apart by the beginning of a name, the longest first.
var cloudFamilies = [...]cloudFamily{
	{"google.cloud.", false, "cloud-platform"}, {"google.ai.", false, "cloud-platform"}, {"google.genai.", false, "cloud-platform"}, {"@google-cloud/", false, "cloud-platform"}, {"com.google.cloud.", false, "cloud-platform"},
	{"google.shopping.", true, "content"}, {"@google-shopping/", true, "content"}, {"com.google.shopping.", true, "content"}, {"cloud.google.com/go/shopping/", true, "content"},
	{"google.apps.", true, ""}, {"@google-apps/", true, ""}, {"com.google.apps.", true, ""}, {"cloud.google.com/go/apps/", true, ""},
	{"google.analytics.", true, ""}, {"@google-analytics/", true, ""}, {"com.google.analytics.", true, ""}, {"cloud.google.com/go/analytics/", true, ""},
	{"google.ads.", true, ""}, {"com.google.ads.", true, ""}, {"@google-ads/", true, ""},
	{"cloud.google.com/go/", false, "cloud-platform"},
}

// otherCloud lists where a client in the style of Google Cloud is made whose RPCs
// are not known. One for the cloud's own services says nothing of what a user
// grants unless it is handed credentials in a program that asks for scopes.
func (r *recorder) otherCloud(m *module, n *node) bool {
	for _, c := range r.eval(n.kids[0]) {
		if c.kind != vExternal && c.kind != vBuilder {
			continue
		}
		if api, _ := r.index.rpcClient(c.text); api != nil {
			continue
		}
		i := slices.IndexFunc(cloudFamilies[:], func(f cloudFamily) bool { return strings.HasPrefix(c.text, f.prefix) })
		if i < 0 {
			continue
		}
		f, library := cloudFamilies[i], cloudLibrary(c.text)
		if !f.users && c.kind == vBuilder && len(r.asked) > 0 && (c.path == "setCredentials" || c.path == "setCredentialsProvider") ||
			c.kind == vExternal && f.makes(c.text, m.language) && (f.users || r.handsOver(n, f, library)) {
			r.fail(m, n, "which methods "+library+" calls is not known", r.cloudAPIs(f, library)...)
		}
		return true
	}
	return false
}

// makes reports whether what has a full name makes a client when it is called.
func (f cloudFamily) makes(name string, lang language) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if class, by := clientClass(name); class != "" {
		return by == "" || by == "create" || strings.HasPrefix(by, "load_from") || strings.HasPrefix(by, "from_")
	}
	return lang.scripted() && last != "" && last[0] >= 'A' && last[0] <= 'Z' // new Storage(…)
}

// handsOver reports whether a program that asks for scopes makes a client with
// credentials that these may be for: not those of a service account, unless one
// of the scopes opens the client's API.
func (r *recorder) handsOver(n *node, f cloudFamily, library string) bool {
	if len(r.asked) == 0 || r.ambient(n) {
		return false
	}
	given := named(n, "credentials", -1)
	if given == nil {
		return true
	}
	values := r.eval(given)
	own := slices.ContainsFunc(values, func(v value) bool { return v.kind != vCredential || !strings.Contains(v.text, "service_account") })
	return own || r.opens(r.cloudAPIs(f, library))
}

// opens reports whether a scope that is asked for opens one of the APIs.
func (r *recorder) opens(apis []string) bool {
	for _, a := range r.asked {
		for _, set := range a.sets {
			for _, s := range set.scopes {
				scope, _ := r.index.cat.Normalise(s.text)
				if slices.ContainsFunc(infoOf(r.index.cat, scope).APIs, func(api string) bool { return slices.Contains(apis, api) }) {
					return true
				}
			}
		}
	}
	return false
}

// cloudLibrary is the library that a full name is of: without version, class and
// function.
func cloudLibrary(name string) string {
	end := 0
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '.' || r == '/' }) {
		i := strings.Index(name[end:], part) + end
		if part[0] >= 'A' && part[0] <= 'Z' {
			break
		}
		if bare, _, found := strings.Cut(part, "_v"); found && isVersion(part) {
			end = i + len(bare)
			break
		}
		if isVersion(strings.TrimPrefix(part, "api")) {
			break
		}
		end = i + len(part)
	}
	return name[:end]
}

// cloudAPIs are the APIs that a library may call: the one of its name, or all of
// its family; nil is any.
func (r *recorder) cloudAPIs(f cloudFamily, library string) []string {
	word := canonical(library[strings.LastIndexAny(library, "./")+1:])
	for _, name := range [...]string{word, "cloud" + word} {
		if _, known := r.index.cat.API(name); known {
			return []string{name}
		}
	}
	scope, _ := r.index.cat.Normalise(f.opens)
	return infoOf(r.index.cat, scope).APIs
}
