package needs

import (
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// TestAddresses holds that no scope is passed by for want of a word.
func TestAddresses(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.All() {
		if text := string(s); strings.Contains(text, "/") && !contains([]byte(text), addresses[:]) {
			t.Errorf("%s has none of %q", text, addresses)
		}
	}
}
