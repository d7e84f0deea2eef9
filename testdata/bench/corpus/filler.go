package main

import (
	"fmt"
	"strings"
)

// logLines is n bytes of a log without secrets, ending in a line end.
func logLines(d drawer, n int) string {
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "2024-03-21T12:%02d:%02d INFO request id=%s user=%s path=/mail/%d status=200 token_type=Bearer\n",
			d.IntN(60), d.IntN(60), d.from(hex, 16), d.from(lower, 6), d.IntN(1000))
	}
	return b.String()[:max(0, n-1)] + "\n"
}

// minified is n bytes of JavaScript without a line end, as a bundler writes it.
func minified(d drawer, n int) string {
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "function %s(e,t){return t.token&&e.%s(%d)?t[%q]:new %s({key:e.api,n:%d})}",
			d.from(lower, 2), d.from(lower, 5), d.IntN(999), d.from(lower, 7), d.from(upper, 3), d.IntN(1<<20))
	}
	return b.String()[:n]
}
