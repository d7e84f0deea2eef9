package credfile

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"pgregory.net/rapid"

	"scopeaudit/tokeninfo"
)

func written() tokeninfo.Credential {
	return tokeninfo.Credential{
		AccessToken: tokeninfo.NewSecret("ya29.EXAMPLE"), RefreshToken: tokeninfo.NewSecret("1//0EXAMPLE"),
		ClientID: "000000000000-example.apps.googleusercontent.com", ClientSecret: tokeninfo.NewSecret("GOCSPX-EXAMPLE"),
		Scopes: []string{"https://www.googleapis.com/auth/gmail.readonly"},
		Expiry: time.Date(2099, 1, 1, 0, 0, 0, 1000, time.UTC),
	}
}

// The files as the clients write them; the examples stand in the vectors too.
func TestEncode(t *testing.T) {
	for kind, want := range map[tokeninfo.Kind]string{
		tokeninfo.GoogleAuth: `{"token": "ya29.EXAMPLE", "refresh_token": "1//0EXAMPLE", "token_uri": "https://oauth2.googleapis.com/token", "client_id": "000000000000-example.apps.googleusercontent.com", "client_secret": "GOCSPX-EXAMPLE", "scopes": ["https://www.googleapis.com/auth/gmail.readonly"], "universe_domain": "googleapis.com", "account": "", "expiry": "2099-01-01T00:00:00.000001Z"}`,
		tokeninfo.GoToken:    `{"access_token":"ya29.EXAMPLE","token_type":"Bearer","refresh_token":"1//0EXAMPLE","expiry":"2099-01-01T00:00:00.000001Z"}` + "\n",
		tokeninfo.NodeUser:   `{"type":"authorized_user","client_id":"000000000000-example.apps.googleusercontent.com","client_secret":"GOCSPX-EXAMPLE","refresh_token":"1//0EXAMPLE"}`,
		tokeninfo.ADCUser: `{
  "account": "",
  "client_id": "000000000000-example.apps.googleusercontent.com",
  "client_secret": "GOCSPX-EXAMPLE",
  "refresh_token": "1//0EXAMPLE",
  "type": "authorized_user",
  "universe_domain": "googleapis.com"
}`,
	} {
		got, err := Encode(written(), kind)
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", kind, err, got, want)
		}
		read, err := Identify(got)
		if err != nil || len(read) != 1 || read[0].Kind != kind && kind != tokeninfo.NodeUser || read[0].RefreshToken.Reveal() != "1//0EXAMPLE" || len(read[0].Warnings) > 0 {
			t.Errorf("%s: read back as %+v, %v", kind, read, err)
		}
	}
	// A public client has no secret, and who wants none keeps no refresh token: what
	// we write ourselves is no oddity.
	bare := written()
	bare.RefreshToken, bare.ClientSecret = tokeninfo.Secret{}, tokeninfo.Secret{}
	for _, kind := range []tokeninfo.Kind{tokeninfo.GoogleAuth, tokeninfo.GoToken} {
		got, err := Encode(bare, kind)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := Identify(got); err != nil || len(read) != 1 || len(read[0].Warnings) > 0 {
			t.Errorf("%s: read back as %+v, %v", kind, read, err)
		}
	}
	if _, err := Encode(written(), tokeninfo.Pickle); err == nil {
		t.Error("a pickle was written")
	}
	whole := written()
	whole.Expiry = whole.Expiry.Truncate(time.Second)
	if got, _ := Encode(whole, tokeninfo.GoogleAuth); !bytes.HasSuffix(got, []byte(`"expiry": "2099-01-01T00:00:00Z"}`)) {
		t.Errorf("got %s", got)
	}
}

