package needs

import (
	"slices"
	"strings"
)

// Source is one file that was read.
type Source struct {
	module *module
	aside  *module // what of a notebook goes to the shell, if anything
	size   int
}

// Read reads one file. It never fails: what cannot be parsed is passed over.
// The path has slashes and is relative to the top of the tree; data is not kept. Sources may be
// read at the same time; each is good for one Infer.
func Read(path string, data []byte) *Source {
	if m := readManifest(path, data); m != nil {
		return &Source{module: m, size: len(data)}
	}
	text, aside := read(path, data)
	m := &module{source: text, language: languageOf(path, data)}
	if m.http = m.language == httpFile; m.http {
		m.language = shell
	}
	m.read()
	return &Source{module: m, aside: aside, size: len(data)}
}

// read parses the text of the module, and binds its names.
func (m *module) read() {
	tree, comments := m.parse(m.text)
	m.comments, m.nodes, m.made, m.space = comments, tree.nodes, tree.calls, tree.space
	m.cloud = cloudWords.in(m.text)
	bind(m, tree.body)
}

// parse reads a text in the language of the module.
func (m *module) parse(text []byte) (*parsed, []spot) {
	if m.http {
		return parseHTTP(text)
	}
	if m.language == shell {
		return parseShell(text)
	}
	var l lexed
	switch source := string(text); {
	case m.language == golang:
		l = lexGo(source)
		return parseGo(l), l.comments
	case m.language.scripted():
		l = lexScript(source)
		return parseScript(l), l.comments
	case m.language.jvm():
		l = lexJVM(source, m.language == kotlin)
		return parseJVM(l, m.language == kotlin), l.comments
	default:
		l = lexPython(source, m.notebook)
		return parsePython(l), l.comments
	}
}

// Options say how a tree is divided into programs.
type Options struct {
	// Manifests are the paths of the files that Sort calls so.
	Manifests []string
	// Programs are folders each of which is one program; nil: it is found out.
	Programs []string
	// Stop is asked now and then whether nobody waits for the result any more,
	// which then is worth nothing; nil: somebody does.
	Stop func() bool
}

// Infer tells what the programs of a tree ask for, call and need.
func (x *Index) Infer(sources []*Source, o Options) Result {
	slices.SortFunc(sources, func(a, b *Source) int { return strings.Compare(a.module.path, b.module.path) })
	modules := make([]*module, 0, len(sources))
	for _, s := range sources {
		if modules = append(modules, s.module); s.aside != nil {
			modules = append(modules, s.aside)
		}
	}
	paths := importable(modules)
	projects(modules, paths, o.Manifests)
	result := Result{Read: len(sources)}
	var roots []string
	for _, g := range divide(x, modules, paths, o) {
		if o.Stop != nil && o.Stop() {
			break
		}
		p := Program{Path: g.path}
		for _, m := range g.modules {
			if n := len(p.Files); n == 0 || p.Files[n-1] != m.path { // a notebook may be two
				p.Files = append(p.Files, m.path)
			}
		}
		r := &recorder{engine: newEngine(x, g.modules, importable(g.modules)), program: &p}
		r.stop = o.Stop
		r.record()
		r.flows()
		r.requests()
		r.sortAll()
		r.conclude()
		if p.Verdict != None {
			result.Programs = append(result.Programs, p)
			roots = append(roots, o.root(g))
		}
	}
	sharedConsent(result.Programs, roots)
	return result
}

// importable gives modules by the names under which they can be imported.
func importable(modules []*module) map[string]*module {
	paths := map[string]*module{}
	for _, m := range modules {
		for _, name := range importNames(m.path) {
			paths[name] = m
		}
		if m.language.scripted() {
			paths[scriptName(m.path)] = m
		}
	}
	return paths
}
