package objects

import (
	"slices"
	"testing"
)

func TestInsertedRanges(t *testing.T) {
	const base = "0123456789"
	for name, test := range map[string]struct {
		delta  string // without its sizes
		target string
		want   []Range
	}{
		"all of it":            {"\x90\x0a", base, nil},
		"in two pieces":        {"\x90\x04\x91\x04\x06", base, nil},
		"with a new end":       {"\x90\x0a\x02ab", base + "ab", []Range{{10, 12}}},
		"with a new start":     {"\x02ab\x90\x0a", "ab" + base, []Range{{0, 2}}},
		"something put in":     {"\x90\x04\x02ab\x91\x04\x06", "0123ab456789", []Range{{4, 6}}},
		"put in, in pieces":    {"\x90\x04\x01a\x01b\x91\x04\x06", "0123ab456789", []Range{{4, 6}}},
		"something taken out":  {"\x90\x04\x91\x05\x05", "012356789", []Range{{4, 4}}},
		"the start taken away": {"\x91\x01\x09", "123456789", []Range{{0, 0}}},
		"the end taken away":   {"\x90\x09", "012345678", []Range{{9, 9}}},
		"twice the same":       {"\x90\x0a\x90\x0a", base + base, []Range{{10, 10}}},
		"the middle, then new": {"\x91\x04\x02\x02ab", "45ab", []Range{{0, 0}, {2, 4}}},
		"only new":             {"\x02ab", "ab", []Range{{0, 2}}},
		"nothing":              {"", "", []Range{{0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			dst := make([]byte, len(test.target))
			got, err := applyDelta(dst, []byte(base), []byte(test.delta), nil)
			if err != nil || string(dst) != test.target || !slices.Equal(got, test.want) {
				t.Errorf("%q, %v, %v; want %q, %v", dst, got, err, test.target, test.want)
			}
			if !deltaMakes(int64(len(test.target)), []byte(test.delta)) || deltaMakes(int64(len(test.target))+1, []byte(test.delta)) {
				t.Error("what it makes is not told from what it does not")
			}
			for n := range test.delta {
				if n > 0 || test.target != "" {
					if _, err := applyDelta(dst, []byte(base), []byte(test.delta[:n]), nil); err == nil {
						t.Errorf("taken when cut to %d bytes", n)
					}
				}
			}
		})
	}
	for _, delta := range []string{"\x00", "\x91\x0b\x01", "\x91\x0a\x01", "\x90\x0b", "\x80", "\x9f\xff\xff\xff\xff\x01", "\x05ab", "\xff"} {
		if _, err := applyDelta(make([]byte, 1), []byte(base), []byte(delta), nil); err == nil {
			t.Errorf("%q is taken", delta)
		}
	}
}
