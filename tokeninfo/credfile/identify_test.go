package credfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"scopeaudit/tokeninfo"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		key, value string
		foreign    bool
	}{
		{"token_uri", "https://oauth2.googleapis.com/token", false},
		{"token_uri", "https://accounts.google.com/o/oauth2/token", false},
		{"token_uri", "https://www.googleapis.com/oauth2/v3/token", false},
		{"token_uri", "https://www.googleapis.com/oauth2/v4/token", false},
		{"token_uri", "http://oauth2.googleapis.com/token", true},
		{"token_uri", "HTTPS://oauth2.googleapis.com/token", true},
		{"token_uri", "https://oauth2.googleapis.com:443/token", true},
		{"token_uri", "https://oauth2.googleapis.com./token", true},
		{"token_uri", "https://oauth2.googleapis.com/token/", true},
		{"token_uri", "https://oauth2.googleapis.com/token?x=1", true},
		{"token_uri", "https://oauth2.googleapis.com/token#", true},
		{"token_uri", " https://oauth2.googleapis.com/token", true},
		{"token_uri", "https://oauth2.googleapis.com.evil.example/token", true},
		{"token_uri", "https://oauth2.googleapis.com@evil.example/token", true},
		{"token_uri", "https://user@oauth2.googleapis.com/token", true},
		{"token_uri", "https://oauth2.googleapis.com\\@evil.example/token", true},
		{"token_uri", "https://oauth2.googleapıs.com/token", true},
		{"token_uri", "https://xn--oauth2-googleapis.com/token", true},
		{"token_uri", "https://evil.example/oauth2.googleapis.com/token", true},
		{"token_uri", "//oauth2.googleapis.com/token", true},
		{"token_uri", "file:///etc/passwd", true},
		{"auth_uri", "https://accounts.google.com/o/oauth2/auth", false},
		{"auth_uri", "https://accounts.google.com/o/oauth2/v2/auth", false},
		{"auth_uri", "https://oauth2.googleapis.com/token", true},
		{"auth_uri", "-flag", true},
		{"universe_domain", "googleapis.com", false},
		{"universe_domain", "googleapis.com.", true},
		{"universe_domain", "evil.example", true},
		{"service_account_impersonation_url", "https://iamcredentials.googleapis.com/v1/x:generateAccessToken", false},
		{"service_account_impersonation_url", "https://iamcredentials.googleapis.com", true},
		{"service_account_impersonation_url", "https://iamcredentials.googleapis.com/../x", true},
		{"service_account_impersonation_url", "https://iamcredentials.googleapis.com.evil.example/v1", true},
		{"client_x509_cert_url", "https://www.googleapis.com/robot/v1/metadata/x509/a%40b", false},
		{"something_else", "https://oauth2.googleapis.com/token", true},
	} {
		if e := judge(c.key, c.value); e.Foreign != c.foreign {
			t.Errorf("%s %q: foreign is %v", c.key, c.value, e.Foreign)
		}
	}
}

func TestShowURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:EXAMPLE@host.example/token":          "https://…@host.example/token",
		"https://host.example/token?key=EXAMPLE":           "https://host.example/token?…",
		"https://host.example/token#EXAMPLE":               "https://host.example/token#…",
		"https://host.example/1//0EXAMPLE":                 "https://host.example/…",
		"https://host.example/ya29.EXAMPLE":                "…",
		"https://host.example/" + strings.Repeat("a", 500): "https://host.example/" + strings.Repeat("a", maxShown-21) + "…",
		"http://localhost":                                 "http://localhost",
		"urn:ietf:wg:oauth:2.0:oob":                        "urn:ietf:wg:oauth:2.0:oob",
	} {
		if got := showURL(in); got != want {
			t.Errorf("showURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPublishedClients(t *testing.T) {
	for _, app := range []struct{ id, name string }{
		{"32555940559", "gcloud"},
		{"764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur", "gcloud application-default"},
		{"563584335869-fgrhgmd47bqnekij5i8b5pr03ho849e6", "firebase-tools"},
		{"1072944905499-vm2v2i5dvn0a0d2o4ca36i1vge8cvbn0", "clasp"},
		{"681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j", "gemini-cli"},
		{"202264815644", "rclone (Drive)"},
	} {
		if got := publishedClient(app.id + clientSuffix); got != app.name {
			t.Errorf("%s is %q, want %q", app.id, got, app.name)
		}
	}
	if got := publishedClient("000000000000-example" + clientSuffix); got != "" {
		t.Errorf("a private client is %q", got)
	}
}

// TestExpectNamesBothThings goes through the confusions that people report.
func TestExpectNamesBothThings(t *testing.T) {
	const (
		client  = `{"installed": {"client_id": "000000000000-example.apps.googleusercontent.com", "client_secret": "GOCSPX-EXAMPLE"}}`
		service = `{"type": "service_account", "private_key": "EXAMPLE", "client_email": "a@example.iam.gserviceaccount.com"}`
		token   = `{"token": "ya29.EXAMPLE", "refresh_token": "1//0EXAMPLE", "client_id": "EXAMPLE", "client_secret": "GOCSPX-EXAMPLE"}`
		nulls   = `{"refresh_token": null, "client_id": null, "client_secret": null, "token": null}`
	)
	for _, c := range []struct {
		name       string
		want       Want
		data       string
		text, hint string // parts; empty text for no error
	}{
		{"client as token", WantToken, client, "this is an OAuth client secrets file, and a token file was wanted", "sign in once"},
		{"service account as client", WantClient, service, "this is a service-account key, and a client secrets file was wanted", "cannot sign a user in"},
		{"token as client", WantClient, token, "this is a token file of google-auth for Python, and a client secrets file was wanted", "OAuth client ID"},
		{"empty token", WantToken, "", "this is an empty file, and a token file was wanted", "delete it and sign in again"},
		{"empty client", WantClient, "\n", "this is an empty file, and a client secrets file was wanted", "download its JSON"},
		{"half token", WantToken, token[:40], "half-written JSON (ends at line 1), and a token file", "sign in again"},
		{"nulls", WantToken, nulls, "a token file was wanted", "neither an access token nor a refresh token"},
		{"token as token", WantToken, token, "", ""},
		{"service account as token", WantToken, service, "", ""},
		{"client as client", WantClient, client, "", ""},
	} {
		creds, err := Identify([]byte(c.data))
		err = Expect(c.want, creds, err)
		if c.text == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var e *NotCredential
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.text) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %v, hint %q; want %q, hint %q", c.name, err, e.Hint, c.text, c.hint)
		} else if strings.Contains(fmt.Sprintf("%v %+v", err, *e), "EXAMPLE") {
			t.Errorf("%s: the error quotes the file", c.name)
		}
	}
	other := errors.New("other")
	if err := Expect(WantToken, nil, other); err != other {
		t.Errorf("an error of another kind becomes %v", err)
	}
	if err := Expect(WantToken, nil, nil); err == nil {
		t.Error("nothing at all will do")
	}
}

func TestFromToken(t *testing.T) {
	for _, given := range []string{"ya29.EXAMPLE", "  ya29.EXAMPLE\n", "Bearer ya29.EXAMPLE"} {
		c, err := FromToken(given)
		if err != nil || c.Kind != tokeninfo.BareAccessToken || c.AccessToken.Reveal() != "ya29.EXAMPLE" || len(c.Warnings) > 0 || len(c.CannotTell) == 0 {
			t.Errorf("%q: %+v, %v", given, c, err)
		}
	}
	for given, looks := range map[string]string{
		"":                                    "nothing",
		"hunter2":                             "no access token of Google, which begins with ya29.", // a password, say
		" \n":                                 "nothing",
		"1//0EXAMPLE":                         "a refresh token",
		"1/EXAMPLE":                           "a refresh token",
		"GOCSPX-EXAMPLE":                      "a client secret",
		"AIzaEXAMPLE":                         "an API key",
		"4/0AEXAMPLE":                         "an authorization code",
		"000000000000-example" + clientSuffix: "a client ID",
		"ey" + strings.Repeat("A", 20) + ".ey" + strings.Repeat("A", 20) + ".EXAMPLE": "a signed token (JWT)",
		`{"token": "ya29.EXAMPLE"}`:             "JSON",
		"ghp_EXAMPLE":                           "a token of GitHub",
		"ya29.EXAMPLE EXAMPLE":                  "text with spaces or characters that no token has",
		"ya29.EXAMPLE\x00":                      "text with spaces or characters that no token has",
		"-----BEGIN PRIVATE KEY-----":           "a PEM key or certificate",
		"ya29." + strings.Repeat("A", maxToken): "longer than any access token of Google",
	} {
		_, err := FromToken(given)
		var e *NotCredential
		if !errors.As(err, &e) || e.Looks != looks {
			t.Errorf("%q: %v, want %q", given[:min(len(given), 40)], err, looks)
		} else if strings.Contains(err.Error()+e.Hint, "EXAMPLE") {
			t.Errorf("%q: the error quotes the token", given)
		}
	}
}

