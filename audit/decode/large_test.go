package decode_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

const small = 128 << 10 // a window for tests

// found is what there is to say about a leak.
type found struct {
	Rule        rules.ID
	Place       string
	End         string
	Masked      string
	Fingerprint string
	KeyName     string
}

type each func(decode.Limits, func(decode.Member, iter.Seq[decode.View]) error) ([]rules.Skipped, error)

var scanner = sync.OnceValue(func() *secrets.Scanner { return secrets.NewScanner(secrets.Key{}) })

// scan gives the leaks of what each hands out.
func scan(t *testing.T, do each) ([]found, []rules.Skipped, error) {
	t.Helper()
	var all []found
	skips, err := do(decode.Limits{}, func(m decode.Member, views iter.Seq[decode.View]) error {
		pass := scanner().Begin(rules.Location{Path: "x", Member: m.Name})
		for v := range views {
			pass.Scan(v)
		}
		for _, l := range pass.End() {
			all = append(all, found{
				l.Rule, l.Location.String(), fmt.Sprint(l.Location.EndLine, ":", l.Location.EndColumn), l.Masked, l.Fingerprint, l.KeyName,
			})
		}
		return nil
	})
	return all, skips, err
}

func whole(data []byte) each {
	return func(l decode.Limits, fn func(decode.Member, iter.Seq[decode.View]) error) ([]rules.Skipped, error) {
		return decode.WindowSpace(len(data)+1).Each(data, l, fn)
	}
}

func streamed(data []byte, window int) each {
	return func(l decode.Limits, fn func(decode.Member, iter.Seq[decode.View]) error) ([]rules.Skipped, error) {
		return decode.WindowSpace(window).EachAt(bytes.NewReader(data), int64(len(data)), l, fn)
	}
}

