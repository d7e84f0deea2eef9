package needs

import (
	"path"
	"slices"
	"strings"
)

// taken gives what a JavaScript module takes out of another: one of its names,
// what it exports by default, or with "*" all of it.
func (e *engine) taken(from, name string, by *module) []value {
	m := e.scriptModule(from, by)
	if m == nil {
		if name == "gapi" || name == "default" && strings.Contains(from, "gapi") { // gapi-script and its like
			return []value{{kind: vExternal, text: "gapi"}}
		}
		if name == "*" || name == "default" {
			return []value{{kind: vExternal, text: from}}
		}
		return []value{{kind: vExternal, text: from + "." + name}}
	}
	whole := m.top.names.of(wholeModule)
	switch {
	case name == "default" && len(m.top.names.of("default")) > 0:
		return e.atEnd(m.top.names.of("default"))
	case (name == "*" || name == "default") && len(whole) > 0:
		return e.atEnd(whole)
	case name == "*" || name == "default":
		return []value{{kind: vModule, module: m}}
	case len(m.top.names.of(name)) > 0:
		return e.atEnd(m.top.names.of(name))
	case len(whole) > 0:
		return e.fields(e.atEnd(whole), name)
	}
	return e.handedOn(m, name)
}

// handedOn gives what a module exports because another does, all of which it hands
// on.
func (e *engine) handedOn(m *module, name string) []value {
	all := []*module{m}
	for i := 0; i < len(all); i++ {
		for _, b := range all[i].top.names.of("*") {
			o := e.scriptModule(b.value.text, all[i])
			if o == nil || slices.Contains(all, o) || len(all) > maxExporters {
				continue
			}
			if bs := o.top.names.of(name); len(bs) > 0 {
				return e.atEnd(bs)
			}
			all = append(all, o)
		}
	}
	return unknown
}

// maxExporters is how many modules are looked into for what one hands on.
const maxExporters = 256

// scriptModule finds the file of the tree that an import names: from where it
// stands, or from the top of the project.
func (e *engine) scriptModule(from string, by *module) *module {
	return scriptFile(e.byPath, from, by.path)
}

func scriptFile(paths map[string]*module, from, by string) *module {
	if strings.HasPrefix(from, ".") {
		return scriptAt(paths, path.Join(folderOf(by), from))
	}
	rest, aliased := strings.CutPrefix(from, "@/")             // as most projects call their top, or src
	if lib, found := strings.CutPrefix(from, "$lib/"); found { // of SvelteKit
		rest, aliased = "lib/"+lib, true
	}
	if !aliased {
		if rest, aliased = strings.CutPrefix(from, "~/"); !aliased && (!strings.Contains(from, "/") || strings.HasPrefix(from, "@")) {
			return nil
		}
	}
	for folder := folderOf(by); ; folder = folderOf(folder) {
		for _, full := range []string{joinPath(folder, rest), joinPath(folder, "src/"+rest)} {
			if m := scriptAt(paths, full); m != nil && m.path != by {
				return m
			}
		}
		if folder == "" {
			return nil
		}
	}
}

// scriptAt finds a file by its path, with or without its extension.
func scriptAt(paths map[string]*module, full string) *module {
	for _, name := range []string{full, strings.TrimSuffix(full, path.Ext(full)), full + "/index"} {
		if m := paths[scriptKey+name]; m != nil {
			return m
		}
	}
	return nil
}

// scriptKey sets the paths of JavaScript modules apart from those of others.
const scriptKey = "script:"

// scriptName is the path under which a JavaScript file can be imported. A page
// goes by its whole name, which is no other's.
func scriptName(name string) string {
	if isPage(name) {
		return scriptKey + name
	}
	return scriptKey + strings.TrimSuffix(name, path.Ext(name))
}

// global gives what a name is that nothing in the tree binds: a client that the
// page or Apps Script provides.
func (e *engine) global(name string, m *module) []value {
	switch name {
	case "gapi", "google":
		return []value{{kind: vExternal, text: name}}
	}
	if out := e.fromPage(name, m); out != nil {
		return out
	}
	if m.language == apps {
		for _, other := range e.modules { // all files of a project share their names
			if bs := other.top.names.of(name); other != m && other.language == apps && len(bs) > 0 {
				return e.atEnd(bs)
			}
		}
		if api := advancedService(name); api != "" {
			return []value{{kind: vService, api: api}}
		}
		if builtinService(name) != nil {
			return []value{{kind: vWrapper, text: name}}
		}
	}
	return []value{{kind: vUnknown, text: name}}
}

// nodeClient gives the client that something of Google's Node library makes:
// google.gmail(…), gmail_v1.Gmail, gmail of @googleapis/gmail.
func (e *engine) nodeClient(name string, n *node) []value {
	rest, found := strings.CutPrefix(name, "googleapis.")
	if strings.Contains(name, ".auth.") {
		return nil
	}
	if !found {
		if rest, found = strings.CutPrefix(name, "@googleapis/"); !found {
			return nil
		}
	}
	last := rest[strings.LastIndexByte(rest, '.')+1:]
	for part := range strings.SplitSeq(rest, ".") {
		if i := strings.LastIndex(part, "_v"); i > 0 && isVersion(part[i+1:]) {
			if api := e.apiNamed(part[:i]); api != "" && last != part {
				return []value{{kind: vService, api: api, origin: n}}
			}
		}
	}
	if api := e.apiNamed(last); api != "" {
		return []value{{kind: vService, api: api, origin: n}}
	}
	return nil
}

// apiNamed is the API of a name whatever its case. Those of the Admin SDK go by
// names of their own in newer Java clients.
func (e *engine) apiNamed(name string) string {
	switch name = strings.ToLower(name); name {
	case "directory", "reports", "datatransfer":
		name = "admin"
	}
	if len(e.index.apis[name]) > 0 {
		return name
	}
	return ""
}

// appsClient gives gapi.client.gmail.
func (e *engine) appsClient(owner, name string, n *node) []value {
	if owner != "gapi.client" {
		return nil
	}
	if api := e.apiNamed(name); api != "" {
		return []value{{kind: vService, api: api, origin: n}}
	}
	return nil
}

// methodName is what the API calls a method: the advanced services of Apps Script
// have remove for delete, which is a keyword. Source:
// https://developers.google.com/apps-script/guides/services/advanced
func methodName(name string, n *node) string {
	if name == "remove" && n != nil && n.block != nil && n.block.fn.module.language == apps {
		return "delete"
	}
	return name
}

// advancedService is the API behind a name that Apps Script provides. Source:
// https://developers.google.com/apps-script/guides/services/advanced
func advancedService(name string) string {
	switch name {
	case "Gmail", "Drive", "Calendar", "Sheets", "Docs", "Slides", "Tasks", "People", "Classroom", "YouTube", "Chat", "Meet", "Forms",
		"DriveActivity", "DriveLabels", "AppsActivity", "WorkspaceEvents", "BigQuery", "AnalyticsData", "AnalyticsAdmin":
		return strings.ToLower(name)
	case "AdminDirectory", "AdminReports":
		return "admin"
	case "AdminLicenseManager":
		return "licensing"
	case "AdminGroupsMigration", "AdminGroupsSettings", "AdminReseller":
		return strings.ToLower(strings.TrimPrefix(name, "Admin"))
	case "YouTubeAnalytics":
		return "youtubeAnalytics"
	case "CloudIdentityGroups":
		return "cloudidentity"
	}
	return ""
}