func TestFromRefreshToken(t *testing.T) {
	whole := refreshPrefix + "0" + strings.Repeat("aB3_", 25)
	c, ok := FromRefreshToken(" " + whole + "\n")
	if !ok || c.Kind != tokeninfo.TextCredential || c.RefreshToken.Reveal() != whole || len(c.CannotTell) == 0 {
		t.Errorf("%+v, %v", c, ok)
	}
	for _, given := range []string{"", refreshPrefix, whole[:39], "x" + whole, whole + " x", whole + "\x00", whole + strings.Repeat("aB3_", 110), "ya29." + whole, `{"refresh_token": "` + whole + `"}`} {
		if c, ok := FromRefreshToken(given); ok {
			t.Errorf("%d characters: %+v", len(given), c)
		}
	}
}

func TestLooks(t *testing.T) {
	for in, looks := range map[string]string{
		"":                        "an empty file",
		" \n\t":                   "an empty file",
		"\xef\xbb\xbf":            "an empty file",
		"{}":                      "an empty JSON object",
		"[]":                      "a JSON list without credentials",
		`{"a": 1}`:                "JSON without credential keys",
		"{\"a\": 1,\n\"b\": [\n2": "half-written JSON (ends at line 3)",
		"{\"a\": 1,\n}":           "damaged JSON (line 2)",
		"{":                       "half-written JSON (ends at line 1)",
		"\x7fELF\x02":             "a program",
		"PK\x03\x04":              "a zip archive",
		"<html><body>x</body>":    "a web page (HTML)",
		"<?xml version='1.0'?>":   "XML or HTML",
		"\x00\x01\x02\x80\x81":    "binary data",
		"hello world":             "text without credential keys",
		"[section]\nkey = value":  "text without credential keys",
		"ya29.EXAMPLE":            "an access token and nothing else",
		"1//0EXAMPLE":             "a refresh token and nothing else",
		`{"client_id": "EXAMPLE", "client_secret": "EXAMPLE"}`:         "a client without the outer key installed or web",
		`{"refresh_token": "1//0EXAMPLE"}`:                             "JSON with a refresh token and without its client",
		strings.Repeat("[", 200) + strings.Repeat("]", 200):            "JSON that is nested too deeply or holds too much (line 1)",
		"-----BEGIN PGP MESSAGE-----\n":                                "a message encrypted with PGP",
		strings.Repeat("refresh_token: 1//0EXAMPLE\n", MaxFile/27+100): "a file of more than 16 MiB",
	} {
		creds, err := Identify([]byte(in))
		var e *NotCredential
		if !errors.As(err, &e) || e.Looks != looks {
			t.Errorf("%q: %d credentials, %v, want %q", in[:min(len(in), 40)], len(creds), err, looks)
		}
	}
}

// TestNoErrorQuotesContent plants a word in broken files of every kind.
func TestNoErrorQuotesContent(t *testing.T) {
	for _, v := range readVectors(t) {
		_, err := Identify(v.data)
		for cut := len(v.data) - 1; err == nil && cut > 0; cut -= max(1, len(v.data)/40) {
			_, err = Identify(v.data[:cut])
		}
		var e *NotCredential
		if errors.As(err, &e) && strings.Contains(err.Error()+e.Hint, "EXAMPLE") {
			t.Errorf("%s: the error quotes the file: %v", v.name, err)
		}
	}
	for _, v := range readVectors(t) {
		creds, _ := Identify(v.data)
		for _, c := range creds {
			noSecretShown(t, c)
		}
	}
}

// TestTextSpellings: keys, operators and quotes as languages write them.
func TestTextSpellings(t *testing.T) {
	for _, in := range []string{
		"GOOGLE_REFRESH_TOKEN=1//0EXAMPLE",
		"export GMAIL_REFRESH_TOKEN='1//0EXAMPLE'",
		"refresh-token: 1//0EXAMPLE",
		"refreshToken => \"1//0EXAMPLE\"",
		"token = b'1//0EXAMPLE'",
		`os.environ["REFRESH_TOKEN"] = "1//0EXAMPLE"`,
		`client.setRefreshToken("1//0EXAMPLE")`,
		`Credentials(None, refresh_token="1//0EXAMPLE")`,
		`x = "{\"refresh_token\": \"1//0EXAMPLE\"}"`,
		`x = "{\\\"refresh_token\\\": \\\"1//0EXAMPLE\\\"}"`,
		`{'refresh_token': '1\/\/0EXAMPLE'}`,
		"grant_type=refresh_token&client_id=x&refresh_token=1//0EXAMPLE&x=y",
		"{\n  refresh_token: `1//0EXAMPLE`,\n",
		`{"refresh_token": "1//0EXAMPLE",}`,
	} {
		creds, err := Identify([]byte(in))
		if err != nil || len(creds) != 1 || creds[0].Kind != tokeninfo.TextCredential || creds[0].RefreshToken.Reveal() != "1//0EXAMPLE" {
			t.Errorf("%s: %d credentials, %v", in, len(creds), err)
		}
	}
	for _, in := range []string{
		"refresh_token = get_token()", "refresh_token = ''", "refresh_token: 1//", "the refresh_token begins with 1//0 always",
		"token = 'ya29.…'", "refresh_token=${TOKEN}", "http://a/1//0EXAMPLE", "client_secret = GOCSPX-EXAMPLE",
	} {
		if creds, err := Identify([]byte(in)); err == nil {
			t.Errorf("%s: read as %+v", in, creds)
		}
	}
}

