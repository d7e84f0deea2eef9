package needs

import (
	"cmp"
	"slices"
	"strings"
)

// objectRest records a request of JavaScript that is given as one object, and
// reports whether it is. Sources: the references of gapi.client.request, of axios,
// of jQuery.ajax, of Obsidian's requestUrl, and of the request method of
// google-auth-library.
func (r *recorder) objectRest(m *module, n *node, bases []string) bool {
	if !m.language.scripted() || len(n.kids) > 3 {
		return false
	}
	switch lastName(n.kids[0]) {
	case "request", "axios", "ajax", "requestUrl", "$http", "GM_xmlhttpRequest":
	default:
		if httpCalls[lastName(n.kids[0])].verb == "" && (len(bases) == 0 || len(n.kids) != 2) {
			return false
		}
	}
	found := false
	for _, v := range r.eval(n.kids[1]) {
		found = r.object(n, v, bases...) || found
	}
	return found
}

// isRoute reports whether a call sets up what a server answers, and sends nothing:
// as Mirage's this.post("https://…", (schema, request) => …).
func isRoute(n *node) bool {
	callee := n.kids[0]
	return callee.kind == kAttr && callee.kids[0].kind == kName && callee.kids[0].text == "this" && len(n.kids) > 2 && n.kids[2].kind == kLambda
}

// shapedLikeFetch gives the place of the address in a call of JavaScript that is
// given one and, behind it, an object with headers, whatever the function is
// called: what wraps fetch takes what fetch takes. It is -1 for any other call.
func shapedLikeFetch(m *module, n *node) int {
	if !m.language.scripted() {
		return -1
	}
	args := positional(n)
	for i := 1; i < len(args); i++ {
		headed := args[i].kind == kDict && slices.ContainsFunc(args[i].kids, func(pair *node) bool { return pair.kind == kPair && pair.kids[0].text == "headers" })
		if headed && contains(m.text, hostWords[:]) {
			return i - 1
		}
	}
	return -1
}

// optionsSecond reports whether a request is given an address, and behind it an
// object of options, as Node's own modules take them. Source:
// https://nodejs.org/api/https.html#httpsrequesturl-options-callback
func (r *recorder) optionsSecond(n *node) bool {
	args := positional(n)
	return len(args) > 1 && slices.ContainsFunc(r.eval(args[1]), func(v value) bool { return v.kind == vDict })
}

// object notes the requests of an object that holds the address and the verb, and
// reports whether it is one.
func (r *recorder) object(n *node, v value, bases ...string) bool {
	if v.kind != vDict {
		return false
	}
	verb, host := cmp.Or(httpCalls[lastName(n.kids[0])].verb, "GET"), ""
	var urls []string
	for _, it := range v.items {
		switch it.key {
		case "method":
			verb = oneOf(it.values)
		case "type": // as jQuery calls it, too
			if areVerbs(it.values) {
				verb = oneOf(it.values)
			}
		case "baseURL", "prefixUrl":
			bases = texts(it.values)
		case "host", "hostname":
			if t := texts(it.values); len(t) == 1 {
				host = "https://" + t[0]
			}
		case "url", "uri", "path":
			for _, url := range it.values {
				if url.kind == vString {
					urls = append(urls, r.searched(n.block.fn.module, url))
				} else if host != "" || it.key != "path" {
					urls = append(urls, unknownPart)
				}
			}
		}
	}
	for _, url := range urls {
		for _, base := range bases {
			r.address(n, verb, onto(base, url))
		}
		if len(bases) > 0 {
			continue
		}
		if strings.HasPrefix(url, unknownPart) {
			if strings.HasSuffix(host, ".googleapis.com") || r.ofCredential(n.kids[0]) {
				r.unsent("the address that a token is sent to is computed")
			}
			continue
		}
		if strings.HasPrefix(url, "/") && host == "" && r.ofGapi(n.kids[0]) {
			host = "https://www.googleapis.com"
		}
		if strings.HasPrefix(url, "/") {
			url = host + url
		}
		r.address(n, verb, url)
	}
	return len(urls) > 0
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