// Python's own json decides what a string looks like.
func TestEncodesAsPython(t *testing.T) {
	if err := exec.Command(debianPython, "-c", "import json").Run(); err != nil {
		t.Skip("needs /usr/bin/python3 (Debian: python3)")
	}
	c := written()
	c.Account = "Zoë \"q\" \\ / <&> \x00\x1f\x7f\b\f\n\r\t \u2028 \U0001F600@example.com"
	got, err := Encode(c, tokeninfo.GoogleAuth)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(debianPython, "-c", "import json,sys; sys.stdout.write(json.dumps(json.loads(sys.stdin.read())))")
	cmd.Stdin = bytes.NewReader(got)
	want, err := cmd.Output()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

// Go's own package decides what its file looks like, also without an end.
func TestEncodesAsGo(t *testing.T) {
	for _, expiry := range []time.Time{{}, written().Expiry, time.Date(2099, 1, 1, 0, 0, 0, 123456789, time.FixedZone("", 7200))} {
		for _, life := range []time.Duration{0, 3599 * time.Second} {
			c := written()
			c.Expiry, c.Lifetime = expiry, life
			got, err := Encode(c, tokeninfo.GoToken)
			var want bytes.Buffer
			if err := json.NewEncoder(&want).Encode(&oauth2.Token{AccessToken: "ya29.EXAMPLE", TokenType: "Bearer", RefreshToken: "1//0EXAMPLE",
				Expiry: expiry, ExpiresIn: int64(life / time.Second)}); err != nil {
				t.Fatal(err)
			}
			if err != nil || !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%v\ngot  %swant %s", err, got, want.Bytes())
			}
			if read, err := Identify(got); err != nil || len(read) != 1 || !read[0].Expiry.Equal(expiry) {
				t.Errorf("read back as %+v, %v", read, err)
			}
		}
	}
}

func TestRenew(t *testing.T) {
	fresh := tokeninfo.Token{Access: tokeninfo.NewSecret("ya29.NEW"), Expiry: time.Date(2099, 2, 3, 4, 5, 6, 0, time.UTC)}
	rotated := fresh
	rotated.Refresh = tokeninfo.NewSecret("1//0NEW")
	narrower := fresh
	narrower.Scopes = []string{"openid", "email"}
	for _, tt := range []struct {
		name, old string
		token     tokeninfo.Token
		want      string
	}{
		{"google-auth", `{"token": "ya29.OLD", "refresh_token": "1//0OLD", "client_id": "x", "quota_project_id": "keep", "expiry": "2020-01-01T00:00:00Z", "mine": {"token": [1, 2]}}` + "\n", fresh,
			`{"token": "ya29.NEW", "refresh_token": "1//0OLD", "client_id": "x", "quota_project_id": "keep", "expiry": "2099-02-03T04:05:06Z", "mine": {"token": [1, 2]}}` + "\n"},
		{"rotated", `{"token":null,"refresh_token":"1//0OLD","client_id":"x"}`, rotated,
			`{"token":"ya29.NEW","refresh_token":"1//0NEW","client_id":"x", "expiry": "2099-02-03T04:05:06Z"}`},
		{"go", `{"access_token":"ya29.OLD","token_type":"Bearer","refresh_token":"1//0OLD","expiry":"2020-01-01T00:00:00+02:00"}`, rotated,
			`{"access_token":"ya29.NEW","token_type":"Bearer","refresh_token":"1//0NEW","expiry":"2099-02-03T04:05:06Z"}`},
		{"node dump", `{"access_token":"ya29.OLD","refresh_token":"1//0OLD","scope":"openid","token_type":"Bearer","expiry_date":1}`, fresh,
			`{"access_token":"ya29.NEW","refresh_token":"1//0OLD","scope":"openid","token_type":"Bearer","expiry_date":4073774706000}`},
		{"no place for it", `{"type":"authorized_user","client_id":"x","client_secret":"y","refresh_token":"1//0OLD"}`, fresh,
			`{"type":"authorized_user","client_id":"x","client_secret":"y","refresh_token":"1//0OLD"}`},
		{"but for the rotated", `{"type":"authorized_user","client_id":"x","client_secret":"y","refresh_token":"1//0OLD"}`, rotated,
			`{"type":"authorized_user","client_id":"x","client_secret":"y","refresh_token":"1//0NEW"}`},
		{"that alone", `{"token":null,"refresh_token":"1//0OLD","client_id":"x","expiry":"2020-01-01T00:00:00Z"}`, tokeninfo.Token{Refresh: rotated.Refresh},
			`{"token":null,"refresh_token":"1//0NEW","client_id":"x","expiry":"2020-01-01T00:00:00Z"}`},
		{"other scopes", `{"token":"a","refresh_token":"1//0OLD","client_id":"x","scopes":["drive"],"expiry":null}`, narrower,
			`{"token":"ya29.NEW","refresh_token":"1//0OLD","client_id":"x","scopes":["openid", "email"],"expiry":"2099-02-03T04:05:06Z"}`},
		{"other scope", `{"access_token":"a","refresh_token":"1//0OLD","scope":"drive","token_type":"Bearer","expiry_date":1}`, narrower,
			`{"access_token":"ya29.NEW","refresh_token":"1//0OLD","scope":"openid email","token_type":"Bearer","expiry_date":4073774706000}`},
		{"twice", `{"token":"a","token":"b","refresh_token":"1//0OLD","client_id":"x"}`, fresh, ""},
	} {
		held, err := Identify([]byte(tt.old))
		if err != nil || len(held) != 1 {
			t.Fatalf("%s: %+v, %v", tt.name, held, err)
		}
		got, ok := Renew([]byte(tt.old), held[0], tt.token)
		if string(got) != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.name, ok, got, tt.want)
		}
	}
	for _, old := range []string{"", "[]", "{", "{}x", "{}\v", `{"a"}`, "\xff\xfe{\x00"} {
		if got, ok := Renew([]byte(old), tokeninfo.Credential{Kind: tokeninfo.GoogleAuth}, fresh); ok {
			t.Errorf("%q gave %s", old, got)
		}
	}
}

