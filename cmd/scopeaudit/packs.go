package main

import (
	"os"
	"path/filepath"
	"time"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/secrets"
)

// rulePacks reads the packs that --rules names. What a pack extends lies in its
// own folder or below.
func (f *flags) rulePacks() ([]*secrets.Pack, error) {
	var packs []*secrets.Pack
	for _, name := range f.packs {
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
		pack, err := secrets.ParsePack(root.FS(), file, secrets.PackOptions{})
		root.Close()
		if err != nil {
			return nil, usage("rule packs are TOML files in gitleaks' format", "--rules: %v", err)
		}
		packs = append(packs, pack)
	}
	return packs, nil
}

// gather is how the verbs that walk a tree do so.
func (p *prepared) gather() collect.Options {
	return collect.Options{Key: secrets.Key(randomKey()), Time: time.Now(), Packs: p.packs}
}
