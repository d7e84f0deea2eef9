package needs

import (
	"bytes"
	"path"
	"strings"
)

// Kind says what becomes of a file.
type Kind uint8

const (
	// Ignored: in no language that is read.
	Ignored Kind = iota
	// Relevant: it has a trace of Google's APIs, and is read.
	Relevant
	// Possible: it has none, and matters only in a tree that has something
	// relevant: see MayCall and Imported.
	Possible
	// Dependency: someone else's code, which says nothing about this program.
	Dependency
	// Generated: a client library made from discovery documents.
	Generated
	// Manifest: its folder is a program of its own.
	Manifest
)

// Sort tells what becomes of a file, from its path (with slashes) and content.
// It looks for words that every scope and every client has, and lexes nothing.
func Sort(name string, data []byte) Kind {
	if asksInManifest(name, data) && !isDependency(name) {
		return Relevant // and a manifest, if IsManifest says so
	}
	if IsManifest(name) {
		return Manifest
	}
	l := languageOf(name, data)
	if l == noLanguage {
		return Ignored
	}
	switch {
	case isPage(name) && !pageTraces.in(data):
		return Ignored
	case isDependency(name):
		return Dependency
	case !mayHave(l, data) && !isWide(data):
		if l == httpFile { // which may be for any server
			return Ignored
		}
		return Possible
	case isGenerated(data):
		return Generated
	}
	return Relevant
}

// MayCall takes a second look at what is merely possible, in a tree that has
// something relevant: whether it may call a client that it is given, or name
// scopes. What may not is read only if it is imported.
func MayCall(data []byte) bool { return contains(data, chains[:]) }

// IsManifest reports whether a file marks its folder as a program.
func IsManifest(name string) bool {
	switch path.Base(name) {
	case "requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "environment.yml", "go.mod", "package.json", "pom.xml",
		"build.gradle", "build.gradle.kts", "appsscript.json", ".clasp.json", "manifest.json", "Dockerfile", "app.yaml":
		return true
	}
	return false
}

// tracesOf are words, by language, of which a program has at least one if it
// asks for a scope or makes a client; a file of it may have none of them and
// call a client that it is given.
var tracesOf = [...][]string{
	noLanguage: nil,
	python:     {"google", "gmail", "apiclient", "oauth2client", "OAUTH", "pydrive", "gspread", "yagmail", "gcsa", "pygsheets", ".execute()"},
	golang: {"google.golang.org/api", "googleapis", "mail.google.com", "oauth2/google", "OAUTHBEARER", "XOAUTH2",
		"cloud.google.com/go/apps/", "cloud.google.com/go/chat/", "cloud.google.com/go/analytics/", "cloud.google.com/go/shopping/"},
	script: {"googleapis", "google-spreadsheet", "google-auth", "google.auth", "google.accounts", "gapi.", "mail.google.com", "OAuth2", "GmailApp", "DriveApp", "SpreadsheetApp", "CalendarApp",
		"@google-apps/", "@google-analytics/", "@google-shopping/", "@google-ads/", "@google-cloud/subscriptions", "MailApp", "DocumentApp", "SlidesApp", "FormApp", "ContactsApp", "GroupsApp", "ScriptApp", "UrlFetchApp"},
	apps:     nil, // all that it does is call services
	java:     {"com.google.api", "com.google.chat.", "com.google.apps.", "com.google.analytics.", "com.google.shopping.", "com.google.auth", "com.google.android.gms", "googleapis", "mail.google.com", "oauth2:", "OAUTHBEARER", "XOAUTH2"},
	shell:    {"googleapis", "accounts.google.com", "mail.google.com", "gmail.com", "oauth2l", "gcloud"},
	httpFile: {"googleapis.com"},
	kotlin:   {"com.google.api", "com.google.chat.", "com.google.apps.", "com.google.analytics.", "com.google.shopping.", "com.google.auth", "com.google.android.gms", "googleapis", "mail.google.com", "oauth2:", "OAUTHBEARER", "XOAUTH2"},
}

// traces are tracesOf, to be looked for; nil where each file is of interest.
var traces = func() (sets [len(tracesOf)]*wordSet) {
	for l, words := range tracesOf {
		if len(words) > 0 {
			sets[l] = newWordSet(words)
		}
	}
	return sets
}()

