package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// filesOf gives the members of an archive, and which lie in it as they are.
func filesOf(t *testing.T, data []byte, l Limits) (contents map[string]string, plain int, reasons []string) {
	t.Helper()
	contents = make(map[string]string)
	skips, err := Files(bytes.NewReader(data), int64(len(data)), l, func(f File) error {
		content, err := io.ReadAll(f.Content)
		if err != nil {
			return err
		}
		contents[f.Name] = string(content)
		if f.Place != nil {
			plain++
			same := make([]byte, f.Place.Size())
			if _, err := f.Place.ReadAt(same, 0); err != nil && err != io.EOF || string(same) != string(content) {
				t.Errorf("%s: in its place is %q, %v", f.Name, same, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range skips {
		reasons = append(reasons, s.Reason)
	}
	return contents, plain, reasons
}

func TestFiles(t *testing.T) {
	members := []string{"a/b.txt", "one\n", "c", strings.Repeat("long ", 5000), "inner.zip", string(inZip(t, "x", "y"))}
	tarred := inTar(t, members...)
	for what, test := range map[string]struct {
		data  []byte
		plain int
	}{
		"zip":    {inZip(t, members...), 0},
		"tar":    {tarred, 3},
		"tar.gz": {through(t, tarred, func(w io.Writer) (*gzip.Writer, error) { return gzip.NewWriter(w), nil }), 0},
	} {
		got, plain, reasons := filesOf(t, test.data, Limits{})
		if len(got) != 3 || len(reasons) > 0 || plain != test.plain {
			t.Errorf("%s: %d files, %d in their place, skipped %q", what, len(got), plain, reasons)
		}
		for i := 0; i < len(members); i += 2 {
			if got[members[i]] != members[i+1] {
				t.Errorf("%s: %s has %d bytes", what, members[i], len(got[members[i]]))
			}
		}
		got, _, reasons = filesOf(t, test.data, Limits{Members: 2})
		if len(got) != 2 || len(reasons) != 1 || reasons[0] != SkipMembers {
			t.Errorf("%s: %d files of two, skipped %q", what, len(got), reasons)
		}
		got, _, reasons = filesOf(t, test.data, Limits{Total: 100})
		if len(got) > 1 || len(reasons) != 1 || reasons[0] != SkipTotal {
			t.Errorf("%s: %d files of 100 bytes, skipped %q", what, len(got), reasons)
		}
		stop := errors.New("stop")
		if _, err := Files(bytes.NewReader(test.data), int64(len(test.data)), Limits{}, func(File) error { return stop }); err != stop {
			t.Errorf("%s: %v, want the error of the callback", what, err)
		}
	}
	if got, _, reasons := filesOf(t, []byte("no archive\n"), Limits{}); len(got)+len(reasons) > 0 {
		t.Errorf("files %q in a text, skipped %q", got, reasons)
	}
	if got, _, reasons := filesOf(t, tarred[:len(tarred)/2], Limits{}); len(got) == 0 || len(reasons) != 1 {
		t.Errorf("%d files in half of it, skipped %q", len(got), reasons)
	}
}

// TestZipWithWrongPlaces blames the archive, not the reading of it, where members
// are said to lie before its beginning: other members are read.
func TestZipWithWrongPlaces(t *testing.T) {
	data := inZip(t, "a", "one\n", "b", "two\n")
	end := len(data) - zipEndSize
	// The directory begins later than it does, by more than the first member's place.
	binary.LittleEndian.PutUint32(data[end+16:], binary.LittleEndian.Uint32(data[end+16:])+5)
	skips, err := EachAt(bytes.NewReader(data), int64(len(data)), Limits{}, func(_ Member, views iter.Seq[View]) error {
		for range views {
		}
		return nil
	})
	if err != nil || len(skips) != 2 {
		t.Errorf("%v, skipped %v", err, skips)
	}
}

// FuzzFiles takes any archive apart, within the limits.
func FuzzFiles(f *testing.F) {
	members := []string{"a/b.txt", "one\n", "HEAD", "ref: x", "c", strings.Repeat("long ", 100)}
	tarred := inTar(f, members...)
	f.Add(inZip(f, members...))
	f.Add(tarred)
	f.Add(through(f, tarred, func(w io.Writer) (*gzip.Writer, error) { return gzip.NewWriter(w), nil }))
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 20
		total := int64(0)
		_, err := Files(bytes.NewReader(data), int64(len(data)), Limits{Total: most, Members: 50, Free: most}, func(m File) error {
			n, err := io.Copy(io.Discard, m.Content)
			total += n
			if m.Place != nil && m.Place.Size() > int64(len(data)) {
				t.Errorf("a member of %d bytes lies in %d", m.Place.Size(), len(data))
			}
			return err
		})
		if err != nil || total > most+1<<16 {
			t.Errorf("%d bytes, %v", total, err)
		}
	})
}
