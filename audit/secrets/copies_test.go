package secrets

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

func wanted(kind Kind, value string) Wanted {
	return Wanted{Kind: kind, Reveal: func() string { return value }}
}

// copies are the copies that a finder sees in data, with everything that decode
// undoes.
func copies(t testing.TB, s *Scanner, name string, data []byte) []Leak {
	t.Helper()
	var leaks []Leak
	_, err := decode.Each(data, decode.Limits{}, func(m decode.Member, views iter.Seq[decode.View]) error {
		p := s.Begin(rules.Location{Origin: rules.Tree, Path: name, Member: m.Name})
		for v := range views {
			p.Scan(v)
		}
		leaks = append(leaks, p.End()...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return leaks
}

// disguises are texts that hold value once, in every way that a copy is met.
func disguises(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	escaped := ""
	for _, b := range []byte(value) {
		escaped += fmt.Sprintf(`\x%02x`, b)
	}
	wide := utf16.Encode([]rune("key: " + value + "\n"))
	utf16le := []byte{0xFF, 0xFE}
	for _, c := range wide {
		utf16le = append(utf16le, byte(c), byte(c>>8))
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write([]byte("token: " + value))
	zip.Close()
	half := len(value) / 2
	notebook, _ := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": []any{map[string]any{
		"cell_type": "code", "execution_count": 3, "metadata": map[string]any{}, "source": []string{"print(token)\n"},
		"outputs": []any{map[string]any{"output_type": "stream", "name": "stdout", "text": []string{"now\n", value + "\n"}}},
	}}})
	texts := map[string]string{
		"as it stands":    "token = '" + value + "'\n",
		"in the middle":   "x" + value + "y",
		"in JSON":         `{"a": ` + string(quoted) + `}`,
		"slashes escaped": `{"a": "` + strings.ReplaceAll(value, "/", `\/`) + `"}`,
		"hexadecimal":     "data: " + hex.EncodeToString([]byte(value)),
		"HEXADECIMAL":     "data: " + strings.ToUpper(hex.EncodeToString([]byte(value))),
		"escaped":         "s = \"" + escaped + "\"",
		"in a URL":        "https://example.com/?t=" + url.QueryEscape(value) + "&x=1",
		"UTF-16":          string(utf16le),
		"gzip":            packed.String(),
		"in two pieces":   "s = \"" + value[:half] + "\" + \\\n    \"" + value[half:] + "\"\n",
		"notebook":        string(notebook),
		"after binary":    "\x00\x01\x02\xff" + value + "\x00",
	}
	for before := range 3 {
		text := strings.Repeat("x", before) + value
		texts[fmt.Sprintf("base64 of binary, %d before", before)] = "b = " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x81", before)+value+"\xF1\x00"))
		texts[fmt.Sprintf("base64url, %d before", before)] = "b = " + base64.URLEncoding.EncodeToString([]byte(text+" and more of it"))
		mime := base64.StdEncoding.EncodeToString([]byte("some text " + text + " and so on, and so forth, for several lines of it"))
		wrapped := ""
		for len(mime) > 76 {
			wrapped, mime = wrapped+mime[:76]+"\r\n", mime[76:]
		}
		texts[fmt.Sprintf("base64 in lines, %d before", before)] = wrapped + mime + "\r\n"
	}
	return texts
}

func TestFinderSeesThroughEveryDisguise(t *testing.T) {
	for kind, value := range map[Kind]string{
		AccessToken: accessValue, RefreshToken: refreshValue, ClientSecret: secretValue, "": draw("an", 31, 5),
	} {
		s := NewFinder(Key{1}, wanted(kind, value), wanted(AccessToken, "ya29."+draw("url64", 150, 99)))
		for disguise, text := range disguises(value) {
			leaks := copies(t, s, "f", []byte(text))
			if len(leaks) != 1 || leaks[0].Rule != rules.CredentialCopy || leaks[0].Confidence != rules.HighConfidence || leaks[0].Fingerprint == "" {
				t.Errorf("%s of kind %q: %+v, want one copy", disguise, kind, leaks)
				continue
			}
			if strings.Contains(fmt.Sprintf("%+v", leaks), value[:12]) {
				t.Errorf("%s: the leak shows the secret", disguise)
			}
		}
		other := "ya29." + draw("url64", 150, 7) + " 1//0" + draw("url64", 99, 8) + " GOCSPX-" + draw("url64", 28, 9)
		if leaks := copies(t, s, "f", []byte(other)); len(leaks) != 0 {
			t.Errorf("another credential is taken for a copy: %+v", leaks)
		}
	}
}

