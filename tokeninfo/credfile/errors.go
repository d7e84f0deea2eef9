package credfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"scopeaudit/audit/decode"
	"scopeaudit/tokeninfo"
)

// NotCredential says that data holds no credential, or not the one that was
// wanted. It quotes no content.
type NotCredential struct {
	Looks  string // what it is: "an empty file"
	Wanted string // what was wanted instead: "a token file"; empty for any credential
	Hint   string // what to do; may be empty
}

func (e *NotCredential) Error() string {
	if e.Wanted != "" {
		return fmt.Sprintf("this is %s, and %s was wanted", e.Looks, e.Wanted)
	}
	return "no credential: this is " + e.Looks
}

const apiKey = "an API key"

const (
	hintAgain   = "sign in again with the program that writes this file, or restore it from a copy"
	hintEmpty   = "a script that opens its token file for writing and then fails leaves it empty: delete it and sign in again"
	hintKey     = "an API key opens no account; if it got out, restrict it or delete it: https://console.cloud.google.com/apis/credentials"
	hintRefresh = "it looks cut short: give the token file itself, or the whole token"
	hintBare    = "a token alone is no file format: give it on standard input or in the environment variable SCOPEAUDIT_TOKEN"
)

func notCredential(looks, hint string) *NotCredential {
	return &NotCredential{Looks: looks, Hint: hint}
}

// looksLike describes data that holds no credential.
func looksLike(data []byte) *NotCredential {
	if len(bytes.TrimSpace(data)) == 0 {
		return notCredential("an empty file", hintEmpty)
	}
	if len(data) > MaxFile {
		return notCredential(fmt.Sprintf("a file of more than %d MiB", MaxFile>>20), "credential files are a few kilobytes")
	}
	for _, m := range []struct{ magic, looks string }{
		{sqliteMagic, "a SQLite database without Google credentials"},
		{javaMagic, "a Java serialised object without Google credentials"},
		{"PK\x03\x04", "a zip archive"},
		{"\x1f\x8b", "a gzip archive"},
		{"%PDF-", "a PDF document"},
		{"\x7fELF", "a program"},
		{"-----BEGIN PGP MESSAGE", "a message encrypted with PGP"},
		{"age-encryption.org/", "a file encrypted with age"},
		{"version https://git-lfs", "a Git LFS pointer"},
	} {
		if bytes.HasPrefix(data, []byte(m.magic)) {
			return notCredential(m.looks, "")
		}
	}
	views := decode.Views(data)
	switch {
	case isNotebook(views):
		return notCredential("a notebook without Google credentials", "")
	case len(views) != 1:
		return notCredential("a file without text", "")
	}
	return textLooksLike(bytes.TrimSpace(views[0].Data))
}

func textLooksLike(s []byte) *NotCredential {
	if len(s) == 0 {
		return notCredential("an empty file", hintEmpty)
	}
	head := string(bytes.ToLower(s[:min(len(s), 64)]))
	switch {
	case strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html"):
		return notCredential("a web page (HTML)", "a download was answered with a page: fetch the file again while signed in")
	case strings.HasPrefix(head, "<"):
		return notCredential("XML or HTML", "")
	case !utf8.Valid(s) || bytes.IndexByte(s, 0) >= 0:
		return notCredential("binary data", "")
	case startsJSON(s):
		doc, _, err := parseJSON(s)
		if err != nil {
			return notCredential(err.Error(), hintAgain)
		}
		_, not := readJSON(doc)
		if e := new(NotCredential); errors.As(not, &e) {
			return e
		}
	}
	if len(s) < 4096 && !bytes.ContainsAny(s, " \t\r\n") {
		if what := looksSecret(string(s)); what == apiKey {
			return notCredential(what+" and nothing else", hintKey)
		} else if what != "" {
			return notCredential(what+" and nothing else", hintBare)
		}
		if bytes.HasPrefix(s, []byte(refreshPrefix)) {
			return notCredential("a refresh token and nothing else", hintRefresh)
		}
	}
	if bytes.HasPrefix(s, []byte("-----BEGIN ")) {
		return notCredential("a PEM key or certificate", "")
	}
	return notCredential("text without credential keys", "")
}

// Want is what the user was asked for.
type Want string

// What may be wanted, in the words of the error.
const (
	WantToken  Want = "a token file"
	WantClient Want = "a client secrets file"
)

// Expect turns the result of Identify into an error that names both things
// where the file is not what was wanted, and says what to do. It is nil where
// at least one of the credentials will do.
func Expect(want Want, creds []tokeninfo.Credential, err error) error {
	if err != nil {
		var e *NotCredential
		if !errors.As(err, &e) {
			return err
		}
		other := *e
		other.Wanted = string(want)
		if want == WantClient {
			other.Hint = hintClient
		}
		return &other
	}
	for _, c := range creds {
		if fits(want, c) {
			return nil
		}
	}
	if len(creds) == 0 {
		return &NotCredential{Looks: "an empty list", Wanted: string(want)}
	}
	name, _ := creds[0].Kind.Describe()
	hint := hintClient
	switch {
	case want == WantToken && creds[0].Kind == tokeninfo.ClientSecrets:
		hint = "client secrets name a program and hold no one's grant: sign in once with the program that uses them, and give the token file that it writes, often token.json"
	case want == WantToken:
		hint = "it holds neither an access token nor a refresh token nor a key: " + hintAgain
	case creds[0].PrivateKey.Present():
		hint = "a service-account key cannot sign a user in: " + hintClient
	}
	return &NotCredential{Looks: name, Wanted: string(want), Hint: hint}
}

const hintClient = "in the Google Cloud console, under Credentials, create an OAuth client ID of the type Desktop app and download its JSON"

func fits(want Want, c tokeninfo.Credential) bool {
	if want == WantClient {
		return c.Kind == tokeninfo.ClientSecrets
	}
	switch c.Kind {
	case tokeninfo.ExternalAccount, tokeninfo.ExternalUser, tokeninfo.Rclone:
		return true // they name a grant, though it may lie elsewhere
	}
	return c.AccessToken.Present() || c.RefreshToken.Present() || c.PrivateKey.Present()
}
