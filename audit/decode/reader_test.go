package decode_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

func piped(in io.Reader, l decode.Limits) each {
	return func(_ decode.Limits, fn func(decode.Member, iter.Seq[decode.View]) error) ([]rules.Skipped, error) {
		return decode.WindowSpace(small).EachReader(in, l, fn)
	}
}

// What comes through a pipe gives the same leaks as what lies in a file.
func TestStreamsAreReadLikeFiles(t *testing.T) {
	r := source{rand.New(rand.NewPCG(20, 21))}
	text := r.prose(3*small, true) + "t = '" + r.secret() + "'\n" + r.prose(small, true)
	var zipped, packed bytes.Buffer
	z := zip.NewWriter(&zipped)
	g := gzip.NewWriter(&packed)
	a := tar.NewWriter(g)
	for i := range 3 {
		content := text[i*1000:] + fmt.Sprint(i)
		name := fmt.Sprintf("src/%d.py", i)
		w, _ := z.Create(name)
		io.WriteString(w, content)
		a.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))})
		io.WriteString(a, content)
	}
	z.Close()
	a.Close()
	g.Close()
	for name, data := range map[string][]byte{
		"nothing":      nil,
		"short":        []byte("t = '" + r.secret() + "'\n"),
		"text":         []byte(text),
		"UTF-16":       inUTF16(text, false, true),
		"notebook":     r.notebook(3 * small),
		"zip":          zipped.Bytes(),
		"tar and gzip": packed.Bytes(),
	} {
		want, _, err := scan(t, streamed(data, small))
		if err != nil || len(want) == 0 && len(data) > 0 {
			t.Fatalf("%s: %d leaks, %v", name, len(want), err)
		}
		for _, in := range []io.Reader{bytes.NewReader(data), iotest.HalfReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
			got, skips, err := scan(t, piped(in, decode.Limits{}))
			if err != nil || len(skips) > 0 {
				t.Errorf("%s: %v, %v", name, skips, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: file and pipe differ:\n%s", name, diff)
			}
		}
	}
}

// A stream that breaks off is said to, after what came was searched; a zip that
// is larger than is held is searched as it stands, which is said too.
func TestStreamsThatAreNotReadWhole(t *testing.T) {
	r := source{rand.New(rand.NewPCG(22, 23))}
	text := "t = '" + r.secret() + "'\n" + r.prose(3*small, true)
	broken := errors.New("broken pipe")
	for _, n := range []int{1000, small, 2 * small} {
		got, skips, err := scan(t, piped(io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(broken)), decode.Limits{}))
		if len(got) != 1 || len(skips) > 0 || !errors.Is(err, broken) {
			t.Errorf("broken after %d: %d leaks, %v, %v", n, len(got), skips, err)
		}
	}
	var stored bytes.Buffer
	z := zip.NewWriter(&stored)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
	io.WriteString(w, text)
	z.Close()
	for name, data := range map[string][]byte{"zip": stored.Bytes(), "program and zip": append([]byte("#!/bin/sh\nexit\n"), stored.Bytes()...)} {
		got, skips, err := scan(t, piped(bytes.NewReader(data), decode.Limits{Spool: 2 * small}))
		if len(got) != 1 || err != nil || len(skips) != 1 || skips[0] != (rules.Skipped{Reason: decode.SkipSpool, Kind: rules.ByFailure}) {
			t.Errorf("%s: %d leaks, %v, %v", name, len(got), skips, err)
		}
	}
}