// The same disguise shows the same secret, wherever it lies: one tag.
func TestCopiesAreEqual(t *testing.T) {
	s := NewFinder(Key{1}, wanted(RefreshToken, refreshValue))
	var tag Tag
	for _, text := range disguises(refreshValue) {
		for _, l := range copies(t, s, "tests/f", []byte(text)) {
			if tag == (Tag{}) {
				tag = l.Tag
			}
			if l.Tag != tag || l.Severity != rules.Critical || l.Message != "a copy of the refresh token" {
				t.Errorf("%+v differs", l)
			}
		}
	}
}

func TestCutShortCopies(t *testing.T) {
	next := func(value string, n int) string {
		if value[n] == 'A' {
			return "B"
		}
		return "A"
	}
	for kind, value := range map[Kind]string{AccessToken: accessValue, RefreshToken: refreshValue, ClientSecret: secretValue} {
		s := NewFinder(Key{}, wanted(kind, value))
		for text, want := range map[string]int{
			"print('" + value[:minCut] + "...')":        1,
			"log: " + value[:len(value)-4] + "…":        1,
			value[:25]:                                  1,
			value[:minCut-1] + "...":                    0,
			value[:25] + next(value, 25) + "rest of it": 0,
			value[1:]:                             0,
			"nothing":                             0,
			value[:24] + "\" +\n \"" + value[24:]: 1,
			"ya29.a0A 1//0 GOCSPX- and other public heads": 0,
		} {
			leaks := copies(t, s, "f", []byte(text))
			if len(leaks) != want {
				t.Errorf("%s, a text of %d bytes: %+v, want %d", kind, len(text), leaks, want)
			}
			for _, l := range leaks {
				whole := strings.Contains(text, " +")
				if whole != (l.Confidence == rules.HighConfidence) || whole == strings.Contains(l.Message, "cut short") || l.Severity < rules.Medium {
					t.Errorf("%s: %+v", kind, l)
				}
			}
		}
	}
	// Of other secrets the beginning may be everyone's.
	value := "eyJhbGciOiJSUzI1NiIs" + draw("an", 60, 3)
	if leaks := copies(t, NewFinder(Key{}, wanted("", value)), "f", []byte(value[:30])); len(leaks) != 0 {
		t.Errorf("the head of a JWT is taken for a copy: %+v", leaks)
	}
}

func pemOf(body string, width int, end string) string {
	var b strings.Builder
	b.WriteString("-----BEGIN " + "PRIVATE KEY-----" + end)
	for len(body) > width {
		b.WriteString(body[:width] + end)
		body = body[width:]
	}
	b.WriteString(body + end + "-----END " + "PRIVATE KEY-----" + end)
	return b.String()
}

