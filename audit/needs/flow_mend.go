package needs

import (
	"cmp"
	"slices"
	"strings"
)

// edit is a change of a module's text: what stands between two positions becomes
// another text.
type edit struct {
	pos, end int32
	text     string
}

// edited is an expression as it becomes by edits, quoted as [source.quote] quotes
// it; empty where it would be quoted without one of them.
func (m *module) edited(n *node, edits []edit) string {
	if len(edits) == 0 {
		return ""
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.pos, b.pos) })
	var b strings.Builder
	at := n.pos
	for _, e := range edits {
		if e.pos < at || e.end < e.pos || e.end > n.end {
			return ""
		}
		b.Write(m.text[at:e.pos])
		b.WriteString(e.text)
		at = e.end
	}
	b.Write(m.text[at:n.end])
	quoted := oneLine([]byte(b.String()))
	for _, e := range edits {
		if !strings.Contains(quoted, strings.TrimSpace(e.text)) || e.text == "" && strings.HasSuffix(quoted, "…") {
			return ""
		}
	}
	return quoted
}

// reworded replaces a part of a literal that is written as it reads.
func (m *module) reworded(n *node, from, to string) []edit {
	i := strings.Index(string(m.text[n.pos:n.end]), from)
	if i < 0 {
		return nil
	}
	pos := n.pos + int32(i)
	return []edit{{pos, pos + int32(len(from)), to}}
}

// untrue makes a literal that says true say false, in its own spelling.
func (m *module) untrue(n *node) []edit {
	if n.kind != kConst && n.kind != kString {
		return nil
	}
	for from, to := range map[string]string{"true": "false", "True": "False"} {
		if e := m.reworded(n, from, to); e != nil {
			return e
		}
	}
	return nil
}

// without takes an argument that is not the first out of a call, a keyword with
// its name.
func (m *module) without(n, value *node) []edit {
	for i, arg := range n.kids {
		if i > 1 && (arg == value || arg.kind == kKeyword && arg.kids[0] == value) {
			return []edit{{n.kids[i-1].end, arg.end, ""}}
		}
	}
	return nil
}

// asList makes a text of scopes the list that is meant: it is taken apart where
// it holds several.
func asList(arg *node, values []value) []edit {
	before, after := "[", "]"
	if len(values) == 1 {
		switch text := strings.TrimSpace(values[0].text); {
		case strings.Contains(text, ","):
			before, after = "", ".split(',')"
		case strings.ContainsAny(text, " \t\n"):
			before, after = "", ".split()"
		}
	}
	if before == "" && arg.kind == kBinary {
		before, after = "(", ")"+after
	}
	return []edit{{arg.pos, arg.pos, before}, {arg.end, arg.end, after}}
}

// opening is the call that opened the file which a call of Python writes to, or
// the call that writes where that is not known.
func (r *recorder) opening(n *node) *node {
	file := n.kids[0]
	if file.kind == kAttr {
		file = file.kids[0]
	}
	if lastName(n.kids[0]) == "dump" {
		if file = named(n, "fp", 1); file == nil {
			return n
		}
	}
	if file.kind == kName && n.block != nil {
		for fn := n.block.fn; fn != nil; fn = fn.outer {
			for _, b := range fn.names.of(file.text) {
				if b.pos < n.pos && b.value != nil {
					file = b.value
				}
			}
			if file.kind != kName {
				break
			}
		}
	}
	if file.kind == kCall && lastName(file.kids[0]) == "open" {
		return file
	}
	return n
}

// ownersOnly has Python open a file such that a new one is readable by its owner
// alone.
func (m *module) ownersOnly(n *node) []edit {
	const opener = ", opener=lambda path, flags: os.open(path, flags, 0o600)"
	callee := n.kids[0]
	switch {
	case lastName(callee) == "open" && len(n.kids) > 2 && callee.kind == kName:
		return []edit{{n.end - 1, n.end - 1, opener}}
	case lastName(callee) == "open" && len(n.kids) > 1 && callee.kind == kAttr: // of pathlib
		return []edit{{n.pos, n.pos, "open("}, {callee.kids[0].end, n.kids[1].pos, ", "}, {n.end - 1, n.end - 1, opener}}
	case lastName(callee) == "write_text" && len(n.kids) == 2 && callee.kind == kAttr:
		return []edit{{n.pos, n.pos, "with open("}, {callee.kids[0].end, n.kids[1].pos, ", 'w'" + opener + ") as f: f.write("}}
	}
	return nil
}

// option adds to the object that a call of JavaScript is given as an argument.
func option(n *node, place int, text string) []edit {
	if place >= len(n.kids) || n.kids[place].kind != kDict {
		return nil
	}
	after := n.kids[place].pos + 1
	return []edit{{after, after, text}}
}

// modeOption has Node write a file such that a new one is readable by its owner
// alone.
func (m *module) modeOption(n *node) []edit {
	const mode = "mode: 0o600"
	if len(n.kids) == 3 || n.kids[3].kind == kLambda {
		return []edit{{n.kids[2].end, n.kids[2].end, ", { " + mode + " }"}}
	}
	if encoding := n.kids[3]; encoding.kind == kString {
		return []edit{{encoding.pos, encoding.pos, "{ encoding: "}, {encoding.end, encoding.end, ", " + mode + " }"}}
	}
	return option(n, 3, " "+mode+",")
}
