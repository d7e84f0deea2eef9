package credfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"scopeaudit/tokeninfo"
)

// FuzzIdentify: any bytes give credentials or an error, the gate agrees with the
// reader behind it, and no text that is meant for people holds a secret.
func FuzzIdentify(f *testing.F) {
	for _, v := range readVectors(f) {
		f.Add(v.data)
	}
	// What the gate must know of is what the reader takes: every refresh token
	// seen begins with "1//0".
	f.Add([]byte(`token("1//1abcde")`))
	f.Fuzz(func(t *testing.T, data []byte) {
		creds, err := Identify(data)
		if (err == nil) != (len(creds) > 0) {
			t.Fatalf("%d credentials and error %v", len(creds), err)
		}
		if behind, _ := identify(data); len(behind) > 0 && !Maybe(data) {
			t.Fatalf("Maybe is false where identify finds %s", behind[0].Kind)
		}
		if err != nil {
			if _, ok := err.(*NotCredential); !ok {
				t.Fatalf("error of type %T", err)
			}
		}
		for _, c := range creds {
			if name, _ := c.Kind.Describe(); name == "" || len(c.CannotTell) == 0 {
				t.Fatalf("kind %q is not described", c.Kind)
			}
			noSecretShown(t, c)
		}
	})
}

// noSecretShown looks for the credential's tokens in all that is printed of it.
func noSecretShown(t *testing.T, c tokeninfo.Credential) {
	t.Helper()
	shown := fmt.Sprintf("%+v", c)
	for _, s := range []tokeninfo.Secret{c.AccessToken, c.RefreshToken, c.ClientSecret, c.PrivateKey} {
		v := s.Reveal()
		// Short or shapeless values may be words of ours by chance.
		if len(v) >= 8 && looksSecret(v) != "" && strings.Contains(shown, v) {
			t.Fatalf("a secret is shown by a credential of kind %s", c.Kind)
		}
	}
}

// FuzzJSON: whatever encoding/json reads we read too, and to the same values.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,false,null,"\u00e9\ud83d\ude00\ud800x\n"]}`, `[NaN,-Infinity]`, `"`, `{"a":1,"a":2}`, "[[[[", "tru", "-", "\"\\u12"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, bad := parseJSON(data)
		if bad != nil && (bad.line < 1 || bad.Error() == "") {
			t.Fatalf("error without a line: %+v", bad)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		if d.Decode(&want) != nil || d.More() || !json.Valid(data) || bad != nil && bad.large {
			return
		}
		if bad != nil {
			t.Fatalf("encoding/json reads %q, we do not: %v", data, bad)
		}
		if plain := plainOf(got); !reflect.DeepEqual(plain, want) {
			t.Fatalf("%q reads as %#v, want %#v", data, plain, want)
		}
	})
}

func plainOf(v value) any {
	switch v.kind {
	case boolean:
		return v.str == "true"
	case number:
		return json.Number(v.str)
	case text:
		return string([]rune(v.str)) // encoding/json makes U+FFFD of every bad byte
	case list:
		out := make([]any, len(v.items))
		for i, item := range v.items {
			out[i] = plainOf(item)
		}
		return out
	case object:
		out := map[string]any{}
		for i, key := range v.keys {
			out[string([]rune(key))] = plainOf(v.items[i])
		}
		return out
	}
	return nil
}

