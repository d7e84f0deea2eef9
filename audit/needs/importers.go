package needs

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Importers are files without a trace of Google's APIs, by what they may import:
// who imports a client, or who does, may call it by no more than its own name.
type Importers struct{ of map[string][]string }

// Add takes a file that was passed by.
func (i *Importers) Add(name string, data []byte) {
	var specs []string
	switch languageOf(name, data) {
	case script:
		specs = scriptSpecs(data)
	case shell:
		specs = shellSpecs(data)
	case python:
		specs = pythonSpecs(data)
	}
	if len(specs) == 0 {
		return
	}
	if i.of == nil {
		i.of = map[string][]string{}
	}
	i.of[name] = specs
}

// Reaching are those that import one of the sources, or one another that does.
func (i *Importers) Reaching(sources []*Source) []string {
	scripts, modules, shells := map[string]*module{}, map[string]*module{}, map[string][]string{}
	add := func(name string, m *module) {
		switch {
		case m.language == shell:
			shells[path.Base(name)] = append(shells[path.Base(name)], name)
		case m.language == python:
			for _, n := range importNames(name) {
				modules[n] = m
			}
		case m.language.scripted() && !m.manifest:
			scripts[scriptName(name)] = m
		}
	}
	for _, s := range sources {
		add(s.module.path, s.module)
	}
	var out []string
	taken := map[string]bool{}
	for more := true; more; {
		more = false
		for name, specs := range i.of {
			if taken[name] {
				continue
			}
			l := languageOf(name, []byte("#!/bin/sh"))
			for _, spec := range specs {
				if l == shell && sourced(shells[path.Base(spec)], spec) || l == script && scriptFile(scripts, spec, name) != nil || l == python && resolveModule(modules, spec, name) != nil {
					taken[name], more = true, true
					add(name, &module{source: source{path: name}, language: l})
					out = append(out, name)
					break
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// maxSpec is how long the name of an imported file is at most.
const maxSpec = 256

// scriptSpecs are the texts of a JavaScript file that may name another of its
// tree: what follows from, import or require.
func scriptSpecs(data []byte) []string {
	var out []string
	for rest := data; ; {
		i := bytes.IndexAny(rest, `"'`)
		if i < 0 {
			return out
		}
		quote, before := rest[i], bytes.TrimRight(rest[:i], " \t(")
		rest = rest[i+1:]
		if !bytes.HasSuffix(before, []byte("from")) && !bytes.HasSuffix(before, []byte("import")) && !bytes.HasSuffix(before, []byte("require")) {
			continue
		}
		if end := bytes.IndexByte(rest[:min(len(rest), maxSpec)], quote); end > 0 && bytes.IndexByte(rest[:end], '/') >= 0 {
			out = append(out, string(rest[:end]))
			rest = rest[end+1:]
		}
	}
}

// shellSpecs are the files that a script of a shell reads in.
func shellSpecs(data []byte) []string {
	var out []string
	for line := range bytes.Lines(data) {
		if !contains(line, []string{". ", ".\t", "source"}) {
			continue
		}
		for rest := string(line[:min(len(line), maxSpec)]); rest != ""; {
			word := shellWord(strings.TrimLeft(rest, wordEnds))
			rest = strings.TrimLeft(rest, wordEnds)[len(word):]
			if word == "." || word == "source" {
				if spec := shellWord(strings.TrimLeft(rest, " \t")); spec != "" {
					out = append(out, strings.Trim(spec, `"'`))
				}
			}
		}
	}
	return out
}

// wordEnds are what ends a word of a shell, outside of quotes and substitutions.
const wordEnds = " \t\r\n;&|"

// shellWord is the word that a text begins with, as far as where it ends matters.
func shellWord(text string) string {
	depth, quoted := 0, false
	for i, c := range []byte(text) {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '"' && depth <= 0:
			quoted = !quoted
		case depth <= 0 && !quoted && strings.IndexByte(wordEnds, c) >= 0:
			return text[:i]
		}
	}
	return text
}

// sourced reports whether one of some paths is what a script reads in: as much of
// its path is known as stands behind what is computed.
func sourced(paths []string, spec string) bool {
	if i := strings.LastIndexAny(spec, "})`"); i >= 0 {
		spec = spec[i+1:]
	} else if i := strings.LastIndexByte(spec, '$'); i >= 0 {
		_, spec, _ = strings.Cut(spec[i:], "/")
	}
	tail := path.Clean("/" + spec)
	return slices.ContainsFunc(paths, func(p string) bool { return strings.HasSuffix("/"+p, tail) })
}

// pythonSpecs are the modules that a file of Python may import.
func pythonSpecs(data []byte) []string {
	var out []string
	for line := range bytes.Lines(data) {
		line = bytes.TrimLeft(line, " \t")
		if !bytes.HasPrefix(line, []byte("from ")) && !bytes.HasPrefix(line, []byte("import ")) {
			continue
		}
		words := strings.FieldsFunc(string(line[:min(len(line), maxSpec)]), func(r rune) bool { return strings.ContainsRune(" \t\r\n,()#\\", r) })
		for i, w := range words[1:] {
			switch {
			case w == "import" || w == "as":
			case words[0] == "import" || i == 0:
				out = append(out, w)
			case strings.HasSuffix(words[1], "."):
				out = append(out, words[1]+w)
			default:
				out = append(out, words[1]+"."+w)
			}
		}
	}
	return out
}
