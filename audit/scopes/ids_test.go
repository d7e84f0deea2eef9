package scopes_test

import "testing"

func TestIDsAreThoseOfTheMethods(t *testing.T) {
	c := load(t)
	last, n := "", 0
	for id, api := range c.IDs() {
		if id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		if m, ok := c.Method(id); !ok || m.API != api {
			t.Fatalf("%s: API %s, and Method says %v %s", id, api, ok, m.API)
		}
		last = id
		n++
	}
	if n < 10_000 {
		t.Errorf("%d methods", n)
	}
	for id := range c.IDs() {
		if id == "" {
			t.Error("no ID")
		}
		break
	}
}
