package decode

import (
	"bytes"
	"io"
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
