package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/secrets"
)

// rulePacks reads the packs that --rules names. What a pack extends lies in its
// own folder or below.
func (a *app) rulePacks() ([]*secrets.Pack, error) {
	if a.flags.forAll && len(a.flags.packs) == 0 {
		return nil, usage("name the pack with --rules FILE", "--allowlists-for-all: there is no rule pack whose allowlists could be meant")
	}
	var packs []*secrets.Pack
	for _, name := range a.flags.packs {
		folder, file := filepath.Split(name)
		if folder == "" {
			folder = "."
		}
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, usage("name a TOML file in gitleaks' format", "--rules %q: %v", name, reason(err))
		}
		info, err := root.Stat(file)
		if err == nil && !info.Mode().IsRegular() {
			root.Close()
			return nil, usage("name a TOML file in gitleaks' format", "--rules: %q is not a regular file", name)
		}
		pack, err := secrets.ParsePack(root.FS(), file, secrets.PackOptions{ForAll: a.flags.forAll})
		root.Close()
		if err != nil {
			return nil, usage(packHint(name), "--rules: %v", err)
		}
		packs = append(packs, pack)
		if slow := pack.Unkeyed(); len(slow) > 0 && !a.flags.quiet {
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: rule pack %q: %s without keywords, slower than the others: %s\n",
				name, plural(len(slow), "rule"), printable(shortList(slow)))
		}
	}
	return packs, nil
}

// packHint says what a rule pack is, and where gitleaks' own is found: no part
// of this program, as importing the module that has it would bring two dozen
// others along.
func packHint(name string) string {
	if name == "gitleaks" {
		return "gitleaks' own rules are the file config/gitleaks.toml of its source: fetch that, and name the file"
	}
	return "rule packs are TOML files in gitleaks' format"
}

// shortList names a few.
func shortList(names []string) string {
	const few = 5
	text := strings.Join(names[:min(len(names), few)], ", ")
	if more := len(names) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// gather is how the verbs that walk a tree do so.
func (p *prepared) gather() collect.Options {
	return collect.Options{Key: secrets.Key(randomKey()), Time: time.Now(), Packs: p.packs, Exclude: p.exclude, History: p.history, Change: p.change}
}
