package secrets

import (
	"testing"

	"scopeaudit/audit/rules"
)

// Two rules that meet the same value are told as one finding, which is the same
// whichever of them came first.
func TestResolveKnowsNoOrder(t *testing.T) {
	more := finding{Leak: Leak{Rule: rules.FacebookAppToken, Confidence: rules.MediumConfidence, Masked: "app token…(46)…last"}, end: 46}
	less := more
	less.Masked = "app token…(46)"
	for _, found := range [][]finding{{more, less}, {less, more}} {
		if got := resolve(found); len(got) != 1 || got[0].Masked != less.Masked {
			t.Errorf("%+v gives %+v, want the one that shows less", found, got)
		}
	}
}
