package tokeninfo

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// value is what must never be seen: no other text in these tests holds it.
const value = "hush-7341-hush"

type exported struct {
	Name   string
	Secret Secret
}

type unexported struct {
	name   string
	secret Secret
	deeper struct{ secret Secret }
	list   []Secret
	byName map[string]Secret
	ptr    *Secret
	any    any
}

// holders wraps a secret in everything that code is likely to print.
func holders() map[string]any {
	s := NewSecret(value)
	u := unexported{name: "x", secret: s, list: []Secret{s}, byName: map[string]Secret{"k": s}, ptr: &s, any: s}
	u.deeper.secret = s
	return map[string]any{
		"value":      s,
		"pointer":    &s,
		"exported":   exported{"x", s},
		"unexported": u,
		"to struct":  &u,
		"slice":      []Secret{s, s},
		"array":      [2]Secret{s, s},
		"map":        map[string]Secret{"k": s},
		"map key":    map[*Secret]int{&s: 1},
		"any":        []any{s, &s, u},
		"credential": Credential{AccessToken: s, RefreshToken: s, ClientSecret: s, IDToken: s, PrivateKey: s},
		"func":       s.reveal,
	}
}

// hidden fails if the value is in out, plain or in a form it could be undone from.
func hidden(t *testing.T, where, out string) {
	t.Helper()
	reversed := []rune(value)
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	for form, s := range map[string]string{
		"plain":     value,
		"a part":    value[:8],
		"base64":    strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "=")[:16],
		"hex":       hex.EncodeToString([]byte(value)),
		"HEX":       strings.ToUpper(hex.EncodeToString([]byte(value))),
		"spaced":    strings.TrimSpace(fmt.Sprintf("% x", value)),
		"decimal":   strings.Trim(fmt.Sprint([]byte(value)), "[]"),
		"go bytes":  strings.Trim(fmt.Sprintf("%#v", []byte(value)[:4]), "[]byte{}"),
		"url":       url.QueryEscape(value),
		"backwards": string(reversed),
	} {
		if strings.Contains(out, s) {
			t.Errorf("%s shows the secret (%s)", where, form)
		}
	}
}

func TestSecretUnderEveryVerb(t *testing.T) {
	for name, h := range holders() {
		for verb := rune('!'); verb < 0x7f; verb++ {
			for _, flags := range []string{"", "+", "#", "-", " ", "0", "+#", "20", ".3", "# "} {
				format := "%" + flags + string(verb)
				hidden(t, name+" under "+format, fmt.Sprintf(format, h))
			}
		}
		hidden(t, name+" under Sprint", fmt.Sprint(h))
		hidden(t, name+" under Sprintln", fmt.Sprintln(h))
		hidden(t, name+" under Append", string(fmt.Append(nil, h)))
	}
}

func TestSecretInEncodings(t *testing.T) {
	s := NewSecret(value)
	for name, h := range holders() {
		out, err := json.Marshal(h)
		hidden(t, name+" in JSON", string(out))
		if err != nil {
			hidden(t, name+" in JSON's error", err.Error())
		}
		out, err = xml.Marshal(h)
		hidden(t, name+" in XML", string(out))
		if err != nil {
			hidden(t, name+" in XML's error", err.Error())
		}
		var b bytes.Buffer
		err = gob.NewEncoder(&b).Encode(h)
		hidden(t, name+" in gob", b.String())
		if err != nil {
			hidden(t, name+" in gob's error", err.Error())
		}
	}
	out, err := json.Marshal(map[string]any{"s": s})
	if want := `{"s":"` + Redacted + `"}`; err != nil || string(out) != want {
		t.Errorf("JSON gives %s, %v, want %s", out, err, want)
	}
	text, err := s.MarshalText()
	if err != nil || string(text) != Redacted {
		t.Errorf("MarshalText gives %q, %v", text, err)
	}
}

func TestSecretInLogs(t *testing.T) {
	for name, h := range holders() {
		var b bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			l := slog.New(handler)
			l.Info("message", "attr", h, slog.Group("group", "inner", h))
			l.With("with", h).Error("message")
		}
		log.New(&b, "", 0).Printf("%v %+v %#v", h, h, h)
		hidden(t, name+" in a log", b.String())
	}
}

func TestSecretInErrors(t *testing.T) {
	for name, h := range holders() {
		err := fmt.Errorf("outer: %w", errors.Join(fmt.Errorf("inner %v %q %s", h, h, h), errors.New("other")))
		hidden(t, name+" in an error", err.Error())
		hidden(t, name+" in an error under %#v", fmt.Sprintf("%#v", err))
		func() {
			defer func() { hidden(t, name+" in a panic", fmt.Sprint(recover())) }()
			panic(h)
		}()
	}
}

func TestSecretItself(t *testing.T) {
	s := NewSecret(value)
	if s.Reveal() != value || !s.Present() {
		t.Error("Reveal does not give the value back")
	}
	if s.String() != Redacted || fmt.Sprint(s) != Redacted {
		t.Errorf("prints as %q", s)
	}
	var zero Secret
	if empty := NewSecret(""); empty.Present() || zero.Present() || zero.Reveal() != "" || fmt.Sprint(zero) != "" {
		t.Error("the empty secret is present, or prints as something")
	}
}

func TestCanMint(t *testing.T) {
	s := NewSecret(value)
	for _, c := range []struct {
		name string
		in   Credential
		want bool
	}{
		{"nothing", Credential{}, false},
		{"access token", Credential{AccessToken: s, ClientID: "id"}, false},
		{"refresh token without its client", Credential{RefreshToken: s}, false},
		{"refresh token and client", Credential{RefreshToken: s, ClientID: "id"}, true},
		{"private key", Credential{PrivateKey: s}, true},
	} {
		if got := c.in.CanMint(); got != c.want {
			t.Errorf("%s: CanMint is %v", c.name, got)
		}
	}
}
