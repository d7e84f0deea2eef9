package needs

import (
	"bytes"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// cells are the parts of a notebook that go to the shell.
type cells struct {
	text  bytes.Buffer
	parts []part
}

// take keeps of a cell what the shell runs: all of it below %%bash and the like,
// else the lines that begin with an exclamation mark, each with those that it
// goes on in.
func (c *cells) take(v decode.View) {
	data := v.Data
	if word, found := bytes.CutPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("%%")); found {
		switch string(word[:identEnd(word, 0)]) {
		case "bash", "sh":
			at := len(data) - len(word)
			c.add(v, lineEnd(data, at), len(data))
		}
		return
	}
	for at := 0; at < len(data); at++ {
		end := lineEnd(data, at)
		if line := bytes.TrimLeft(data[at:end], " \t"); bytes.HasPrefix(line, []byte("!")) {
			begin := end - len(line) + 1
			for end < len(data) && bytes.HasSuffix(bytes.TrimRight(data[:end], "\r"), []byte(`\`)) {
				end = lineEnd(data, end+1)
			}
			c.add(v, begin, end)
		}
		at = end
	}
}

func (c *cells) add(v decode.View, from, to int) {
	place := v.Place
	c.parts = append(c.parts, part{start: c.text.Len(), place: func(start, end int) rules.Location { return place(from+start, from+end) }})
	c.text.Write(v.Data[from:to])
	c.text.WriteByte('\n')
}

// module reads what was taken as one script; nil if there is nothing.
func (c *cells) module(name string) *module {
	if c.text.Len() == 0 {
		return nil
	}
	m := &module{source: source{path: name, text: c.text.Bytes(), parts: c.parts}, language: shell}
	m.read()
	return m
}
