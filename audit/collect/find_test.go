package collect_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo/credfile"
)

const pemKey = "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA0123456789\nabcdefghijklmnopqrstuvwxyzABCDEFG\n-----END " + "PRIVATE KEY-----\n"

func TestWanted(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want string // the kinds; empty: an error
	}{
		"credential":        {token, "access_token refresh_token client_secret"},
		"a service account": {`{"type": "service_account", "client_email": "a@b.iam.gserviceaccount.com", "private_key": "` + strings.ReplaceAll(pemKey, "\n", `\n`) + `"}`, "private_key"},
		"client secrets":    {`{"installed": {"client_id": "518274930165-story.apps.googleusercontent.com", "client_secret": "GOCSPX-kT4vQz9LmWe3", "redirect_uris": ["http://localhost"]}}`, "client_secret"},
		"the same twice":    {`{"token": "ya29.a0Qk7WzT", "refresh_token": "ya29.a0Qk7WzT", "client_id": "1-a.apps.googleusercontent.com", "client_secret": "short", "token_uri": "https://oauth2.googleapis.com/token"}`, "access_token"},
		"access token":      {"ya29.a0Qk7WzT\n", "access_token"},
		"with its header":   {"Bearer ya29.a0Qk7WzT\r\n", "access_token"},
		"refresh token":     {"1//0hQ4nVt8sKpX2", "refresh_token"},
		"client secret":     {"  GOCSPX-kT4vQz9LmWe3  ", "client_secret"},
		"passphrase":        {"correct horse battery staple\n", ""}, // below: no kind
		"PEM":               {pemKey, "private_key"},
		"UTF-16":            {"\xff\xfeh\x00u\x00n\x00t\x00e\x00r\x002\x002\x00\r\x00\n\x00", ""},
		"nothing":           {"", "error"},
		"too short":         {"hunter2\n", "error"},
		"too long":          {strings.Repeat("x", secrets.MaxWanted+1), "error"},
		"two lines":         {"correct horse\nbattery staple\n", "error"},
		"client ID":         {"518274930165-story.apps.googleusercontent.com\n", "error"},
		"a page":            {"<html><body>sign in</body></html>", "error"},
		"other JSON":        {`{"name": "value of no interest"}`, "error"},
		"no secret in it":   {`{"type": "external_account", "audience": "//iam.googleapis.com/x", "subject_token_type": "urn:x", "token_url": "https://sts.googleapis.com/v1/token", "credential_source": {"file": "/x"}}`, "error"},
		"binary":            {"\x00\x01\x02\xff\xfe\x80 and so on", "error"},
		"half a key":        {"-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAw", "error"},
	} {
		wanted, err := collect.Wanted([]byte(c.data))
		if c.want == "error" {
			var not *credfile.NotCredential
			if !errors.As(err, &not) || not.Wanted == "" || not.Hint == "" {
				t.Errorf("%s: %v, want an error that says what was wanted (%d secrets)", name, err, len(wanted))
			} else if len(c.data) > 4 && strings.Contains(err.Error(), c.data[:5]) {
				t.Errorf("%s: the error quotes the file: %v", name, err)
			}
			continue
		}
		var kinds []string
		for _, w := range wanted {
			kinds = append(kinds, string(w.Kind))
		}
		if got := strings.Join(kinds, " "); err != nil || len(wanted) == 0 || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", wanted, wanted, wanted), "0Qk7W") {
			t.Errorf("%s: printing shows the secret", name)
		}
	}
}

func TestFind(t *testing.T) {
	const refresh = "1//0hQ4nVt8sKpX2CgYIARAAGBI"
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, _ := z.Create("old/token.json")
	w.Write([]byte(token))
	z.Close()
	top := write(t, map[string]string{
		"token.json":            token,
		"src/main.py":           "# " + refresh[:14] + "\ntoken = '" + refresh + "' # scopeaudit:allow credential-copy it is mine\n",
		"tests/data.txt":        "x\n" + base64.StdEncoding.EncodeToString([]byte("refresh_token = "+refresh)),
		"backup.zip":            packed.String(),
		"log.txt":               "got " + refresh[:21] + "...\n",
		"unrelated/token.json":  strings.NewReplacer("Qk7", "Zk8", "hQ4", "iR5", "kT4", "lU5").Replace(token),
		"unrelated/client.json": `{"installed": {"client_id": "518274930165-story.apps.googleusercontent.com"}}`,
	})
	file := filepath.Join(top, "token.json")
	if err := os.Link(file, filepath.Join(top, "hard.json")); err != nil {
		t.Skipf("needs hard links: %v", err)
	}
	wanted, err := collect.Wanted([]byte(token))
	if err != nil {
		t.Fatal(err)
	}
	find := func(original string, paths ...string) ([]string, []string) {
		t.Helper()
		e, err := collect.Find(context.Background(), collect.Sources{Paths: paths}, original, collect.Options{Wanted: wanted})
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Credentials)+len(e.Comments) > 0 {
			t.Errorf("more than copies: %+v, %+v", e.Credentials, e.Comments)
		}
		var places []string
		for _, l := range e.Leaks {
			if l.Rule != rules.CredentialCopy {
				t.Errorf("%+v is no copy", l)
			}
			if strings.Contains(l.Message, "refresh token") {
				places = append(places, fmt.Sprintf("%s %s", l.Location, l.Confidence))
			}
		}
		slices.Sort(places)
		return places, e.Notes
	}
	want := []string{"backup.zip!old/token.json:1:46 high", "hard.json:1:46 high", "log.txt:1:5 low", "src/main.py:2:10 high", "tests/data.txt:2:22 high"}
	places, notes := find(file, top)
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if text := strings.Join(notes, "\n"); !strings.Contains(text, "copies of 1 access token, 1 client secret, 1 refresh token") ||
		!strings.Contains(text, "token.json is the original") {
		t.Errorf("notes %q", notes)
	}
	// Whatever way the file was named, it is the same one; from outside it is none.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err == nil {
		if places, _ := find(link, top); !cmp.Equal(places, want) {
			t.Errorf("through a link: %q", places)
		}
	}
	if places, _ := find(file, filepath.Join(top, "src"), file); len(places) != 1 || !strings.Contains(places[0], "main.py") {
		t.Errorf("with the file itself among the paths: %q", places)
	}
	if places, _ := find("", top); len(places) != len(want)+1 {
		t.Errorf("without an original: %q", places)
	}
	places, notes = find(file, filepath.Join(top, "unrelated"))
	if len(places) > 0 || !strings.Contains(notes[0], "no copy of the 3 secrets") || !strings.Contains(notes[0], "in 2 files") {
		t.Errorf("%q, notes %q", places, notes)
	}
	if _, err := collect.Find(context.Background(), collect.Sources{Paths: []string{top}}, filepath.Join(top, "gone"), collect.Options{Wanted: wanted}); err == nil {
		t.Error("an original that is not there is no error")
	}
}
