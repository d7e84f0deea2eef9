package needs

import "strings"

// resolve finds the module of this tree that an import names.
func (e *engine) resolve(n *node, from *module) *module {
	return e.resolveName(n.text, from)
}

func (e *engine) resolveName(name string, from *module) *module {
	return resolveModule(e.byPath, name, from.path)
}

// resolveModule finds a module by its dotted name, as seen from a file: in the
// file's folder or one above it.
func resolveModule(paths map[string]*module, name, from string) *module {
	folder := folderOf(from)
	dots := len(name) - len(strings.TrimLeft(name, "."))
	rest := strings.ReplaceAll(strings.Trim(name, "."), ".", "/")
	if dots > 0 {
		for ; dots > 1; dots-- {
			folder = folderOf(folder)
		}
		return paths[joinPath(folder, rest)]
	}
	if rest == "" {
		return nil
	}
	for {
		if m := paths[joinPath(folder, rest)]; m != nil && m.path != from {
			return m
		}
		if m := paths[joinPath(folder, "src/"+rest)]; m != nil {
			return m
		}
		if folder == "" {
			return nil
		}
		folder = folderOf(folder)
	}
}

func folderOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}

func joinPath(folder, rest string) string {
	if folder == "" || rest == "" {
		return folder + rest
	}
	return folder + "/" + rest
}

// inPackage finds a module beside the file that stands for its package.
func (e *engine) inPackage(m *module, name string) *module {
	if !strings.HasSuffix(m.path, "__init__.py") {
		return nil
	}
	return e.byPath[joinPath(folderOf(m.path), name)]
}

// exported gives what a Python module calls a name, be it one of another module
// of which it takes all; nil if nothing.
func (e *engine) exported(m *module, name string) []value {
	return e.exportedWithin(m, name, 8)
}

func (e *engine) exportedWithin(m *module, name string, depth int) []value {
	if bs := m.top.names.of(name); len(bs) > 0 {
		return e.atEnd(bs)
	}
	if depth == 0 || strings.HasPrefix(name, "_") {
		return nil
	}
	for _, star := range m.top.names.of("*") {
		if from := e.resolve(star.value, m); from != nil {
			if out := e.exportedWithin(from, name, depth-1); out != nil {
				return out
			}
		}
	}
	return nil
}

// importNames are the names under which a file can be imported.
func importNames(path string) []string {
	name, found := strings.CutSuffix(path, ".py")
	if !found {
		return nil
	}
	if folder, found := strings.CutSuffix(name, "/__init__"); found {
		return []string{folder}
	}
	return []string{name}
}
