package needs

import "strings"

// objectRest records a request of JavaScript that is given as one object, and
// reports whether it is. Sources: the references of gapi.client.request, of axios
// and of the request method of google-auth-library.
func (r *recorder) objectRest(m *module, n *node) bool {
	if !m.language.scripted() || len(n.kids) != 2 {
		return false
	}
	switch lastName(n.kids[0]) {
	case "request", "axios":
	default:
		return false
	}
	found := false
	for _, v := range r.eval(n.kids[1]) {
		if v.kind != vDict {
			continue
		}
		verb, urls := "GET", []string(nil)
		for _, it := range v.items {
			switch it.key {
			case "method":
				if verb = "?"; len(it.values) == 1 && it.values[0].kind == vString {
					verb = strings.ToUpper(it.values[0].text)
				}
			case "url", "path":
				for _, url := range it.values {
					if url.kind == vString {
						urls = append(urls, r.searched(m, url))
					}
				}
			}
		}
		for _, url := range urls {
			found = true
			if strings.HasPrefix(url, unknownPart) {
				if r.ofCredential(n.kids[0]) {
					r.fail(m, n, "the address that a token is sent to is computed")
				}
				continue
			}
			if strings.HasPrefix(url, "/") && r.ofGapi(n.kids[0]) {
				url = "https://www.googleapis.com" + url
			}
			r.address(m, n, verb, url)
		}
	}
	return found
}

// ofGapi reports whether what is called is of gapi, to which a path is of
// Google's host.
func (r *recorder) ofGapi(callee *node) bool {
	for _, v := range r.eval(callee) {
		if v.kind == vExternal && strings.HasPrefix(v.text, "gapi.") {
			return true
		}
	}
	return false
}

// ofCredential reports whether what is called sends the token that it has.
func (r *recorder) ofCredential(callee *node) bool {
	for _, v := range r.eval(callee) {
		if v.kind == vCredential {
			return true
		}
	}
	return false
}

// searched is an address with what the module adds to the query of an object of
// class URL that was made of it.
func (r *recorder) searched(m *module, url value) string {
	text := url.text
	if !m.language.scripted() || url.origin == nil || !contains(m.text, []string{"searchParams"}) {
		return text
	}
	for _, n := range m.calls {
		callee := n.kids[0]
		if len(n.kids) != 3 || callee.kind != kAttr || callee.text != "set" && callee.text != "append" || callee.kids[0].kind != kAttr || callee.kids[0].text != "searchParams" {
			continue
		}
		for _, v := range r.eval(callee.kids[0].kids[0]) {
			if v.kind != vString || v.origin != url.origin {
				continue
			}
			for _, key := range texts(r.eval(n.kids[1])) {
				given := "?"
				if t := texts(r.eval(n.kids[2])); len(t) == 1 {
					given = t[0]
				}
				mark := "?"
				if strings.Contains(text, mark) {
					mark = "&"
				}
				if len(text) < maxText {
					text += mark + key + "=" + given
				}
			}
		}
	}
	return text
}
