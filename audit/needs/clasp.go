package needs

import (
	"path"
	"slices"
	"strings"
)

// projects takes for Apps Script what clasp keeps of it in files for JavaScript
// and TypeScript: those beside or below an appsscript.json, as far as no other
// manifest is nearer. Source: https://github.com/google/clasp
func projects(modules []*module, manifests []string) {
	roots := appsRoots(manifests)
	if len(roots) == 0 {
		return
	}
	var all []string
	for _, f := range manifests {
		all = append(all, folderOf(f))
	}
	for _, m := range modules {
		if m.language == script && isClasp(m.path) && slices.Contains(roots, rootOf(all, folderOf(m.path))) && below(folderOf(m.path), rootOf(roots, folderOf(m.path))) && !m.forNode() {
			m.language = apps
		}
	}
}

// appsRoots are the folders of the projects of Apps Script.
func appsRoots(manifests []string) []string {
	var out []string
	for _, f := range manifests {
		if path.Base(f) == appsManifestName {
			out = append(out, folderOf(f))
		}
	}
	return out
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

// forNode reports whether a module takes in others in a way that Apps Script
// does not have: it builds or tests the project.
func (m *module) forNode() bool {
	for _, n := range m.calls {
		if n.kids[0].kind == kName && n.kids[0].text == "require" {
			return true
		}
	}
	return slices.ContainsFunc(m.imports, func(n *node) bool {
		return strings.HasPrefix(n.text, "node:") || strings.Contains(n.text, "googleapis")
	})
}
