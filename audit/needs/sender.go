package needs

import "strings"

// senders are words of which a source has one that makes such a client.
var senders = [...]string{"baseURL", "base_url", "prefixUrl", "prefix:", "ClientSession(", "BaseUrlSession(", "baseUrl", "rootUri", "SetBaseURL", "RestClient.create", "WebClient.create"}

// sender is a client that is made with the address that all of its requests are
// relative to; nil if a call makes none. Sources: the references of axios, got and
// ky, and of httpx, aiohttp and requests_toolbelt.
func (e *engine) sender(name string, n *node) []value {
	library, _, _ := strings.Cut(name, ".")
	place := -1
	switch library {
	case "axios", "got", "ky", "ofetch", "httpx":
	case "aiohttp", "requests_toolbelt":
		place = 0
	default:
		return nil
	}
	var bases []value
	for _, key := range [...]string{"baseURL", "base_url", "prefixUrl", "prefix"} {
		if arg := named(n, key, -1); arg != nil {
			bases = e.eval(arg)
		}
	}
	if args := positional(n); bases == nil && len(args) > 0 {
		for _, v := range e.eval(args[0]) {
			for _, it := range v.items {
				if it.key == "baseURL" || it.key == "prefixUrl" || it.key == "prefix" {
					bases = it.values
				}
			}
			if v.kind == vString && place == 0 {
				bases = []value{v}
			}
		}
	}
	var out []value
	for _, v := range bases {
		if v.kind == vString && strings.HasPrefix(v.text, "https://") {
			out = join(out, value{kind: vSender, text: v.text, origin: n})
		}
	}
	return out
}

// relativeTo are the addresses that the paths of a call are relative to.
func (r *recorder) relativeTo(n *node) []string {
	if !r.relative {
		return nil
	}
	callee := n.kids[0]
	if callee.kind == kAttr {
		callee = callee.kids[0]
	}
	var out []string
	for _, v := range r.eval(callee) {
		if v.kind == vSender {
			out = append(out, v.text)
		}
	}
	return out
}

// onto is an address that a client with a base sends a path to.
func onto(base, path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/")
}

// resolved is an address that is relative to another, as a browser reads it.
func resolved(base, path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	host, rest, _ := strings.Cut(strings.TrimPrefix(base, "https://"), "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + rest[:strings.LastIndexByte(rest, '/')+1] + path
	}
	return "https://" + host + path
}