// same fails unless an input gives the same leaks, and at least min, held as a
// whole and in windows.
func same(t *testing.T, name string, data []byte, window, min int) {
	t.Helper()
	want, _, err := scan(t, whole(data))
	if err != nil {
		t.Fatal(err)
	}
	got, skips, err := scan(t, streamed(data, window))
	if err != nil || len(skips) > 0 {
		t.Fatalf("%s: %v, %v", name, skips, err)
	}
	if len(want) < min {
		t.Fatalf("%s: %d leaks of at least %d", name, len(want), min)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s: whole and streamed differ:\n%s", name, diff)
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

type source struct{ *rand.Rand }

func (r source) word(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// secret is a value of full shape, made when the test runs.
func (r source) secret() string {
	switch r.IntN(4) {
	case 0:
		return "ya29" + "." + r.word(120)
	case 1:
		return "1//0" + r.word(99)
	case 2:
		return "GOCSPX" + "-" + r.word(28)
	}
	return "ghp" + "_" + r.word(36)
}

// prose is text in lines, or in one.
func (r source) prose(size int, newlines bool) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(strings.ToLower(r.word(3+r.IntN(7))) + " ")
		if newlines && r.IntN(9) == 0 {
			b.WriteString("\n")
		}
		if r.IntN(3000) == 0 {
			b.WriteString("ünï 𝄞 ")
		}
	}
	return b.String()
}

// A secret at every distance from the border of a window is found where it is,
// once: plain, beside its key, escaped, and in base64.
func TestSecretsAtWindowBorders(t *testing.T) {
	r := source{rand.New(rand.NewPCG(1, 2))}
	secret := "ya29" + "." + r.word(120)
	var escaped strings.Builder
	for _, c := range secret {
		fmt.Fprintf(&escaped, `\u%04x`, c)
	}
	forms := map[string]string{
		"plain":   `"` + secret + `"`,
		"key":     `"client_secret": "` + "GOCSPX" + "-" + r.word(28) + `"`,
		"escaped": `"` + escaped.String() + `"`,
		"base64":  base64.StdEncoding.EncodeToString([]byte(`{"refresh_token": "` + "1//0" + r.word(99) + `", "n": 1}`)),
	}
	lines, line := r.prose(2*small, true), r.prose(2*small, false)
	for name, form := range forms {
		for _, filler := range []string{lines, line} {
			step := 2503
			if testing.Short() {
				step = 7919
			}
			for at := small - 70<<10; at < small+2<<10; at += step {
				data := filler[:at] + " " + form + " " + filler[at:]
				same(t, fmt.Sprintf("%s at %d", name, at), []byte(data), small, 1)
			}
			for at := small - len(form) - 3; at < small+3; at += 1 + len(form)/40 {
				data := filler[:at] + " " + form + " " + filler[at:]
				same(t, fmt.Sprintf("%s at %d", name, at), []byte(data), small, 1)
			}
		}
	}
}

// The same about the window that is really used.
func TestSecretAtTheRealBorder(t *testing.T) {
	const window = 1 << 20
	r := source{rand.New(rand.NewPCG(3, 4))}
	filler, secret := r.prose(2*window, true), "ya29"+"."+r.word(120)
	for _, at := range []int{window - 200, window - 126, window - 60, window - 1, window, window + 1, window - 16<<10, window - 60<<10} {
		data := []byte(filler[:at] + " " + secret + " " + filler[at:])
		same(t, fmt.Sprint(at), data, 0, 1)
	}
}

// A run of base64 that is longer than windows overlap keeps its groups of four.
func TestLongBase64InWindows(t *testing.T) {
	r := source{rand.New(rand.NewPCG(5, 6))}
	for shift := range 5 {
		text := r.prose(250<<10, true)
		for at := 5 << 10; at < len(text); at += 9 << 10 {
			text = text[:at] + ` "` + "ghp" + "_" + r.word(36) + `" ` + text[at:]
		}
		encoded := base64.StdEncoding.EncodeToString([]byte(text))
		same(t, "one line", []byte(strings.Repeat(" ", shift)+`x: "`+encoded+`"`), small, 20)
		var wrapped strings.Builder
		for line := range slices.Chunk([]byte(encoded), 76) {
			wrapped.Write(line)
			wrapped.WriteString("\n")
		}
		same(t, "wrapped", []byte(strings.Repeat("x", shift)+"\n"+wrapped.String()), small, 20)
	}
}

func inUTF16(text string, big, mark bool) []byte {
	if mark {
		text = "\uFEFF" + text
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// UTF-16 of any size is read as the text that it is, surrogate pairs at the
// borders of what is read at once included.
func TestLargeUTF16(t *testing.T) {
	r := source{rand.New(rand.NewPCG(7, 8))}
	for i := range 8 {
		text := r.prose(3*small, i&1 == 0)
		for range 6 {
			at := r.IntN(len(text))
			for !alphabetic(text[at]) {
				at--
			}
			text = text[:at] + ` key = "` + r.secret() + "\" 𝄞𝄞𝄞\n" + text[at:]
		}
		data := inUTF16(text, i&2 == 0, i&4 == 0)
		if i&4 == 0 && i&1 == 0 {
			data = append(data, 'x')
		}
		same(t, fmt.Sprint("text ", i), data, small, 5)
	}
	marked := append([]byte("\xEF\xBB\xBF"), ("t = '" + r.secret() + "'\n" + r.prose(2*small, true))...)
	same(t, "UTF-8 with a mark", marked, small, 1)
}

func alphabetic(b byte) bool { return b >= 'a' && b <= 'z' }

// jsonText writes a string with more escapes than it needs.
func (r source) jsonText(s string) string {
	plain, _ := json.Marshal(s)
	if r.IntN(3) > 0 {
		return string(plain)
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, u := range utf16.Encode([]rune(s)) {
		if u < 0x80 && u != '"' && u != '\\' && u >= ' ' && r.IntN(4) > 0 {
			b.WriteByte(byte(u))
		} else {
			fmt.Fprintf(&b, `\u%04X`, u)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// text is a value as cells and outputs have it.
func (r source) text(size int) string {
	s := r.prose(size, r.IntN(3) > 0)
	for range r.IntN(3) {
		at := r.IntN(len(s))
		for !alphabetic(s[at]) && at > 0 {
			at--
		}
		s = s[:at] + fmt.Sprintf("\n%s = %q\n", []string{"token", "client_secret", "x"}[r.IntN(3)], r.secret()) + s[at:]
	}
	switch r.IntN(5) {
	case 0, 1:
		return r.jsonText(s)
	case 2:
		return `{"nested": ` + r.jsonText(s) + `, "n": [1, "two"]}`
	case 3:
		return `[1, ` + r.jsonText(s) + `, {"k": ` + r.jsonText(s[:len(s)/2]) + `}]`
	}
	var parts []string
	for _, line := range strings.SplitAfter(s, "\n") {
		parts = append(parts, r.jsonText(line))
	}
	return "[" + strings.Join(parts, ",\n   ") + "]"
}

// notebook makes one of many kinds.
func (r source) notebook(size int) []byte {
	var b strings.Builder
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, `{"nbformat": 4, "metadata": {"w": %s}, "cells": [`, r.text(100+r.IntN(20<<10)))
	} else {
		b.WriteString(`{"cells": [`)
	}
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteString(",\n ")
		}
		length := 10 + r.IntN(3000)
		if r.IntN(6) == 0 {
			length = r.IntN(size)
		}
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, `{"cell_type": "code", "source": %s, "outputs": [], "execution_count": %d}`, r.text(length), r.IntN(50))
		case 1:
			fmt.Fprintf(&b, `{"execution_count": %d, "cell_type": "code", "source": ["x"], "outputs": [{"text": %s}, {"data": {"image/png": %q, "text/html": %s}}]}`,
				1+r.IntN(9), r.text(length), base64.StdEncoding.EncodeToString([]byte(r.word(length))), r.text(200))
		case 2:
			fmt.Fprintf(&b, `{"attachments": {"a": {"image/png": %q}}, "cell_type": "markdown", "metadata": {"key": %s}, "source": %s}`,
				r.word(length), r.text(50), r.text(90))
		case 3:
			fmt.Fprintf(&b, `{"cell_type": "raw", "other": %s}`, r.text(length))
		case 4:
			b.WriteString(strings.Repeat(" ", length) + `null`)
		default:
			fmt.Fprintf(&b, `{"cell_type": "code", "source": %s, "outputs": [{"png": %q, "traceback": [%s]}], "prompt_number": 3}`, r.text(200), r.word(length), r.jsonText(r.prose(90, true)))
		}
	}
	fmt.Fprintf(&b, `], "metadata": {"last": %s}}`+"\n", r.text(80))
	return []byte(b.String())
}

// A notebook that is not held gives the same leaks, in the same cells and lines,
// as one that is.
func TestLargeNotebooks(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 8
	}
	for i := range rounds {
		r := source{rand.New(rand.NewPCG(uint64(i), 9))}
		data := r.notebook(small + r.IntN(4*small))
		if i%5 == 0 {
			data = append([]byte("\xEF\xBB\xBF"), data...)
		}
		same(t, fmt.Sprint("notebook ", i), data, small, 1)
	}
}

