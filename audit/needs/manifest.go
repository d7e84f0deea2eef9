package needs

import (
	"bytes"
	"encoding/json"
	"path"
)

// The names of manifests that ask for scopes: of a project of Apps Script, and of
// an extension of a browser. What Spring is configured with asks for them too, and
// marks no program: see isSpringConfig.
const (
	appsManifestName      = "appsscript.json"
	extensionManifestName = "manifest.json"
)

// asksInManifest reports whether a file is a manifest that may ask for scopes.
func asksInManifest(name string, data []byte) bool {
	switch path.Base(name) {
	case appsManifestName:
		return true
	case extensionManifestName:
		return bytes.Contains(data, []byte(`"oauth2"`)) && contains(data, scopeHosts[:])
	}
	return isSpringConfig(name) && bytes.Contains(data, []byte("registration")) && contains(data, scopeHosts[:])
}

// scopeHosts are words of which each scope that opens data has one.
var scopeHosts = [...]string{"googleapis.com/auth/", "mail.google.com"}

// readManifest reads the scopes that a manifest asks for; nil if it is none.
// Sources: https://developers.google.com/apps-script/manifest,
// https://developer.chrome.com/docs/extensions/reference/manifest/oauth2
func readManifest(name string, data []byte) *module {
	if !asksInManifest(name, data) {
		return nil
	}
	m := &module{source: source{path: name, text: bytes.Clone(data)}, language: apps, manifest: true}
	body := &node{kind: kBlock, end: int32(len(data))}
	all := &node{kind: kList, end: int32(len(data))}
	switch path.Base(name) {
	case appsManifestName:
		all.kids = jsonScopes(data, "oauthScopes")
		m.symbols = librarySymbols(data)
	case extensionManifestName:
		m.language = script
		all.kids = jsonScopes(data, `"oauth2"`)
	default:
		m.language, m.manifest = java, false
		all.kids = springScopes(name, data)
	}
	if len(all.kids) > 0 {
		all.pos = all.kids[0].pos
		callee := &node{kind: kName, text: path.Base(name), pos: all.pos, end: all.pos}
		arg := &node{kind: kKeyword, text: "scopes", pos: all.pos, end: all.end, kids: []*node{all}}
		body.kids = []*node{{kind: kCall, pos: all.pos, end: all.end, kids: []*node{callee, arg}}}
	}
	m.nodes = len(all.kids) + 4
	bind(m, body)
	return m
}

// jsonScopes finds the scopes of a manifest in JSON, which stand behind a key.
func jsonScopes(data []byte, key string) []*node {
	var manifest struct {
		Scopes []string `json:"oauthScopes"`
		OAuth2 struct {
			Scopes []string `json:"scopes"`
		} `json:"oauth2"`
	}
	_ = json.Unmarshal(data, &manifest) // what is no manifest asks for nothing
	var out []*node
	at := max(bytes.Index(data, []byte(key)), 0)
	for _, s := range append(manifest.Scopes, manifest.OAuth2.Scopes...) {
		pos := at
		if i := bytes.Index(data[at:], []byte(`"`+s+`"`)); i >= 0 && s != "" {
			pos = at + i + len(`"`)
		}
		out = append(out, &node{kind: kString, text: s, pos: int32(pos), end: int32(min(pos+len(s), len(data)))})
	}
	return out
}
