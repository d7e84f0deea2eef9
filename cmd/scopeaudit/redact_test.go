package main

import (
	"testing"

	"pgregory.net/rapid"
)

// TestShapeHeads holds that what the expression would hide is looked at.
func TestShapeHeads(t *testing.T) {
	shape := rapid.StringMatching(secretShape().String())
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, -1).Draw(t, "before") + shape.Draw(t, "secret")
		if !mayHoldSecret(text) {
			t.Errorf("%q is not looked at", text)
		}
		if got := withoutSecrets(text); !secretShape().MatchString(text) || got == text {
			t.Errorf("%q stays as it is", text)
		}
	})
}