// TestTextKeepsCredentialsApart: braces and repeated keys part them.
func TestTextKeepsCredentialsApart(t *testing.T) {
	in := "a = {'refresh_token': '1//0EXAMPLE1', 'client_secret': 'GOCSPX-EXAMPLE1'}\n" +
		"b = {'refresh_token': '1//0EXAMPLE2'}\n" +
		"token = 'ya29.EXAMPLE3'\ntoken = 'ya29.EXAMPLE4'\n" +
		"again = {'refresh_token': '1//0EXAMPLE2'}\n"
	creds, err := Identify([]byte(in))
	if err != nil || len(creds) != 4 {
		t.Fatalf("%d credentials, %v, want 4", len(creds), err)
	}
	for i, want := range []struct {
		line   int
		secret bool
	}{{1, true}, {2, false}, {3, false}, {4, false}} {
		if creds[i].Place.Line != want.line || creds[i].ClientSecret.Present() != want.secret {
			t.Errorf("credential %d: line %d, client secret %v", i+1, creds[i].Place.Line, creds[i].ClientSecret.Present())
		}
	}
}

// TestPlace: a whole file starts on line 1, and binary formats have no lines.
func TestPlace(t *testing.T) {
	for _, v := range readVectors(t) {
		creds, _ := Identify(v.data)
		for _, c := range creds {
			binary := v.row() >= 9 && v.row() <= 11
			if c.Place.Cell == 0 && (c.Place.Line == 0) != binary {
				t.Errorf("%s: line %d", v.name, c.Place.Line)
			}
		}
	}
}

// TestUTF16 holds for every text vector in both byte orders.
func TestUTF16(t *testing.T) {
	for _, v := range readVectors(t) {
		if v.keys["encoding"] != "" || !v.accepted() {
			continue
		}
		want, _ := Identify(v.data)
		for _, order := range [][2]int{{0, 1}, {1, 0}} {
			wide := make([]byte, 2, 2+2*len(v.data))
			wide[order[0]], wide[order[1]] = 0xff, 0xfe
			for _, c := range v.data {
				pair := [2]byte{}
				pair[order[0]] = c
				wide = append(wide, pair[:]...)
			}
			got, err := Identify(wide)
			if err != nil || len(got) != len(want) || got[0].Kind != want[0].Kind || got[0].RefreshToken.Reveal() != want[0].RefreshToken.Reveal() {
				t.Errorf("%s in UTF-16: %d credentials, %v", v.name, len(got), err)
			}
		}
	}
}

// A notebook's file shows its outputs a second time, escaped and in pieces;
// only the outputs themselves are read.
func TestNotebookIsReadOnce(t *testing.T) {
	printed := `{\"token\": \"ya29.EXAMPLEaccess\", \"refresh_token\": \"1//0EXAM", "PLE\", \"client_id\": \"000000000000-example.apps.googleusercontent.com\"}`
	html := `<pre>{&quot;token&quot;: &quot;ya29.EXAMPLEhtml&quot;, &#39;refresh_token&#39;: &#39;1//0EXAMPLEhtml&#39;}</pre>`
	data := `{"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": ["` + printed + `"]},
		{"output_type": "display_data", "data": {"text/html": ["` + html + `"]}}]}], "metadata": {}, "nbformat": 4}`
	creds, err := Identify([]byte(data))
	if err != nil || len(creds) != 2 {
		t.Fatalf("got %+v, %v, want two credentials", creds, err)
	}
	for i, want := range []string{"1//0EXAMPLE", "1//0EXAMPLEhtml"} {
		if c := creds[i]; c.RefreshToken.Reveal() != want || c.Place.Cell != 1 || !c.Place.Output {
			t.Errorf("credential %d has %d bytes of refresh token at %+v", i, len(c.RefreshToken.Reveal()), c.Place)
		}
	}
}