func TestFinderSeesKeysHoweverTheyAreBroken(t *testing.T) {
	for _, size := range []int{48, 138, 1218, 2373, 4650, 9300} { // Ed25519, P-256, RSA 2048, 4096, 8192 and 16384
		body := draw("b64", size/3*4, uint64(size))
		if size%3 != 0 {
			t.Fatal("sizes are whole groups")
		}
		lines := pemOf(body, 64, "\n")
		quoted, _ := json.Marshal(lines)
		twice, _ := json.Marshal(string(quoted))
		der, _ := base64.StdEncoding.DecodeString(body)
		texts := map[string]string{
			"as it stands":  lines,
			"CRLF":          pemOf(body, 64, "\r\n"),
			"other width":   "k\n" + pemOf(body, 76, "\n"),
			"JSON":          `{"private_key": ` + string(quoted) + `}`,
			"JSON twice":    `{"a": ` + string(twice) + `}`,
			"indented":      "key: |\n  " + strings.ReplaceAll(lines, "\n", "\n  "),
			"list of lines": "['" + strings.ReplaceAll(lines, "\n", "',\n  '") + "']",
			"concatenated":  "k = \"" + strings.ReplaceAll(lines, "\n", "\\n\" +\n    \"") + "\"",
			"one line":      strings.ReplaceAll(lines, "\n", " "),
			"commented":     "# " + strings.ReplaceAll(lines, "\n", "\n# "),
			"body":          body,
			"body in lines": "a: " + strings.Join([]string{body[:40], body[40:]}, "\n"),
			"DER":           "\x00" + string(der),
			"base64":        base64.StdEncoding.EncodeToString([]byte(lines)),
		}
		for _, given := range []string{lines, pemOf(body, 64, `\n`), body} {
			s := NewFinder(Key{}, wanted(PrivateKeyText, given))
			for form, text := range texts {
				leaks := copies(t, s, "f", []byte(text))
				if len(leaks) != 1 || leaks[0].Severity != rules.Critical || leaks[0].Message != "a copy of the private key" {
					t.Errorf("%d bytes, %s: %+v, want one copy", size, form, leaks)
				}
			}
			for form, text := range map[string]string{
				"another": pemOf(draw("b64", len(body), 999), 64, "\n"), "its first half": body[:len(body)*3/4], "its second half": body[len(body)/4:],
				"changed": strings.Replace(body, body[10:12], "??", 1), "interrupted": body[:50] + " and then " + body[50:],
			} {
				if len(body) > 2*reach {
					continue // of such a key the middle is enough
				}
				if leaks := copies(t, s, "f", []byte(text)); len(leaks) != 0 {
					t.Errorf("%d bytes: %s is taken for a copy: %+v", size, form, leaks)
				}
			}
		}
	}
}

func TestWhatIsFindable(t *testing.T) {
	for _, c := range []struct {
		wanted Wanted
		want   bool
	}{
		{wanted(AccessToken, strings.Repeat("x", MinWanted-1)), false},
		{wanted(AccessToken, strings.Repeat("x", MinWanted)), true},
		{wanted(AccessToken, strings.Repeat("x", MaxWanted)), true},
		{wanted(AccessToken, strings.Repeat("x", MaxWanted+1)), false},
		{wanted(PrivateKeyText, pemOf(draw("b64", 6400, 1), 64, "\n")), true},
		{wanted(PrivateKeyText, "short"), false},
		{wanted("", ""), false},
	} {
		if got := c.wanted.Findable(); got != c.want {
			t.Errorf("%d bytes of kind %q: %v", len(c.wanted.Reveal()), c.wanted.Kind, got)
		}
		// Whatever it is, it is taken, and finds nothing in nothing.
		if leaks := copies(t, NewFinder(Key{}, c.wanted), "f", []byte("nothing")); len(leaks) != 0 {
			t.Errorf("%+v", leaks)
		}
	}
}

// A window's border hides no copy.
func TestCopiesOverWindows(t *testing.T) {
	key := pemOf(draw("b64", 3000, 4), 64, "\n")
	s := NewFinder(Key{}, wanted(AccessToken, accessValue), wanted(PrivateKeyText, key))
	text := strings.Repeat("filler\n", 2000) + accessValue + strings.Repeat("\nfiller", 900) + "\n" + key + strings.Repeat("filler\n", 1500)
	want := whole(s, []byte(text))
	if len(want) != 2 {
		t.Fatalf("%+v, want two copies", want)
	}
	for _, size := range []int{Overlap + 1, Overlap + 777, 2 * Overlap} {
		got := windows(s, []byte(text), size, Overlap)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("windows of %d: %+v, want %+v", size, got, want)
		}
	}
}

func FuzzFinder(f *testing.F) {
	key := pemOf(draw("b64", 200, 4), 64, "\n")
	s := NewFinder(Key{}, wanted(AccessToken, accessValue), wanted(PrivateKeyText, key), wanted("", draw("an", 12, 2)))
	for _, text := range disguises(accessValue) {
		f.Add([]byte(text))
	}
	f.Add([]byte(strings.ReplaceAll(key, "\n", `\n`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, l := range copies(t, s, "f", data) {
			if l.Rule != rules.CredentialCopy {
				t.Errorf("%+v", l)
			}
		}
		// Whatever stands around it, a copy is found.
		text := append(append(bytes.Clone(data), accessValue...), data...)
		if len(whole(s, text)) == 0 {
			t.Errorf("no copy between %q", data)
		}
	})
}
