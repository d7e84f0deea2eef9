package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo/store"
)

// What is looked at of the files beside a token's, to learn its client. It is only
// shown, and a token ends without.
const (
	maxNeighbours = 200
	maxNeighbour  = 64 << 10 // bytes: a client's file has few
)

// neighbours are the leaks in the files of a folder, but not of folders in it.
func neighbours(folder string, o collect.Options) (leaks []secrets.Leak) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, e := range entries[:min(len(entries), maxNeighbours)] {
		file := filepath.Join(folder, e.Name())
		if data, _, err := store.ReadFile(file, maxNeighbour); err == nil {
			leaks = append(leaks, leaksIn(data, rules.Location{Origin: rules.Tree, Path: file}, o)...)
		}
	}
	return leaks
}

// committedBeside are the leaks in the files that a commit has beside another.
func committedBeside(h *tree.History, at rules.Location, o collect.Options) (leaks []secrets.Leak) {
	names, err := h.Folder(at.Commit, path.Dir(at.Path))
	if err != nil {
		return nil
	}
	for _, name := range names[:min(len(names), maxNeighbours)] {
		at.Path = path.Join(path.Dir(at.Path), name)
		if blob, data, err := h.At(at.Commit, at.Path); err == nil && len(data) <= maxNeighbour {
			at.Blob = blob.String()
			leaks = append(leaks, leaksIn(data, at, o)...)
		}
	}
	return leaks
}

func leaksIn(data []byte, at rules.Location, o collect.Options) []secrets.Leak {
	spot, err := collect.ReadSpot(data, at, o)
	if err != nil {
		return nil
	}
	return spot.Leaks
}

// joinedClient is the client of the full credential that a token of the target is
// part of: in its own file, or over files beside each other.
func joinedClient(all []secrets.Leak, spot collect.Spot, t target) string {
	tags := make(map[secrets.Tag]bool)
	for _, l := range spot.Leaks {
		if value := spot.Value(l.Tag).Reveal(); value != "" && (value == t.RefreshToken.Reveal() || value == t.AccessToken.Reveal()) {
			tags[l.Tag] = true
		}
	}
	prints := make(map[string]bool)
	for _, l := range all {
		if tags[l.Tag] && audit.Revocable(l) {
			prints[l.Fingerprint] = true
		}
	}
	for _, l := range slices.Concat(all, secrets.Join(all)) {
		if l.Rule == rules.GoogleFullCredential && slices.ContainsFunc(l.Parts, func(part string) bool { return prints[part] }) {
			return l.ClientID
		}
	}
	return ""
}
