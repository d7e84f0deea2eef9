package needs

import (
	"strings"
)

// facts are the arguments of a call that decide.
type facts struct {
	query   bool   // q is passed
	format  string // constant; "?" where computed
	media   bool   // the content is read or written
	next    bool   // a further page of a call that is counted
	appData bool   // the app's own folder is named
	parents bool   // a file is put into a named folder
	labels  bool   // label IDs are passed
	ambient bool   // it goes by the credentials of where the program runs
	beyond  string // what is looked through is more than the program's own files
}

// facts reads the arguments that decide which scopes permit a call.
func (r *recorder) facts(n *node, method string) facts {
	var f facts
	callee := n
	if n.kind == kCall {
		callee = n.kids[0]
	}
	f.next = strings.HasSuffix(callee.text, "_next")
	f.media = strings.HasSuffix(callee.text, "_media")
	for i, v := range r.eval(callee) {
		f.media = f.media || v.kind == vMethod && v.media
		f.ambient = v.ambient && (f.ambient || i == 0)
	}
	if n.kind != kCall {
		return f
	}
	if lang := n.block.fn.module.language; method == "drive.files.update" && (lang.jvm() || lang == apps) {
		// Here the content has no name: it follows the ID and what describes the file.
		args := positional(n)
		f.media = f.media || len(args) > 2 && !allNone(r.eval(args[2]))
	}
	for _, arg := range n.kids[1:] {
		switch {
		case n.block.fn.module.language.jvm() && arg.kind != kKeyword:
			r.fact(&f, "body", r.eval(arg))
		case arg.kind == kKeyword:
			r.fact(&f, arg.text, r.eval(arg.kids[0]))
		case arg.kind == kDict || arg.kind == kName && n.block.fn.module.language.scripted():
			for _, v := range r.eval(arg) {
				if v.kind != vDict && v.kind != vFunc || v.open {
					f.query, f.format = true, "?"
				}
				for _, it := range v.items {
					r.fact(&f, it.key, it.values)
				}
			}
		case arg.kind == kSpread:
			for _, v := range r.eval(arg.kids[0]) {
				if v.kind != vDict || v.open {
					f.query, f.format = true, "?"
				}
				for _, it := range v.items {
					r.fact(&f, it.key, it.values)
				}
			}
		}
	}
	return f
}

func (r *recorder) fact(f *facts, name string, values []value) {
	text := "?"
	if t := texts(values); len(t) == 1 && len(values) == 1 {
		text = t[0]
	}
	switch name = strings.ToLower(name); name {
	case "q":
		f.query = f.query || !allNone(values)
	case "format":
		f.format = strings.ToLower(text)
	case "alt":
		f.media = f.media || text == "media"
	case "media", "media_body":
		f.media = f.media || !allNone(values)
	case "spaces":
		f.appData = f.appData || text == "appDataFolder"
	case "labelids":
		f.labels = f.labels || !allNone(values)
	case "corpora", "driveid", "includeitemsfromalldrives":
		if !allNone(values) && !allFalse(values) && text != "user" {
			f.beyond = map[string]string{"corpora": "corpora", "driveid": "driveId"}[name]
			if f.beyond == "" {
				f.beyond = "includeItemsFromAllDrives"
			}
		}
	case "body", "resource", "requestbody":
		for _, v := range values {
			for _, it := range v.items {
				if it.key == "parents" {
					r.fact(f, "parents", it.values)
				}
			}
		}
	case "parents":
		f.parents = true
		for _, v := range values {
			for _, t := range texts(r.elements([]value{v})) {
				if t == "appDataFolder" {
					f.appData = true
				}
			}
		}
	}
}

func allFalse(values []value) bool {
	for _, v := range values {
		if v.kind != vConst || strings.ToLower(v.text) != "false" {
			return false
		}
	}
	return true
}

func allNone(values []value) bool {
	for _, v := range values {
		if v.kind != vConst || v.text != "None" && v.text != "null" && v.text != "undefined" {
			return false
		}
	}
	return true
}
