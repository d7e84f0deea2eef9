package decode

import (
	"bytes"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// What a first reading learns does not depend on how much of the text is held.
func FuzzLearnInPieces(f *testing.F) {
	f.Add([]byte(notebook4), 16)
	f.Add([]byte(`{"cells": [{"cell_type": "code", "source": ["a", 1], "execution_count": 12345678}], "x": "\\\\\"\u00e9"}`), 17)
	f.Add([]byte(`{"worksheets": [{"cells": [{"cell_type": "code", "input": [], "prompt_number": 4, "outputs": [{"png": "x", "text": [{}]}]}]}]}`), 40)
	f.Add([]byte(`{"cells": [`+strings.Repeat(" ", 99)+`], "a": "`+strings.Repeat(`\`, 99)), 20)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		learn := func(n *notebook) (facts, string) {
			n.learn = &facts{}
			if err := n.read(); err != nil {
				return facts{}, err.Error()
			}
			return *n.learn, ""
		}
		want, wantErr := learn(&notebook{scan: scanner{data: data}})
		pieces := &notebook{}
		tape := &tape{buf: make([]byte, 2+uint(size)%64), in: iotest.HalfReader(bytes.NewReader(data))}
		tape.feed(&pieces.scan, nil)
		got, gotErr := learn(pieces)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(facts{}, counts{})); diff != "" || wantErr != gotErr {
			t.Errorf("%q, %q: %s", wantErr, gotErr, diff)
		}
	})
}

// repeated is a text of any size that is nowhere: a head, a part again and
// again, a tail.
type repeated struct {
	head, part, tail string
	times            int64
}

func (r repeated) size() int64 {
	return int64(len(r.head)) + int64(len(r.part))*r.times + int64(len(r.tail))
}

func (r repeated) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && err == nil {
		at := off + int64(n)
		body := at - int64(len(r.head))
		switch {
		case body < 0:
			n += copy(p[n:], r.head[at:])
		case body < int64(len(r.part))*r.times:
			n += copy(p[n:], r.part[body%int64(len(r.part)):])
		case at < r.size():
			n += copy(p[n:], r.tail[body-int64(len(r.part))*r.times:])
		default:
			err = io.EOF
		}
	}
	return n, err
}

// The memory for a large input is that of a few windows, whatever it is made of.
func TestMemoryOfLargeInputs(t *testing.T) {
	times := int64(128 << 10)
	if testing.Short() {
		times = 16 << 10
	}
	line := strings.Repeat("var a=1;if(b){c.d()};", 96)
	cell := `{"cell_type": "code", "source": ["x = 1"], "outputs": [{"data": {"image/png": "` + strings.Repeat("iVBORw0KGgo", 80) + `"}, "text": ["` + strings.Repeat("step 1 done ", 80) + `\n"]}]},` + "\n"
	for name, in := range map[string]repeated{
		"one line":        {part: line, times: times},
		"lines":           {part: line + "\n", times: times},
		"UTF-16":          {head: "\xFF\xFE", part: "a\x00b\x00 \x00\n\x00", times: times * 64},
		"notebook":        {head: `{"cells": [`, part: cell, tail: `{"cell_type": "raw"}]}`, times: times / 4},
		"one long output": {head: `{"cells": [{"cell_type": "code", "outputs": [{"text": ["`, part: `progress 10%\r\u001b[K`, tail: `"]}]}]}`, times: times * 8},
		"mixed lists":     {head: `{"cells": [{"cell_type": "code", "outputs": [{"text": [1`, part: `, "a"`, tail: `]}]}]}`, times: times * 16},
		"spaces":          {head: `{"cells": [{"cell_type": "code", "source": ["`, part: `",    "a`, tail: `"]}]}`, times: times * 16},
		"broken notebook": {head: `{"cells": [{"cell_type": "code", "source": "`, part: `\`, times: times * 256},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var seen int64
		skips, err := EachAt(in, in.size(), Limits{Nesting: -1}, func(_ Member, views iter.Seq[View]) error {
			for v := range views {
				seen += int64(len(v.Data))
			}
			return nil
		})
		runtime.ReadMemStats(&after)
		if err != nil || len(skips) > 0 || seen == 0 {
			t.Errorf("%s: %d bytes, %v, %v", name, seen, skips, err)
		}
		// All that was ever allocated, and not what is left of it.
		if used := after.TotalAlloc - before.TotalAlloc; used > 24<<20 {
			t.Errorf("%s: %d MiB for an input of %d", name, used>>20, in.size()>>20)
		}
	}
}
