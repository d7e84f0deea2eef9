package tokeninfo

import (
	"slices"
	"testing"
)

func TestUntold(t *testing.T) {
	const other = "Which client the refresh token belongs to is unknown from this file."
	c := Credential{CannotTell: []string{ScopesRequested, ExpiryMissing, RefreshUnused, other}}
	for _, test := range []struct {
		granted, ends, tried bool
		want                 []string
	}{
		{false, false, false, c.CannotTell},
		{true, false, false, []string{ExpiryMissing, RefreshUnused, other}},
		{true, true, false, []string{RefreshUnused, other}},
		{true, true, true, []string{other}},
		{false, false, true, []string{ScopesRequested, ExpiryMissing, other}},
	} {
		if got := c.Untold(test.granted, test.ends, test.tried); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %q", test, got)
		}
	}
	if len(c.CannotTell) != 4 {
		t.Error("the credential was changed")
	}
}
