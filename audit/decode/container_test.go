package decode

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"scopeaudit/audit/rules"
)

const line = "token = " + marker + "\n"

func inZip(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		m, err := w.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(m, members[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inTar(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: members[i], Mode: 0o600, Size: int64(len(members[i+1]))}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, members[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// through compresses data with what open makes.
func through[W io.WriteCloser](t testing.TB, data []byte, open func(io.Writer) (W, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inGzip(t testing.TB, data []byte, name string) []byte {
	return through(t, data, func(w io.Writer) (*gzip.Writer, error) {
		g := gzip.NewWriter(w)
		g.Name = name
		return g, nil
	})
}

func inZstd(t testing.TB, data []byte, o ...zstd.EOption) []byte {
	return through(t, data, func(w io.Writer) (*zstd.Encoder, error) { return zstd.NewWriter(w, o...) })
}

func inXZ(t testing.TB, data []byte, c xz.WriterConfig) []byte {
	return through(t, data, func(w io.Writer) (*xz.Writer, error) { return c.NewWriter(w) })
}

// bzipped is line as bzip2 packs it.
var bzipped, _ = hex.DecodeString("425a6839314159265359e2c044320000105f800010400bb02222064040a309842020002220006868190a00068193223da2f551959d199604b255e6d3c06a30340342f8bb9229c2848716022190")

// open gives where the marker is found in data, as "member:line:column", and what was
// skipped; in one piece and through an io.ReaderAt it must be the same.
func open(t testing.TB, data []byte, l Limits) (found []string, skipped []rules.Skipped) {
	t.Helper()
	look := func(found *[]string) func(m Member, views iter.Seq[View]) error {
		return func(m Member, views iter.Seq[View]) error {
			at := Start()
			seen := 0
			for v := range views {
				if v.Place != nil {
					for _, l := range shown([]View{v}, marker) {
						*found = append(*found, fmt.Sprintf("%s:%d:%d decoded", m.Name, l.Line, l.Column))
					}
					continue
				}
				if n := bytes.Index(v.Data, []byte(marker)); n >= 0 {
					// Windows overlap: the last one counts from its offset.
					c := at
					if v.First {
						c = Start().Advance(v.Data[:n])
						*found = append(*found, fmt.Sprintf("%s:%d:%d", m.Name, c.Line, c.Column))
					} else if int(v.Offset)+n != seen {
						*found = append(*found, fmt.Sprintf("%s@%d", m.Name, int(v.Offset)+n))
					}
					seen = int(v.Offset) + n
				}
			}
			return nil
		}
	}
	skipped, err := Each(data, l, look(&found))
	if err != nil {
		t.Fatal(err)
	}
	if sniff(data) != noFormat {
		var again []string
		skippedAgain, err := EachAt(bytes.NewReader(data), int64(len(data)), l, look(&again))
		if err != nil || !slices.Equal(found, again) || !slices.Equal(skipped, skippedAgain) {
			t.Errorf("found %v and %v, skipped %v and %v, error %v", found, again, skipped, skippedAgain, err)
		}
	}
	return found, skipped
}

func TestContainers(t *testing.T) {
	two := inTar(t, "a/first.txt", "nothing\n", "second\x1b.txt", "x\n"+line)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"zip":               {inZip(t, "../../etc/x.txt", line, "empty", ""), "../../etc/x.txt:1:9"},
		"zip behind a head": {append([]byte("#!/bin/sh\nexec java -jar $0\n"), inZip(t, "m", line)...), "m:1:9"},
		"tar":               {two, "second\x1b.txt:2:9"},
		"tar.gz":            {inGzip(t, two, "two.tar"), "second\x1b.txt:2:9"},
		"tar.xz":            {inXZ(t, two, xz.WriterConfig{}), "second\x1b.txt:2:9"},
		"tar.zst":           {inZstd(t, two), "second\x1b.txt:2:9"},
		"gz with a name":    {inGzip(t, []byte(line), "dump.sql"), "dump.sql:1:9"},
		"gz":                {inGzip(t, []byte(line), ""), "content:1:9"},
		"gz, twice":         {append(inGzip(t, []byte("x\n"), ""), inGzip(t, []byte(line), "")...), "content:2:9"},
		"xz":                {inXZ(t, []byte(line), xz.WriterConfig{}), "content:1:9"},
		"xz in blocks":      {inXZ(t, []byte("x\n"+line+"more"), xz.WriterConfig{BlockSize: 7}), "content:2:9"},
		"xz, twice":         {append(append(inXZ(t, []byte("x\n"), xz.WriterConfig{CheckSum: xz.SHA256}), 0, 0, 0, 0), inXZ(t, []byte(line), xz.WriterConfig{CheckSum: xz.CRC32})...), "content:2:9"},
		"zst":               {inZstd(t, []byte(line)), "content:1:9"},
		"bz2":               {bzipped, "content:1:9"},
		"base64 in a zip":   {inZip(t, "secret.yaml", "k: "+inBase64(marker)), "secret.yaml:1:4 decoded"},
		"a notebook in one": {inZip(t, "n.ipynb", `{"cells": [{"cell_type": "code", "source": ["`+marker[:4]+`\" + \"`+marker[4:]+`"]}]}`), "n.ipynb:1:46 decoded"},
	} {
		found, skipped := open(t, c.data, Limits{})
		if strings.Join(found, " ") != c.want || len(skipped) > 0 {
			t.Errorf("%s: found %q, skipped %v", name, found, skipped)
		}
	}
}

func TestArchivesInArchives(t *testing.T) {
	inner := inGzip(t, inTar(t, "f", line), "")
	data := inZip(t, "in.tar.gz", string(inner), "b.txt", line)
	found, skipped := open(t, data, Limits{})
	if strings.Join(found, " ") != "b.txt:1:9" || len(skipped) != 1 || skipped[0] != (rules.Skipped{Path: "in.tar.gz", Reason: SkipNested, Kind: rules.ByDesign}) {
		t.Errorf("depth 1: found %v, skipped %v", found, skipped)
	}
	found, skipped = open(t, data, Limits{Depth: 2})
	if strings.Join(found, " ") != "in.tar.gz!f:1:9 b.txt:1:9" || len(skipped) > 0 {
		t.Errorf("depth 2: found %v, skipped %v", found, skipped)
	}
	// What is not opened is searched as it stands.
	found, skipped = open(t, inTar(t, "f", line), Limits{Depth: -1})
	if len(found) != 1 || len(skipped) != 1 || skipped[0].Reason != SkipNested {
		t.Errorf("depth 0: found %v, skipped %v", found, skipped)
	}
}

// zeroGzip is n MiB of nothing.
func zeroGzip(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for range n {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is large when unpacked is a bomb, what is merely well packed is not.
func TestBombsAreLarge(t *testing.T) {
	if _, skipped := open(t, zeroGzip(t, 120), Limits{}); len(skipped) > 0 {
		t.Errorf("an empty disk image: skipped %v", skipped)
	}
	if _, skipped := open(t, zeroGzip(t, 600), Limits{}); len(skipped) != 1 || !strings.HasSuffix(skipped[0].Reason, SkipBomb) {
		t.Errorf("a bomb: skipped %v", skipped)
	}
}

func TestWhatIsNotRead(t *testing.T) {
	zeros := make([]byte, 28<<20)
	encrypted := inZip(t, "a", line)
	strange := inZip(t, "a", line)
	directory := bytes.LastIndex(encrypted, []byte("PK\x01\x02"))
	encrypted[directory+8] |= 1
	strange[directory+10] = 98
	damaged := inZip(t, "a", line, "b", line)
	damaged[bytes.Index(damaged, []byte("PK\x07\x08"))-20] ^= 0xFF
	wide := inXZ(t, []byte(line), xz.WriterConfig{DictCap: 16 << 20})
	many := make([]string, 0, 60)
	for i := range 30 {
		many = append(many, fmt.Sprint(i), string(inGzip(t, nil, "")))
	}
	for name, c := range map[string]struct {
		data   []byte
		limits Limits
		reason string
		kind   rules.SkipKind
		n      int
	}{
		"encrypted":          {encrypted, Limits{}, SkipEncrypted, rules.ByDesign, 1},
		"unknown method":     {strange, Limits{}, SkipMethod, rules.ByDesign, 1},
		"damaged member":     {damaged, Limits{}, SkipCorrupt, rules.ByFailure, 1},
		"cut zip":            {inZip(t, "a", line)[:60], Limits{}, SkipCorrupt, rules.ByFailure, 1},
		"cut gzip":           {inGzip(t, []byte(line), "")[:30], Limits{}, SkipCorrupt, rules.ByFailure, 1},
		"cut tar":            {inTar(t, "a", line+strings.Repeat("x", 4000))[:1500], Limits{}, SkipCorrupt, rules.ByFailure, 1},
		"cut xz":             {inXZ(t, []byte(line), xz.WriterConfig{})[:40], Limits{}, SkipCorrupt, rules.ByFailure, 1},
		"bomb in a zip":      {inZip(t, "a", string(zeros)), Limits{Free: 16 << 20}, SkipBomb, rules.ByFailure, 1},
		"bomb in gzip":       {inGzip(t, zeros, ""), Limits{Free: 16 << 20}, SkipBomb, rules.ByFailure, 1},
		"bomb in zstd":       {inZstd(t, zeros), Limits{Free: 16 << 20}, SkipBomb, rules.ByFailure, 1},
		"bomb in tar.xz":     {inXZ(t, inTar(t, "a", string(zeros)), xz.WriterConfig{}), Limits{Free: 16 << 20}, SkipBomb, rules.ByFailure, 1},
		"many small bombs":   {inZip(t, "a", string(zeros[:8<<20]), "b", string(zeros[:8<<20]), "c", string(zeros[:8<<20])), Limits{Free: 16 << 20}, SkipBomb, rules.ByFailure, 1},
		"total":              {inZip(t, "a", string(zeros[:5000])), Limits{Total: 4000}, SkipTotal, rules.ByFailure, 1},
		"members":            {inZip(t, "a", "", "b", "", "c", ""), Limits{Members: 2}, SkipMembers, rules.ByFailure, 1},
		"window of zstd":     {inZstd(t, zeros[:16<<20], zstd.WithWindowSize(16<<20)), Limits{}, SkipWindow, rules.ByDesign, 1},
		"window of xz":       {wide, Limits{}, SkipWindow, rules.ByDesign, 1},
		"7-Zip":              {[]byte("7z\xBC\xAF\x27\x1C\x00\x04" + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"RAR":                {[]byte("Rar!\x1A\x07\x01\x00" + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"LZMA":               {[]byte("\x5D\x00\x00\x80\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00" + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"LZ4":                {[]byte("\x04\x22\x4D\x18\x64\x40" + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"compress":           {[]byte("\x1F\x9D\x90" + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"Debian's package":   {[]byte("!<arch>\ndebian-binary   " + line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"RAR in a tar":       {inTar(t, "a.rar", "Rar!\x1A\x07\x01\x00"+line), Limits{}, SkipFormat, rules.ByDesign, 1},
		"large RAR in a tar": {inTar(t, "a.rar", "Rar!\x1A\x07\x01\x00"+string(zeros[:4<<20])), Limits{Member: 2 << 20}, SkipFormat, rules.ByDesign, 1},
		"large 7-Zip":        {[]byte("7z\xBC\xAF\x27\x1C\x00\x04" + string(zeros[:4<<20])), Limits{}, SkipFormat, rules.ByDesign, 1},
		"many of one reason": {inZip(t, many...), Limits{}, SkipNested, rules.ByDesign, maxListed + 1},
	} {
		_, skipped := open(t, c.data, c.limits)
		if len(skipped) != c.n || !strings.HasSuffix(skipped[c.n-1].Reason, c.reason) || skipped[c.n-1].Kind != c.kind {
			t.Errorf("%s: skipped %v", name, skipped)
		}
	}
	if found, _ := open(t, damaged, Limits{}); len(found) == 0 {
		t.Error("a damaged member hides the others")
	}
	if _, skipped := open(t, inZip(t, many...), Limits{}); skipped[maxListed].Reason != "10 more: "+SkipNested {
		t.Errorf("counted as %v", skipped[maxListed])
	}
}

func TestLargeMembersComeInWindows(t *testing.T) {
	// Not a bomb: few zeros.
	filler := strings.Repeat("0123456789 abcdefghijklmnopqrstuvwxyz é\n", 1<<10)
	for _, at := range []int{0, window - 10, window - windowOverlap, 2*window - windowOverlap - 5, 3 << 20, 3<<20 - len(marker)} {
		text := []byte(strings.Repeat(filler, 3<<20/len(filler)+1)[:3<<20])
		copy(text[min(at, len(text)-len(marker)):], marker)
		for name, data := range map[string][]byte{"content": inZstd(t, text), "m": inZip(t, "m", string(text)), "": text} {
			var where []string
			look := func(m Member, views iter.Seq[View]) error {
				end := int64(0)
				for v := range views {
					if v.Place == nil {
						if v.Offset > end || end > 0 && v.Offset > end-windowOverlap || m.Name != name {
							t.Errorf("%q: a window at %d after one that ends at %d", m.Name, v.Offset, end)
						}
						end = v.Offset + int64(len(v.Data))
					}
					if n := bytes.Index(v.Data, []byte(marker)); n >= 0 {
						where = append(where, fmt.Sprint(int(v.Offset)+n))
					}
				}
				if end != int64(len(text)) {
					t.Errorf("%q: %d bytes of %d", m.Name, end, len(text))
				}
				return nil
			}
			skips, err := EachAt(bytes.NewReader(data), int64(len(data)), Limits{Member: 1 << 20}, look)
			if err != nil || len(skips) > 0 || len(slices.Compact(where)) != 1 || where[0] != fmt.Sprint(min(at, len(text)-len(marker))) {
				t.Errorf("%q: found at %v, planted at %d; skips %v, error %v", name, where, at, skips, err)
			}
		}
	}
}

// Escapes behind the first window are placed by the lines before it.
func TestPlacesInLaterWindows(t *testing.T) {
	text := strings.Repeat("a line é\n", 200_000)
	text += "x = \"" + spellings["\\u0041"](marker) + "\"\n"
	var found []rules.Location
	_, err := EachAt(strings.NewReader(text), int64(len(text)), Limits{}, func(_ Member, views iter.Seq[View]) error {
		for v := range views {
			found = append(found, shown([]View{v}, marker)...)
		}
		return nil
	})
	if err != nil || len(found) != 1 || found[0].Line != 200_001 || found[0].Column != 6 {
		t.Errorf("found %v, error %v", found, err)
	}
}

func TestErrorsOfTheCallerEndIt(t *testing.T) {
	own := errors.New("enough")
	calls := 0
	_, err := Each(inZip(t, "a", "", "b", ""), Limits{}, func(Member, iter.Seq[View]) error { calls++; return own })
	if err != own || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}
}

func TestBudget(t *testing.T) {
	text := []byte(strings.Repeat(each("abcdefgh ", `\x%02x`)+"\n", 100))
	skips, err := Each(append(text, line...), Limits{Budget: 500}, func(_ Member, views iter.Seq[View]) error {
		n := 0
		for v := range views {
			n++
			if n == 1 && !bytes.Contains(v.Data, []byte(line)) {
				t.Error("the text itself is not searched")
			}
		}
		return nil
	})
	if err != nil || len(skips) != 1 || skips[0].Reason != SkipBudget || skips[0].Kind != rules.ByFailure {
		t.Errorf("skips %v, error %v", skips, err)
	}
}

func FuzzContainers(f *testing.F) {
	f.Add(inZip(f, "a", line, "b", "x"))
	f.Add(inTar(f, "a", line))
	f.Add(inGzip(f, inTar(f, "a", line), ""))
	f.Add(inXZ(f, []byte(line), xz.WriterConfig{BlockSize: 7}))
	f.Add(inZstd(f, []byte(line)))
	f.Add(bzipped)
	f.Fuzz(func(t *testing.T, data []byte) {
		open(t, data, Limits{Depth: 2, Members: 100, Total: 4 << 20, Member: 1 << 20})
	})
}

func BenchmarkContainers(b *testing.B) {
	text := bytes.Repeat([]byte(sourceText(1<<10)), 1<<10)
	var members []string
	for i := range 10_000 {
		members = append(members, fmt.Sprint("dir/", i), string(text[:2000]))
	}
	for name, data := range map[string][]byte{
		"zip of 10,000": inZip(b, members...), "gzip": inGzip(b, text, ""), "zstd": inZstd(b, text), "xz": inXZ(b, text, xz.WriterConfig{}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				if _, err := Each(data, Limits{Ratio: 1 << 20}, func(_ Member, views iter.Seq[View]) error {
					for v := range views {
						n += len(v.Data)
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(n))
			}
		})
	}
}
