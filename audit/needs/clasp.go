package needs

import (
	"path"
	"slices"
	"strings"
)

// projects takes for Apps Script what clasp keeps of it in files for JavaScript
// and TypeScript: those beside or below an appsscript.json, as far as no other
// manifest is nearer. Source: https://github.com/google/clasp
//
// Where no manifest of a script is, it takes what was copied out of the editor.
func projects(modules []*module, paths map[string]*module, manifests []string) {
	roots := appsRoots(manifests)
	if len(roots) == 0 && !slices.ContainsFunc(modules, func(m *module) bool { return m.language == script && isClasp(m.path) }) {
		return
	}
	beside := forNode(modules, paths)
	var all []string
	for _, f := range manifests {
		all = append(all, rootBy(f))
	}
	services := map[string]map[string]bool{} // by the folder of the nearest manifest
	for _, m := range modules {
		if m.language == script && isClasp(m.path) && m.pasted() {
			root := rootOf(all, folderOf(m.path))
			if services[root] == nil {
				services[root] = map[string]bool{}
			}
			m.countServices(services[root])
		}
	}
	for _, m := range modules {
		if m.language != script || !isClasp(m.path) {
			continue
		}
		folder := folderOf(m.path)
		switch {
		case !slices.ContainsFunc(roots, func(root string) bool { return below(folder, root) }):
			marked := slices.ContainsFunc(all, func(root string) bool { return below(folder, root) })
			if m.pasted() && (!marked || len(services[rootOf(all, folder)]) > 1) { // in a package one name may be anything
				m.language = apps
			}
		case slices.Contains(roots, rootOf(all, folder)) && below(folder, rootOf(roots, folder)) && !beside[m]:
			m.language = apps
		}
	}
}

// appsRoots are the folders of the projects of Apps Script.
func appsRoots(manifests []string) []string {
	var out []string
	for _, f := range manifests {
		if path.Base(f) == appsManifestName {
			out = append(out, rootBy(f))
		}
	}
	return out
}

// rootBy is the folder that a manifest makes a program of: its own, or the one
// above where it lies with what is built there.
func rootBy(manifest string) string {
	folder := folderOf(manifest)
	if path.Base(manifest) == appsManifestName {
		switch path.Base(folder) {
		case "dist", "build", "out":
			return folderOf(folder)
		}
	}
	return folder
}

// isClasp reports whether clasp takes a file for a source.
func isClasp(name string) bool {
	switch path.Ext(name) {
	case ".js", ".ts":
		return languageOf(name, nil) == script
	}
	return false
}

// below reports whether a folder is another or lies in it.
func below(folder, root string) bool {
	return root == "" || folder == root || strings.HasPrefix(folder, root+"/")
}

// pasted reports whether a module can only be for Apps Script: it calls what that
// has built in, by names that it does not bind itself, and takes in nothing.
func (m *module) pasted() bool {
	return len(m.required()) == 0 && m.callsBuiltin()
}

// callsBuiltin reports whether a module calls what Apps Script has built in, by
// names that it does not bind itself.
func (m *module) callsBuiltin() bool {
	return slices.ContainsFunc(m.calls, func(n *node) bool {
		callee := n.kids[0]
		return callee.kind == kAttr && callee.kids[0].kind == kName && builtinService(callee.kids[0].text) != nil && len(m.top.names.of(callee.kids[0].text)) == 0
	})
}

// countServices notes the services of Apps Script that a module calls by names that
// it does not bind itself.
func (m *module) countServices(set map[string]bool) {
	for _, n := range m.calls {
		callee := n.kids[0]
		if callee.kind != kAttr || callee.kids[0].kind != kName || len(m.top.names.of(callee.kids[0].text)) > 0 {
			continue
		}
		switch name := callee.kids[0].text; {
		case builtinService(name) != nil:
			set[name] = true
		case name == "PropertiesService" || name == "HtmlService" || name == "LockService" || name == "CacheService" || name == "ContentService" || name == "Utilities" || name == "Session":
			set[name] = true
		}
	}
}

// forNode are the modules that take in others that Apps Script does not have, or
// one that does: they build or test a project, or work beside it. What a module
// that calls a service takes in is bundled.
func forNode(modules []*module, paths map[string]*module) map[*module]bool {
	out := map[*module]bool{}
	for more := true; more; {
		more = false
		for _, m := range modules {
			if m.language == script && !out[m] && m.takesForNode(paths, out) {
				out[m], more = true, true
			}
		}
	}
	return out
}

func (m *module) takesForNode(paths map[string]*module, others map[*module]bool) bool {
	foreign := false
	for _, name := range m.required() {
		if strings.HasPrefix(name, "node:") || strings.Contains(name, "googleapis") {
			return true
		}
		foreign = foreign || others[scriptFile(paths, name, m.path)]
	}
	foreign = foreign || slices.ContainsFunc(m.calls, func(n *node) bool {
		return n.kids[0].kind == kName && n.kids[0].text == "require" && (len(n.kids) != 2 || !strings.HasPrefix(n.kids[1].text, "."))
	})
	return foreign && !m.callsBuiltin()
}
