package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/tokeninfo/google"
)

// Whatever a report can name has a page.
func TestEverythingIsExplained(t *testing.T) {
	var out bytes.Buffer
	a := &app{env: environment{stdout: io.Discard, getenv: func(string) string { return "" }}}
	explained := func(word string) string {
		out.Reset()
		if found, err := a.explainText(&out, word); err != nil || !found {
			t.Errorf("explain %q: found is %t, %v", word, found, err)
		}
		return out.String()
	}
	for _, r := range audit.Rules() {
		page := explained(string(r.ID))
		if words := strings.Fields(r.What); !strings.Contains(page, words[0]) || !strings.Contains(page, r.Severity.String()) {
			t.Errorf("the page of %s says neither what it finds nor how grave it is:\n%s", r.ID, page)
		}
	}
	for _, advice := range google.Advice() {
		for _, met := range append([]string{advice.Text}, advice.Also...) {
			if page := explained("Error 4xx: " + met + " (seen)"); !strings.HasPrefix(page, advice.Text) || len(advice.Causes) == 0 || len(advice.Sources) == 0 {
				t.Errorf("the page of %q is another's, or names no cause or no source:\n%s", met, page)
			}
		}
	}
	cat, err := a.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	all := cat.All()
	if len(all) < 500 {
		t.Fatalf("the catalogue has only %d scopes", len(all))
	}
	for _, s := range all {
		info, _ := cat.Info(s)
		if page := explained(string(s)); !strings.Contains(page, string(info.Powers[0])) {
			t.Errorf("the page of %s does not say what its holder may do:\n%s", s, page)
		}
	}
}