// FuzzPickle, FuzzJava and FuzzSQLite begin past the magic, so that the fuzzer
// need not find it.
func FuzzPickle(f *testing.F) {
	for _, v := range readVectors(f) {
		if v.row() == 9 {
			f.Add(v.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		creds, _ := readPickle(data)
		if len(creds) > maxCredentials {
			t.Fatal("more credentials than the cap")
		}
		for _, c := range creds {
			noSecretShown(t, c)
		}
	})
}

func FuzzJava(f *testing.F) {
	for _, v := range readVectors(f) {
		if v.row() == 10 {
			f.Add(v.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range readJava(append([]byte(javaMagic), data...)) {
			noSecretShown(t, c)
		}
	})
}

func FuzzSQLite(f *testing.F) {
	for _, v := range readVectors(f) {
		if v.row() == 11 {
			f.Add(v.data[16:])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range readSQLite(append([]byte(sqliteMagic), data...)) {
			noSecretShown(t, c)
		}
	})
}

// hostile are inputs of n bytes made to cost more than their length.
func hostile(n int) map[string][]byte {
	fill := func(head, s string) []byte {
		return []byte(head + strings.Repeat(s, (n-len(head))/len(s)))
	}
	return map[string][]byte{
		"open braces":        fill("refresh_token", "{"),
		"open objects":       fill("refresh_token", `{"a":`),
		"open lists":         fill(`{"refresh_token":`, "["),
		"keys":               fill("", "refresh_token="),
		"scopes":             fill("access_token", "scopes=["),
		"scopes in vain":     fill("access_token", "scopes=[x "),
		"private keys":       fill("", "private_key=-----BEGIN PRIVATE KEY-----"),
		"tokens":             numbered(n, `{"refresh_token":"1//0EXAMPLE%d"}`),
		"nested tokens":      numbered(n, `{"refresh_token":"1//0EXAMPLE%d",`),
		"one object of keys": []byte(`{"refresh_token":1,"client_id":2` + string(numbered(n, `,"a%d":"x"`)) + "}"),
		"equal keys":         []byte(`{"refresh_token":1` + strings.Repeat(`,"client_id":"x"`, n/17) + "}"),
		"list of tokens":     []byte("[0" + string(numbered(n, `,{"refresh_token":"1//0EXAMPLE%d"}`)) + "]"),
		"backslashes":        fill(`{"refresh_token":"`, `\`),
		"escapes":            fill(`{"refresh_token":"`, `\u0041`),
		"ini":                fill("", "[a]\ntype = drive\ntoken = {\n"),
		"pickle marks":       fill("\x80\x04", "("),
		"pickle dups":        fill("\x80\x04}", "2"),
		"pickle lists":       fill("\x80\x04", "](l"),
		"pickle builds":      fill("\x80\x04cgoogle.oauth2.credentials\nCredentials\n)\x81", "}b"),
		"pickle objects":     fill("\x80\x04cgoogle.oauth2.credentials\nCredentials\nq\x00}q\x01", "h\x00)\x81h\x01b"),
		"java strings":       fill(javaMagic+"StoredCredential accessToken", "t\x00\x04"),
		"java magic":         fill(javaMagic, javaMagic),
		"sqlite openings":    fill(sqliteMagic, `{"a":`),
		"sqlite lists":       fill(sqliteMagic, `{"a":[0,0,0,0,0,`),
		"sqlite pages":       fill(sqliteMagic+"\x02\x00"+strings.Repeat("\x00", 82), "\x0d\x00\x00\xff\xff\x00\x00\x00"),
		"zeros":              fill("refresh_token", "\x00"),
	}
}

func numbered(n int, format string) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.Bytes()
}

// BenchmarkHostile shows that the work is linear: MB/s of the long input is not
// far below that of the short one.
func BenchmarkHostile(b *testing.B) {
	const small = 128 << 10
	for _, size := range []int{small, 8 * small} {
		for name, data := range hostile(size) {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					Identify(data)
				}
			})
		}
	}
}

func BenchmarkMaybe(b *testing.B) {
	data := bytes.Repeat([]byte("the quick brown fox: jumps(over, \"the\") = lazy_dog\n"), 1<<20/51)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Maybe(data)
	}
}

func BenchmarkIdentify(b *testing.B) {
	for _, v := range readVectors(b) {
		if v.name == "01-google-auth.txt" || v.name == "09-pickle-4.txt" || v.name == "29-notebook-output.txt" {
			b.Run(strings.TrimSuffix(v.name, ".txt"), func(b *testing.B) {
				for b.Loop() {
					Identify(v.data)
				}
			})
		}
	}
}
