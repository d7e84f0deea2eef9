package needs

import (
	"slices"
	"strings"
)

// headerSetters are names of functions that set one header of a request: in Go, Java,
// Kotlin and JavaScript.
var headerSetters = [...]string{"Set", "Add", "header", "addHeader", "setHeader", "setRequestProperty", "append", "set"}

// carriesToken reports whether a request is seen to be sent with a token. One that is
// given a key of an API may do without.
func (r *recorder) carriesToken(n *node) bool {
	if !r.bearer {
		return false
	}
	if n.block.fn.module.language == shell {
		c := r.commandOf(n)
		if isHTTPie(n) {
			c.httpie()
		}
		return c.bearer
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword && arg.text != "headers" {
			continue
		}
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if slices.ContainsFunc(r.eval(arg), authorises) {
			return true
		}
	}
	for _, name := range headerSetters {
		for _, set := range r.named[name] {
			if r.steps++; set.block != nil && set.block.fn == n.block.fn && len(set.kids) > 1 && isAuthorization(set.kids[1].text) {
				return true
			}
		}
	}
	return false
}

// authorises reports whether a value is headers with a token, or holds such.
func authorises(v value) bool {
	if v.kind != vDict {
		return false
	}
	return slices.ContainsFunc(v.items, func(it item) bool {
		return isAuthorization(it.key) || it.key == "headers" && slices.ContainsFunc(it.values, authorises)
	})
}

func isAuthorization(header string) bool { return strings.EqualFold(header, "authorization") }
