package needs

import (
	"slices"
	"strings"
)

// group is the files of one program.
type group struct {
	path    string
	root    string
	modules []*module
}

// divide puts together the files that belong to one program: those of a folder
// that a manifest, or the user, marks as one; and where none does, those that
// import each other, with what only asks for scopes joined to what only calls.
func divide(x *Index, modules []*module, paths map[string]*module, o Options) []group {
	d := &division{x: x, modules: modules, leader: make([]int, len(modules)), imports: make([][]int, len(modules))}
	place := map[*module]int{}
	for i, m := range modules {
		d.leader[i] = i
		place[m] = i
	}
	var roots []string
	for _, f := range o.Manifests {
		roots = append(roots, rootBy(f))
	}
	if o.Programs != nil {
		roots = nil
		for _, f := range o.Programs {
			if f = strings.Trim(f, "/"); f == "." {
				f = ""
			}
			roots = append(roots, f)
		}
	}
	d.marked = len(roots) > 0
	d.roots = make([]string, len(modules))
	for i, m := range modules {
		d.roots[i] = rootOf(roots, folderOf(m.path))
		if m.manifest {
			d.roots[i] = rootOf(roots, rootBy(m.path))
		}
	}
	if o.Programs != nil {
		first := map[string]int{}
		for i, root := range d.roots {
			if j, known := first[root]; known {
				d.join(i, j)
			} else {
				first[root] = i
			}
		}
		return d.groups()
	}
	packages, projects := map[string][]int{}, map[string]int{}
	for i, m := range modules {
		if m.language == golang {
			packages[folderOf(m.path)] = append(packages[folderOf(m.path)], i)
		}
	}
	for i, m := range modules {
		if i > 0 && modules[i-1].path == m.path { // what a notebook hands to the shell
			d.join(i-1, i)
		}
		if m.language == golang {
			d.join(i, packages[folderOf(m.path)][0])
			for _, imp := range m.imports {
				if folder := packageFolder(packages, imp.text); folder != noFolder && d.roots[packages[folder][0]] == d.roots[i] {
					d.join(i, packages[folder][0])
				}
			}
			continue
		}
		if m.language.jvm() {
			for _, j := range d.used(i) {
				d.join(i, j)
			}
			if isSpringConfig(m.path) { // all code of an application has what it is registered for
				for j, o := range modules {
					if o.language.jvm() && d.roots[i] == d.roots[j] {
						d.join(i, j)
					}
				}
			}
			continue
		}
		for _, name := range m.sources() {
			for j, o := range modules {
				if o.language == shell && d.roots[i] == d.roots[j] && strings.HasSuffix("/"+o.path, name) {
					d.join(i, j)
				}
			}
		}
		if m.language == apps {
			folder := folderOf(m.path)
			if roots := appsRoots(o.Manifests); slices.Contains(roots, d.roots[i]) {
				folder = d.roots[i]
			}
			first, known := projects[folder]
			if !known {
				projects[folder] = i
			} else if d.roots[first] == d.roots[i] {
				d.join(i, first)
			}
			continue
		}
		if m.manifest { // all scripts of an extension have its token
			for j, o := range modules {
				if o.language == script && d.roots[i] == d.roots[j] {
					d.join(i, j)
				}
			}
			continue
		}
		for _, name := range m.required() {
			if other := scriptFile(paths, name, m.path); other != nil && d.roots[place[other]] == d.roots[i] {
				d.join(i, place[other])
				d.imports[i] = append(d.imports[i], place[other])
			}
		}
		for _, imp := range m.imports {
			for _, name := range imp.importedNames() {
				if other := resolveModule(paths, name, m.path); other != nil && d.roots[place[other]] == d.roots[i] {
					d.join(i, place[other])
					d.imports[i] = append(d.imports[i], place[other])
				}
			}
		}
	}
	d.joinClassic()
	d.complete(func(i int) string { return folderOf(modules[i].path) })
	d.complete(func(i int) string { return d.roots[i] })
	return d.groups()
}

// used are the modules of Java or Kotlin of the same root whose classes and
// functions one names, of its package or of one that it imports.
func (d *division) used(i int) []int {
	if d.declared == nil {
		d.declared = map[string][]int{}
		for j, m := range d.modules {
			if !m.language.jvm() {
				continue
			}
			for name, bs := range m.top.names.all {
				if len(bs) > 0 && bs[0].how != byFrom && bs[0].how != byStar {
					d.declared[name] = append(d.declared[name], j)
				}
			}
		}
	}
	m := d.modules[i]
	var out []int
	for name := range m.names() {
		for _, j := range d.declared[name] {
			o := d.modules[j]
			if j == i || d.roots[i] != d.roots[j] {
				continue
			}
			if spaceOf(o) == spaceOf(m) || slices.ContainsFunc(m.imports, func(n *node) bool { return n.text == o.space || strings.HasPrefix(n.text, o.space+".") }) {
				out = append(out, j)
			}
		}
	}
	return out
}

// required are the files that a JavaScript module names, by import or require.
func (m *module) required() []string {
	if m.language != script {
		return nil
	}
	var out []string
	for _, imp := range m.imports {
		out = append(out, imp.text)
	}
	for _, n := range m.calls {
		if n.kids[0].kind == kName && (n.kids[0].text == "require" || n.kids[0].text == "import") && len(n.kids) == 2 && n.kids[1].kind == kString {
			out = append(out, n.kids[1].text)
		}
	}
	return out
}

// foreign are the modules that a module takes in, in whatever way its language has.
func (m *module) foreign() []string {
	if m.language == script {
		return m.required()
	}
	var out []string
	for _, imp := range m.imports {
		out = append(out, imp.text)
	}
	return out
}

