package needs

import (
	"slices"
	"strings"
)

// followed are modules that a client or a credential may be handed to: what
// they do with it is known, or nothing.
var followed = []string{"googleapiclient", "apiclient", "google", "google_auth_oauthlib", "google_auth_httplib2", "aiogoogle", "oauth2client", "oauthlib", "requests_oauthlib", "httplib2", "pickle", "json",
	"os", "sys", "io", "threading", "functools", "concurrent", "asyncio", "logging", "pprint", "copy", "time", "typing", "dataclasses", "contextlib", "multiprocessing",
	"unittest", "pytest", "collections", "itertools", "atexit", "signal", "dill", "joblib", "pathlib", "requests", "httpx", "aiohttp", "urllib"}

// signIns are libraries that obtain a token and call nothing by themselves.
var signIns = []string{"authlib", "flask_dance", "starlette", "fastapi", "allauth", "social_core", "streamlit", "streamlit_oauth", "oauth2", "rauth", "flask", "django", "click", "argparse"}

// escapes lists where a client or a credential is handed to a library that is
// not looked into.
func (r *recorder) escapes(m *module, n *node) {
	if r.otherCloud(m, n) {
		return
	}
	name := ""
	for _, c := range r.eval(n.kids[0]) {
		if c.kind == vExternal {
			name = c.text
		}
	}
	first, rest, _ := strings.Cut(name, ".")
	if name == "" {
		return
	}
	if slices.Contains(followed, first) || wrapperOf(name) != nil {
		return
	}
	if m.language.jvm() {
		switch first {
		case "java", "javax", "kotlin", "kotlinx", "android", "androidx", "jakarta":
			return
		}
		if strings.HasPrefix(rest, "google.") {
			return
		}
		second, _, _ := strings.Cut(rest, ".")
		first += "." + second
	}
	if m.language == golang {
		library, _, _ := strings.Cut(name[:strings.LastIndexByte(name, '.')], "/")
		if first = name[:strings.LastIndexByte(name, '.')]; !strings.Contains(library, ".") || library == "golang.org" || library == "google.golang.org" || first == goSASL {
			return // the standard library, and what is followed
		}
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if arg.kind != kName && arg.kind != kAttr && arg.kind != kCall {
			continue
		}
		for _, v := range r.eval(arg) {
			switch v.kind {
			case vService, vCloud:
				r.fail(m, n, "what "+first+" does with the client is not looked into", v.api)
				return
			case vWrapper:
				if w := wrapperOf(v.text); w != nil && slices.Contains(w.lends, v.path) {
					r.fail(m, n, "what "+first+" does with the client is not looked into", w.apis...)
					return
				}
			case vCredential:
				if _, client := r.namedAPI(n); !client {
					r.fail(m, n, "what "+first+" does with the credential is not looked into")
					return
				}
			}
		}
	}
}
