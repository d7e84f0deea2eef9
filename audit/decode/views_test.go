package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func encodeUTF16(s string, big, mark bool) []byte {
	var out []byte
	if mark {
		s = "\uFEFF" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func TestEncodings(t *testing.T) {
	text := "first = 1\nünï = \"𝄞 token\"\nlast line of the file\n"
	for name, data := range map[string][]byte{
		"UTF-8":                    []byte(text),
		"UTF-8 with a mark":        []byte("\xEF\xBB\xBF" + text),
		"little endian with mark":  encodeUTF16(text, false, true),
		"big endian with mark":     encodeUTF16(text, true, true),
		"little endian, bare":      encodeUTF16(text, false, false),
		"big endian, bare":         encodeUTF16(text, true, false),
		"an odd last byte, marked": append(encodeUTF16(text, false, true), 'x'),
	} {
		views := Views(data)
		if len(views) != 1 || string(views[0].Data) != text || !views[0].First || !views[0].Last {
			t.Errorf("%s: got %d views, the first %q", name, len(views), views[0].Data)
			continue
		}
		if v := views[0]; v.Place != nil {
			at := strings.Index(text, "token")
			if l := v.Place(at, at+5); l.Line != 2 || l.Column != 10 || l.EndColumn != 15 {
				t.Errorf("%s: placed at %d:%d to %d", name, l.Line, l.Column, l.EndColumn)
			}
		}
	}
}

func TestBinaryIsOneView(t *testing.T) {
	for _, data := range []string{"", "\x80\x04\x95\x00\x00", "\xAC\xED\x00\x05sr\x00\x01", "SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		views := Views([]byte(data))
		if len(views) != 1 || string(views[0].Data) != data || views[0].Place != nil || views[0].Ranges != nil {
			t.Errorf("%q: got %+v", data, views)
		}
	}
}

const notebook4 = `{
 "cells": [
  {
   "attachments": {"a.png": {"image/png": "QVRUQUNIRUQ="}},
   "cell_type": "markdown",
   "source": "# Title\nprose"
  },
  {
   "cell_type": "code",
   "source": ["a = \"x\"\n", "b = '\u00e9\ud834\udd1e'"],
   "execution_count": 7,
   "outputs": [
    {"output_type": "stream", "name": "stdout", "text": ["printed\n"]},
    {"output_type": "display_data", "data": {"image/png": "UElDVFVSRQ==", "text/plain": "<Figure>", "text/html": ["<b>", "bold</b>"]}},
    {"output_type": "execute_result", "data": {"application/json": {"k": "structured"}, "application/vnd.x": "other"}},
    {"output_type": "error", "ename": "E", "evalue": "value", "traceback": ["trace1", "trace2"]}
   ]
  }
 ],
 "metadata": {"author": "someone"},
 "nbformat": 4
}`

func TestNotebook(t *testing.T) {
	var got []string
	views := Views([]byte(notebook4))
	for _, v := range views[:len(views)-1] {
		l := v.Place(0, 1)
		got = append(got, fmt.Sprintf("%d/%d/%v %d:%d %q", l.Cell, l.Execution, l.Output, l.Line, l.Column, v.Data))
	}
	want := []string{
		`1/0/false 6:15 "# Title\nprose"`,
		`2/7/false 10:16 "a = \"x\"\nb = 'é𝄞'"`,
		`2/7/true 13:59 "printed\n"`,
		`2/7/true 14:90 "<Figure>"`,
		`2/7/true 14:116 "<b>bold</b>"`,
		`2/7/true 15:68 "{\"k\": \"structured\"}"`,
		`2/7/true 16:55 "value"`,
		`2/7/true 16:78 "trace1trace2"`,
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	rest := views[len(views)-1]
	var outside strings.Builder
	for _, r := range rest.Ranges {
		outside.Write(rest.Data[r.Start:r.End])
	}
	for _, w := range []string{"someone", `"other"`, "display_data", `"E"`} {
		if !strings.Contains(outside.String(), w) {
			t.Errorf("%q is in no view", w)
		}
	}
	for _, w := range []string{"UElDVFVSRQ", "QVRUQUNIRUQ", "prose", "printed", "structured", "trace1"} {
		if strings.Contains(outside.String(), w) {
			t.Errorf("%q is in the rest", w)
		}
	}
}

// A place in the second line of a cell, after escapes, is the place in the file.
func TestNotebookPlacesInsideText(t *testing.T) {
	for _, v := range Views([]byte(notebook4)) {
		at := bytes.Index(v.Data, []byte("𝄞"))
		if at < 0 || v.Place(0, 1).Cell == 0 {
			continue
		}
		l := v.Place(at, at+len("𝄞"))
		want := strings.Index(strings.Split(notebook4, "\n")[9], `\ud834`) + 1
		if l.Line != 10 || l.Column != want {
			t.Errorf("placed at %d:%d, want 10:%d", l.Line, l.Column, want)
		}
		return
	}
	t.Error("the cell was not found")
}

func TestNotebookOfFormat3(t *testing.T) {
	views := Views([]byte(`{"metadata": {}, "nbformat": 3, "worksheets": [{"cells": [
{"cell_type": "code", "input": ["x = 1"], "prompt_number": 4, "outputs": [{"output_type": "pyout", "png": "UElD", "text": ["4"]}]}]}]}`))
	if len(views) != 3 || string(views[0].Data) != "x = 1" || string(views[1].Data) != "4" {
		t.Fatalf("got %d views", len(views))
	}
	if l := views[1].Place(0, 1); l.Cell != 1 || l.Execution != 4 || !l.Output {
		t.Errorf("the output is at %+v", l)
	}
	for _, r := range views[2].Ranges {
		if bytes.Contains(views[2].Data[r.Start:r.End], []byte("UElD")) {
			t.Error("the picture is searched")
		}
	}
}

func TestHalfWrittenNotebookIsText(t *testing.T) {
	for cut := range len(notebook4) {
		views := Views([]byte(notebook4[:cut]))
		if len(views) != 1 || string(views[0].Data) != notebook4[:cut] || views[0].Ranges != nil {
			t.Fatalf("cut at %d: got %d views", cut, len(views))
		}
	}
	deep := `{"cells": [], "cell_type": ` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + "}"
	if views := Views([]byte(deep)); len(views) != 1 || views[0].Ranges != nil {
		t.Error("nesting without end is taken for a notebook")
	}
}

// What encoding/json reads from a source, we read, whatever its escapes.
func TestSourceIsReadAsJSONReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "source")
		source, err := json.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		file := `{"cells": [{"cell_type": "code", "source": ` + string(source) + `}]}`
		var back []string
		if err := json.Unmarshal(source, &back); err != nil {
			t.Fatal(err)
		}
		want := strings.Join(back, "")
		views := Views([]byte(file))
		if want == "" {
			if len(views) != 1 {
				t.Fatalf("%d views of nothing", len(views))
			}
			return
		}
		if len(views) != 2 || string(views[0].Data) != want {
			t.Fatalf("read %q, want %q", views[0].Data, want)
		}
	})
}

func TestCursorCountsInPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringOf(rapid.SampledFrom([]rune("a\nbé𝄞\r\t"))).Draw(t, "text"))
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		whole, pieces := Start().Advance(text), Start().Advance(text[:cut]).Advance(text[cut:])
		last := text[bytes.LastIndexByte(text, '\n')+1:]
		want := Cursor{1 + bytes.Count(text, []byte{'\n'}), 1 + utf8.RuneCount(last)}
		if whole != want || pieces != want {
			t.Fatalf("counted %v whole and %v in pieces, want %v", whole, pieces, want)
		}
	})
}

func FuzzViews(f *testing.F) {
	for _, s := range []string{notebook4, notebook4[:400], `{"cells":[{"cell_type":"code","source":"\ud800\u12"}]}`, `{"cells":[3,{"cell_type":0,"outputs":[1,{"data":[]}],"source":{}}]}`} {
		f.Add([]byte(s))
		f.Add(encodeUTF16(s, false, true))
		f.Add(encodeUTF16(s, true, false))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range Views(data) {
			last := 0
			for _, r := range v.Ranges {
				if r.Start < last || r.End < r.Start || r.End > len(v.Data) {
					t.Fatalf("ranges %v of %d bytes", v.Ranges, len(v.Data))
				}
				last = r.End
			}
			if v.Place == nil {
				continue
			}
			for _, at := range []int{0, len(v.Data) / 2, len(v.Data)} {
				l := v.Place(at, len(v.Data))
				if l.Line < 1 || l.Column < 1 || l.EndLine < l.Line {
					t.Fatalf("placed at %+v", l)
				}
			}
		}
	})
}

// benchNotebook is a notebook of code cells, of about size bytes.
func benchNotebook(size int) []byte {
	cell := `{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [{"output_type": "stream", "text": ["result 1\n"]}], "source": ["for i in range(10):\n", "    print(\"x\", i)\n"]}`
	return []byte(`{"cells": [` + strings.Repeat(cell+",\n", size/len(cell)) + cell + `], "nbformat": 4}`)
}

func BenchmarkViews(b *testing.B) {
	for name, data := range map[string][]byte{
		"notebook": benchNotebook(8 << 20),
		"picture":  []byte(`{"cells": [{"cell_type": "code", "outputs": [{"data": {"image/png": "` + strings.Repeat("QUJD", 2<<20) + `"}}]}]}`),
		"escapes":  []byte(`{"cells": [{"cell_type": "code", "source": "` + strings.Repeat(`\n`, 4<<20) + `"}]}`),
		"UTF-16":   encodeUTF16(strings.Repeat("the quick brown fox\n", 200<<10), false, true),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				Views(data)
			}
		})
	}
}
