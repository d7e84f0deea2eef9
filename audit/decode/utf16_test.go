package decode

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// A stream of UTF-16 gives what the whole gives, however it comes and whatever
// is in it: pairs, halves of pairs, an odd byte.
func TestUTF16Stream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]string{"a\x00", "\n\x00", "\x34\xD8\x1E\xDD", "\x34\xD8", "\x1E\xDD", "\xE9\x00"})
		data := []byte("\xFF\xFE")
		for _, u := range rapid.SliceOfN(unit, 1, 50).Draw(t, "units") {
			data = append(data, u...)
		}
		if rapid.Bool().Draw(t, "long") {
			for len(data) < 40<<10 {
				data = append(data, data[2:]...)
			}
		}
		data = append(data, rapid.SampledFrom([]string{"", "x"}).Draw(t, "odd")...)
		want, ok := decodeUTF16(data)
		if !ok {
			t.Fatal("not taken for UTF-16")
		}
		in := io.Reader(bytes.NewReader(data))
		if rapid.Bool().Draw(t, "halves") {
			in = iotest.HalfReader(in)
		}
		order, _ := sniffUTF16(data)
		got, err := io.ReadAll(&utf16Reader{in: in, order: order})
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, %v; want %d", len(got), err, len(want))
		}
	})
}

func TestText(t *testing.T) {
	for input, want := range map[string]string{
		"":                          "",
		"a\n":                       "a\n",
		"\xEF\xBB\xBFa":             "a",
		"\xFF\xFEa\x00\n\x00":       "a\n",
		"\xFE\xFF\x00a\x00\xE4":     "aä",
		"\xFF\xFE":                  "",
		"a\x00b\x00c\x00d\x00e\x00": "abcde",
	} {
		got, err := io.ReadAll(Text(iotest.OneByteReader(strings.NewReader(input))))
		if err != nil || string(got) != want {
			t.Errorf("%q: %q and %v, want %q", input, got, err, want)
		}
	}
	if _, err := io.ReadAll(Text(iotest.ErrReader(io.ErrUnexpectedEOF))); err != io.ErrUnexpectedEOF {
		t.Errorf("an error of the reader becomes %v", err)
	}
}