// One cell, or what it printed, may be longer than windows are.
func TestLongTextsInNotebooks(t *testing.T) {
	r := source{rand.New(rand.NewPCG(14, 15))}
	rounds := 10
	if testing.Short() {
		rounds = 3
	}
	for i := range rounds {
		text := r.prose(3*small, i%2 == 0)
		for at := 7000; at < len(text); at += 9000 {
			for !alphabetic(text[at]) {
				at--
			}
			text = text[:at] + ` t = "` + r.secret() + `" é` + text[at:]
		}
		value := r.jsonText(text)
		switch i % 3 {
		case 1:
			var parts []string
			for part := range slices.Chunk([]rune(text), 1+r.IntN(5000)) {
				parts = append(parts, r.jsonText(string(part)))
			}
			value = "[" + strings.Join(parts, ",\n"+strings.Repeat(" ", r.IntN(200))) + "]"
		case 2:
			value = `{"k": [` + value + `, "x"]}`
		}
		same(t, fmt.Sprint("source ", i), []byte(`{"cells": [{"cell_type": "code", "source": `+value+`, "execution_count": 3}]}`), small, 20)
		same(t, fmt.Sprint("output ", i), []byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [{"data": {"text/plain": `+value+`}}]}]}`), small, 20)
	}
}

// A notebook that is broken off, or is none after all, is the text that it is.
func TestLargeBrokenNotebooks(t *testing.T) {
	r := source{rand.New(rand.NewPCG(10, 11))}
	data := r.notebook(3 * small)
	same(t, "cut", data[:len(data)-9], small, 1)
	same(t, "no cells", []byte(`{"metadata": {"a": `+r.jsonText(r.prose(3*small, true)+` token = "`+r.secret()+`"`)+"}}"), small, 1)
}

// shrinking ends before the size that it was said to have, or fails.
type shrinking struct {
	data []byte
	err  error
}

func (s shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(s.data)) {
		return 0, s.err
	}
	n := copy(p, s.data[off:])
	if n < len(p) {
		return n, s.err
	}
	return n, nil
}

// What cannot be read to its end is said so, once, after what could be read was
// searched.
func TestFileThatShrinks(t *testing.T) {
	r := source{rand.New(rand.NewPCG(12, 13))}
	text := []byte("t = '" + r.secret() + "'\n" + r.prose(5*small, true))
	book := r.notebook(5 * small)
	broken := errors.New("input/output error")
	for name, data := range map[string][]byte{"text": text, "UTF-16": inUTF16(string(text), true, true), "notebook": book} {
		for _, cause := range []error{io.EOF, broken} {
			for _, left := range []int{0, 3, 5000, small, 3 * small, len(data) - 10} {
				got, skips, err := scan(t, func(l decode.Limits, fn func(decode.Member, iter.Seq[decode.View]) error) ([]rules.Skipped, error) {
					return decode.WindowSpace(small).EachAt(shrinking{data[:left], cause}, int64(len(data)), l, fn)
				})
				want := cause
				if cause == io.EOF {
					want = io.ErrUnexpectedEOF
				}
				var failed *decode.ReadError
				if !errors.As(err, &failed) || !errors.Is(err, want) || len(skips) > 0 {
					t.Errorf("%s, %d of %d left: %v, %v", name, left, len(data), skips, err)
				}
				if name != "notebook" && left > 2000+sniffed && len(got) != 1 {
					t.Errorf("%s, %d of %d left: %d leaks of what could be read", name, left, len(data), len(got))
				}
			}
		}
	}
}

const sniffed = 4 << 10