// importedNames are the modules that an import may name: what it takes out of a
// package may be a module too.
func (n *node) importedNames() []string {
	names := []string{n.text}
	for _, kid := range n.kids {
		if kid.kind == kPair && len(kid.kids) > 0 {
			joined := n.text + "." + kid.kids[0].text
			if strings.HasSuffix(n.text, ".") {
				joined = n.text + kid.kids[0].text
			}
			names = append(names, joined)
		}
	}
	return names
}

type division struct {
	x       *Index
	modules []*module
	leader  []int
	marked  bool // there are manifests
	roots   []string
	imports [][]int // what each module imports
	// declared are the modules of Java and Kotlin, by what they declare.
	declared map[string][]int
}

// rootOf is the nearest of roots that a folder is in; the top if none is.
func rootOf(roots []string, folder string) string {
	best := ""
	for _, r := range roots {
		if len(r) > len(best) && (folder == r || strings.HasPrefix(folder, r+"/")) {
			best = r
		}
	}
	return best
}

func (d *division) find(i int) int {
	for d.leader[i] != i {
		d.leader[i] = d.leader[d.leader[i]]
		i = d.leader[i]
	}
	return i
}

func (d *division) join(i, j int) {
	a, b := d.find(i), d.find(j)
	d.leader[max(a, b)] = min(a, b)
}

// complete joins, within each place, the groups that lack either scopes or
// calls, and gives them to the one that has both if there is just one.
func (d *division) complete(where func(int) string) {
	type has struct{ scopes, calls bool }
	parts := map[int]has{}
	for i, m := range d.modules {
		p := parts[d.find(i)]
		p.scopes = p.scopes || len(m.strings) > 0 || asks(m)
		p.calls = p.calls || d.mayCall(m)
		parts[d.find(i)] = p
	}
	type state struct{ lacking, whole []int }
	places := map[string]*state{}
	var order []string
	for i := range d.modules {
		if d.find(i) != i {
			continue
		}
		key := d.roots[i] + "\x00" + where(i)
		if places[key] == nil {
			places[key] = &state{}
			order = append(order, key)
		}
		if p := parts[i]; p.scopes && p.calls {
			places[key].whole = append(places[key].whole, i)
		} else if p.scopes || p.calls {
			places[key].lacking = append(places[key].lacking, i)
		}
	}
	for _, key := range order {
		s := places[key]
		if len(s.whole) == 1 && len(s.lacking) > 0 {
			s.lacking = append(s.lacking, s.whole[0])
		}
		for i := 1; i < len(s.lacking); i++ {
			d.join(s.lacking[0], s.lacking[i])
		}
	}
}

// asks reports whether a module hands scopes to anything.
func asks(m *module) bool {
	return slices.ContainsFunc(m.calls, func(n *node) bool {
		arg, _ := scopeArgument(n)
		return arg != nil || m.language == shell && n.kids[0].text == "oauth2l"
	})
}

// mayCall reports whether a module has anything that looks like a method.
func (d *division) mayCall(m *module) bool {
	addresses := m.language.scripted() && contains(m.text, hostWords[:]) // elsewhere get is of dictionaries too
	for _, n := range m.calls {
		callee := n.kids[0]
		if _, sends := httpCalls[lastName(callee)]; sends && addresses {
			return true
		}
		if m.language == shell && (callee.text == "curl" || callee.text == "wget" || strings.HasPrefix(callee.text, "http")) {
			return true
		}
		if callee.kind != kAttr {
			continue
		}
		if m.cloud && d.x.isRPC(callee.text) {
			return true
		}
		resource := callee.kids[0]
		if resource.kind == kCall && (m.language == python || m.language.jvm()) {
			resource = resource.kids[0]
		}
		if resource.kind != kAttr {
			continue
		}
		for _, s := range spellings(callee.text) {
			if d.x.tails[canonical(resource.text)+"."+canonical(s)] > 0 {
				return true
			}
		}
	}
	return false
}

// entry is what a program goes by that shares its folder with others: the folder of
// a command of Go, the one nearest the top, or else its first file.
func (g group) entry() string {
	best := ""
	for _, m := range g.modules {
		folder := folderOf(m.path)
		if m.language == golang && folder != "" && m.space == "main" && (best == "" || strings.Count(folder, "/") < strings.Count(best, "/")) {
			best = folder
		}
	}
	if best == "" {
		return g.modules[0].path
	}
	return best
}

func (d *division) groups() []group {
	var out []group
	at := map[int]int{}
	for i, m := range d.modules {
		l := d.find(i)
		k, known := at[l]
		if !known {
			k = len(out)
			at[l] = k
			out = append(out, group{root: d.roots[i]})
		}
		out[k].modules = append(out[k].modules, m)
	}
	folders, inRoot := map[string]int{}, map[string]int{}
	whole := make([]bool, len(out)) // the program that a manifest is of
	for _, g := range out {
		inRoot[g.root]++
	}
	for i := range out {
		whole[i] = d.marked && (inRoot[out[i].root] == 1 || slices.ContainsFunc(out[i].modules, func(m *module) bool { return m.manifest }))
		if whole[i] {
			out[i].path = out[i].root
			folders[out[i].root]++
			continue
		}
		folder := folderOf(out[i].modules[0].path)
		for _, m := range out[i].modules {
			for folder != "" && folderOf(m.path) != folder && !strings.HasPrefix(folderOf(m.path), folder+"/") {
				folder = folderOf(folder)
			}
		}
		out[i].path = folder
		folders[folder]++
	}
	for i := range out {
		if folders[out[i].path] > 1 && !whole[i] {
			if out[i].path = out[i].entry(); folders[out[i].path] > 0 {
				out[i].path = out[i].modules[0].path
			}
		} else if out[i].path == "" {
			out[i].path = "."
		}
	}
	return d.apart(out)
}