// mayHave reports whether a source in a language has a trace of Google's APIs.
func mayHave(l language, data []byte) bool {
	return traces[l] == nil || traces[l].in(data)
}

// chains are what calls of a client look like, and scopes by another name.
var chains = [...]string{"().", ".execute", "scope", "SCOPE", "Scope", "service", ".Do("}

func contains(data []byte, words []string) bool {
	for _, word := range words {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return false
}

// isWide reports whether a text is UTF-16, in which no word is found as it is.
func isWide(data []byte) bool {
	return len(data) > 1 && (data[0] == 0xFF && data[1] == 0xFE || data[0] == 0xFE && data[1] == 0xFF)
}

// Imported gives those of some paths that the sources import, so that they are
// read too; what these import in turn, the next call tells.
func Imported(sources []*Source, paths []string) []string {
	modules := map[string]*module{}
	packages := map[string][]string{}
	for _, p := range paths {
		for _, name := range importNames(p) {
			modules[name] = &module{source: source{path: p}}
		}
		if strings.HasSuffix(p, ".go") {
			packages[folderOf(p)] = append(packages[folderOf(p)], p)
		}
	}
	wanted := map[string]bool{}
	scripts := map[string]*module{}
	for _, p := range paths {
		if languageOf(p, nil) == script {
			scripts[scriptName(p)] = &module{source: source{path: p}}
		}
	}
	for _, s := range sources {
		if s.module.language.jvm() {
			for _, p := range paths {
				wanted[p] = wanted[p] || s.module.mayUse(p)
			}
			continue
		}
		for _, name := range s.module.sources() {
			for _, p := range paths {
				wanted[p] = wanted[p] || strings.HasSuffix("/"+p, name) && languageOf(p, nil) == shell
			}
		}
		if s.module.manifest {
			for _, p := range paths {
				wanted[p] = wanted[p] || below(folderOf(p), folderOf(s.module.path)) && isClasp(p)
			}
			continue
		}
		for _, name := range s.module.required() {
			if m := scriptFile(scripts, name, s.module.path); m != nil {
				wanted[m.path] = true
			}
		}
		if s.module.language == golang {
			for _, p := range packages[folderOf(s.module.path)] {
				wanted[p] = true
			}
			for _, imp := range s.module.imports {
				for _, p := range packages[packageFolder(packages, imp.text)] {
					wanted[p] = true
				}
			}
			continue
		}
		for _, imp := range s.module.imports {
			for _, name := range imp.importedNames() {
				if m := resolveModule(modules, name, s.module.path); m != nil {
					wanted[m.path] = true
				}
			}
		}
	}
	var out []string
	for _, p := range paths {
		if wanted[p] {
			out = append(out, p)
		}
	}
	return out
}

// isDependency reports whether a path leads through a folder of other people's
// code, as package managers and tools make them.
func isDependency(name string) bool {
	for folder := range strings.SplitSeq(folderOf(name), "/") {
		switch folder {
		case "node_modules", "bower_components", "site-packages", "dist-packages", "vendor", "venv", ".venv", "virtualenv", ".virtualenv",
			".ipynb_checkpoints", "__pycache__", "__pypackages__", ".tox", ".nox", ".eggs", ".git", ".gradle", "Pods":
			return true
		}
	}
	return false
}

// generatedHead is how far into a file its header is looked for.
const generatedHead = 2048

// isGenerated reports whether a file's header says that a generator of Google's
// made it: it calls every method there is.
func isGenerated(data []byte) bool {
	head := data[:min(len(data), generatedHead)]
	for _, mark := range [...]string{
		"// Code generated file. DO NOT EDIT.",   // google.golang.org/api
		"// Code generated by protoc-gen-go",     // cloud.google.com/go
		"// Code generated by google-apis-code-", // generators of clients
		"This code was generated by https://github.com/googleapis/google-api-java-client-services",
		"This file was generated automatically by google-api",
		"AUTO-GENERATED CODE BY GOOGLE",
	} {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return bytes.Contains(head, []byte("Google")) && bytes.Contains(head, []byte("Generated by synthtool"))
}