// Whatever was written reads back the same.
func TestEncodeReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := written()
		c.Account = rapid.StringMatching(`[a-zà-ü"\\<]{1,12}@example\.com`).Draw(t, "account")
		c.Expiry = time.UnixMicro(rapid.Int64Range(1e15, 4e15).Draw(t, "expiry")).UTC()
		data, err := Encode(c, tokeninfo.GoogleAuth)
		if err != nil || !json.Valid(data) || strings.ContainsAny(string(data), "\n\x00") {
			t.Fatalf("%v %s", err, data)
		}
		read, err := Identify(data)
		if err != nil || len(read) != 1 || !read[0].Expiry.Equal(c.Expiry) || read[0].AccessToken.Reveal() != "ya29.EXAMPLE" {
			t.Fatalf("%+v, %v", read, err)
		}
		fresh := tokeninfo.Token{Access: tokeninfo.NewSecret("ya29.NEW"), Expiry: c.Expiry}
		c.AccessToken = fresh.Access
		want, _ := Encode(c, tokeninfo.GoogleAuth)
		if got, ok := Renew(data, read[0], fresh); !ok || string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// Whatever the file holds, what is changed still holds the same but for the
// tokens, or nothing is changed.
func FuzzRenew(f *testing.F) {
	f.Add([]byte(`{"token": "a", "refresh_token": "b", "x": [1, {"token": 2}], "expiry": null}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"token":"a"} {}`))
	fresh := tokeninfo.Token{Access: tokeninfo.NewSecret("ya29.NEW"), Refresh: tokeninfo.NewSecret("1//0NEW"), Expiry: time.Unix(4e9, 0)}
	f.Fuzz(func(t *testing.T, old []byte) {
		got, ok := Renew(old, tokeninfo.Credential{Kind: tokeninfo.GoogleAuth}, fresh)
		if !ok {
			return
		}
		var before, after map[string]any
		if json.Unmarshal(old, &before) != nil || json.Unmarshal(got, &after) != nil {
			t.Fatalf("%q became %q", old, got)
		}
		for key, value := range map[string]any{"token": "ya29.NEW", "refresh_token": "1//0NEW", "expiry": "2096-10-02T07:06:40Z"} {
			if after[key] != value {
				t.Errorf("%s is %v", key, after[key])
			}
			delete(before, key)
			delete(after, key)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
	})
}

// The vector that holds what to_json() of google-auth 2 writes is written so by
// us.
func TestEncodesTheVector(t *testing.T) {
	for _, v := range readVectors(t) {
		if v.name != "01-google-auth.txt" {
			continue
		}
		held, err := Identify(v.data)
		if err != nil || len(held) != 1 {
			t.Fatal(err)
		}
		if got, err := Encode(held[0], tokeninfo.GoogleAuth); err != nil || !bytes.Equal(got, v.data) {
			t.Errorf("%v\ngot  %q\nwant %q", err, got, v.data)
		}
		return
	}
	t.Error("the vector is gone")
}
