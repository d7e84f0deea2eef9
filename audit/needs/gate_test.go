package needs_test

import (
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"scopeaudit/audit/needs"
)

// fact is where a labelled program asks for a scope or makes a call.
var fact = regexp.MustCompile(`(?m)^expect: (?:requested|call|may) .* (\S+):[0-9-]+$`)

// TestGateLosesNothing holds that every file of the labelled programs in which
// there is a fact passes the gate, and that what is found in a program is what is
// found if all of it is read; but for a program without any fact, which looks like
// one only to who reads past the gate. The vectors of this package are held to
// the same where they are.
func TestGateLosesNothing(t *testing.T) {
	names, err := filepath.Glob("../../testdata/vectors/needs/*.txtar")
	if err != nil || len(names) < 150 {
		t.Fatalf("%d vectors: %v", len(names), err)
	}
	facts, held := 0, 0 // held are files that the gate holds back
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		places := map[string]bool{}
		for _, m := range fact.FindAllSubmatch(a.Comment, -1) {
			places[string(m[1])] = true
			facts++
		}
		gated, all := infer(t, a.Files, true).Programs, infer(t, a.Files, false).Programs
		read := map[string]bool{}
		for _, p := range gated {
			for _, f := range p.Files {
				read[f] = true
			}
		}
		for _, f := range a.Files {
			possible := needs.Sort(f.Name, f.Data) == needs.Possible
			if possible {
				held++
			}
			if possible && places[f.Name] && !needs.MayCall(f.Data) && !read[f.Name] {
				t.Errorf("%s: the gate holds %s back, which has a fact", filepath.Base(name), f.Name)
			}
		}
		for _, p := range [][]needs.Program{gated, all} {
			for i := range p {
				p[i].Files = nil // what has nothing of its own may be read or not
			}
		}
		if len(places) > 0 && !reflect.DeepEqual(gated, all) {
			t.Errorf("%s: the gate lost something: %+v, and without it %+v", filepath.Base(name), gated, all)
		}
	}
	if facts < 400 || held < 5 {
		t.Errorf("%d facts, and %d files that are held back: this proves little", facts, held)
	}
}

// TestGateSeesEachTrace puts what a program asks for, or makes a client by,
// anywhere into any text.
func TestGateSeesEachTrace(t *testing.T) {
	const scope, host = "https://www.googleapis.com/auth/drive", "mail.google.com"
	common := []string{scope, host, "OAUTHBEARER", "XOAUTH2"}
	words := map[string][]string{
		"a.py":   append([]string{"from googleapiclient.discovery import build", "import gspread", "import yagmail", ".execute()"}, common...),
		"a.go":   append([]string{`"google.golang.org/api/drive/v3"`, `"golang.org/x/oauth2/google"`, `"cloud.google.com/go/chat/apiv1"`, `"cloud.google.com/go/apps/meet/apiv2"`}, common...),
		"a.ts":   {"require('googleapis')", "gapi.client", "GmailApp.search", "google-auth-library", "type: 'OAuth2'", "'@google-apps/meet'", "'@google-analytics/data'", scope, host},
		"A.java": append([]string{"import com.google.api.services.gmail.Gmail;", "import com.google.chat.v1.ChatServiceClient;", "oauth2:"}, common...),
		"a.kt":   append([]string{"import com.google.android.gms.auth.api", "import com.google.apps.meet.v2.SpacesServiceClient", "oauth2:"}, common...),
		"a.sh":   {"oauth2l fetch", "gcloud auth login", "accounts.google.com", scope, host},
		"a.http": {"GET https://gmail.googleapis.com/gmail/v1/users/me/labels", scope},
	}
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.SliceOfN(rapid.SampledFrom([]byte("gmaoile.c \n(\"\xC3")), 0, 60)
		name := rapid.SampledFrom([]string{"a.py", "a.go", "a.ts", "A.java", "a.kt", "a.sh", "a.http"}).Draw(t, "name")
		word := rapid.SampledFrom(words[name]).Draw(t, "word")
		text := append(append(around.Draw(t, "before"), word...), around.Draw(t, "behind")...)
		if kind := needs.Sort(name, text); kind != needs.Relevant {
			t.Fatalf("%s: %q is of kind %d", name, text, kind)
		}
	})
}

// TestGateIgnoresOtherRequests leaves files of requests alone that name no host of
// Google's.
func TestGateIgnoresOtherRequests(t *testing.T) {
	for name, text := range map[string]string{
		"a.http":      "GET https://example.com/mail\nFrom: me@gmail.com\n",
		"README.rest": "Google\n======\n\nHow to sign in with Google.\n",
	} {
		if kind := needs.Sort(name, []byte(text)); kind != needs.Ignored {
			t.Errorf("%s is of kind %d", name, kind)
		}
	}
}
