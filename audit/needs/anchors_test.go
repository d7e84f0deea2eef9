package needs

import (
	"slices"
	"strings"
	"testing"
)

// TestAnchors holds that no trace is passed by for want of an anchor.
func TestAnchors(t *testing.T) {
	if len(anchorsOf) != len(tracesOf) {
		t.Fatalf("anchors for %d languages, traces for %d", len(anchorsOf), len(tracesOf))
	}
	for l, traces := range tracesOf {
		for _, trace := range traces {
			if !slices.ContainsFunc(anchorsOf[l], func(a string) bool { return strings.Contains(trace, a) }) {
				t.Errorf("language %d: no anchor is in %q", l, trace)
			}
		}
	}
}
