package collect_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// spotToken is a refresh token of full shape, put together here.
func spotToken(mark string) string {
	return "1//" + "0" + planted(mark)[len("ya29."):][:99]
}

// Whatever was found is read again where it was found, and gives its value; what
// changed meanwhile does not.
func TestReadAgain(t *testing.T) {
	r := newRepository(t)
	deleted, kept, packed := spotToken("dElEtEd1"), spotToken("kEpT2xYz"), spotToken("pAcKeD3q")
	r.write("secret/token.json", `{"refresh_token": "`+deleted+`", "token": "", "client_id": "000000000000-example.apps.googleusercontent.com", "client_secret": "x"}`)
	r.commit("by mistake")
	r.git("rm", "-q", "secret/token.json")
	r.commit("gone?")
	r.write("kept.py", "refresh_token = '"+kept+"'\n")
	zipping := zipped(t, "inner/main.py", "refresh_token = '"+packed+"'\n")
	r.write("homework.zip", zipping)

	key := secrets.Key{7}
	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{r.dir}}, collect.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]int)
	for _, l := range e.Leaks {
		if l.Kind != secrets.RefreshToken {
			continue
		}
		data, err := collect.ReadAgain(e, l.Location)
		if err != nil {
			t.Errorf("%v: %v", l.Location, err)
			continue
		}
		spot, err := collect.ReadSpot(data, l.Location, collect.Options{Key: key})
		if err != nil || len(spot.Leaks) == 0 {
			t.Errorf("%v: %+v, %v", l.Location, spot.Leaks, err)
		}
		values[spot.Value(l.Tag).Reveal()]++
		if l.Location.Blob != "" && (len(spot.Credentials) != 1 || spot.Credentials[0].RefreshToken.Reveal() != deleted) {
			t.Errorf("%v: %d credentials", l.Location, len(spot.Credentials))
		}
	}
	for _, want := range []string{deleted, kept, packed} {
		if values[want] != 1 {
			t.Errorf("a value was read %d times", values[want])
		}
	}

	if err := os.WriteFile(filepath.Join(r.dir, "kept.py"), []byte("refresh_token = '"+spotToken("oThEr444")+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range e.Leaks {
		if l.Location.Path != "kept.py" {
			continue
		}
		data, err := collect.ReadAgain(e, l.Location)
		if err != nil {
			t.Fatal(err)
		}
		spot, err := collect.ReadSpot(data, l.Location, collect.Options{Key: key})
		if err != nil || spot.Value(l.Tag).Present() {
			t.Errorf("another value under the same name was handed out, %v", err)
		}
	}
	for _, at := range []rules.Location{
		{Origin: rules.History, Path: "x", Blob: strings.Repeat("ab", 20)}, {Origin: rules.Stdin, Path: "-"}, {Origin: rules.Env, Path: "X"},
	} {
		if _, err := collect.ReadAgain(e, at); !errors.Is(err, collect.ErrGone) {
			t.Errorf("%+v: %v", at, err)
		}
	}
}
