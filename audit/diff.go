package audit

import (
	"fmt"
	"slices"
	"strings"
)

// FixedFile is one file before and after.
type FixedFile struct {
	Path     string // as reports call it
	Old, New []byte
}

// diffContext is how many lines stand around a change.
const diffContext = 3

// Diff is the change as a unified diff, with lines of the file as they are: what
// prints it for people cleans it.
func (f FixedFile) Diff() string {
	old, now := slices.Collect(strings.Lines(string(f.Old))), slices.Collect(strings.Lines(string(f.New)))
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", diffName("a/"+f.Path), diffName("b/"+f.Path))
	for blocks := changedLines(old, now); len(blocks) > 0; {
		n := 1
		for n < len(blocks) && blocks[n].old-blocks[n-1].oldEnd <= 2*diffContext {
			n++
		}
		first, last := blocks[0], blocks[n-1]
		start, end := max(0, first.old-diffContext), min(len(old), last.oldEnd+diffContext)
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(start, end-start), span(start+first.now-first.old, end-start+last.nowEnd-last.oldEnd-(first.now-first.old)))
		at := start
		for _, k := range blocks[:n] {
			writeLines(&b, ' ', old[at:k.old])
			writeLines(&b, '-', old[k.old:k.oldEnd])
			writeLines(&b, '+', now[k.now:k.nowEnd])
			at = k.oldEnd
		}
		writeLines(&b, ' ', old[at:end])
		blocks = blocks[n:]
	}
	return b.String()
}

// block is a run of lines that differ: [old, oldEnd) of the one text are
// [now, nowEnd) of the other.
type block struct{ old, oldEnd, now, nowEnd int }

// maxSteps bounds the lines by which two texts may differ; past it all of them are
// said to be changed.
const maxSteps = 2000

// changedLines finds the fewest lines by which two texts differ.
//
// Source: E. W. Myers, An O(ND) Difference Algorithm and Its Variations, 1986.
func changedLines(old, now []string) []block {
	n, m := len(old), len(now)
	reach := make([]int, 2*(n+m)+3) // by diagonal: how far along old
	middle := n + m + 1
	var trace [][]int // reach before each step, where that step can look
	for d := range maxSteps {
		trace = append(trace, slices.Clone(reach[middle-d-1:middle+d+2]))
		for k := -d; k <= d; k += 2 {
			x := reach[middle+k-1] + 1
			if k == -d || k != d && reach[middle+k-1] < reach[middle+k+1] {
				x = reach[middle+k+1]
			}
			for x < n && x-k < m && old[x] == now[x-k] {
				x++
			}
			if reach[middle+k] = x; x >= n && x-k >= m {
				return trail(trace, n, m)
			}
		}
	}
	return []block{{0, n, 0, m}}
}

// trail goes back from the ends of both texts, and gathers the steps.
func trail(trace [][]int, x, y int) []block {
	var blocks []block
	for d := len(trace) - 1; d > 0; d-- {
		at := func(k int) int { return trace[d][d+1+k] }
		k := x - y
		from := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			from = k + 1
		}
		px := at(from)
		py := px - from
		step := block{px, px + 1, py, py}
		if from == k+1 {
			step = block{px, px, py, py + 1}
		}
		if last := len(blocks) - 1; last >= 0 && blocks[last].old == step.oldEnd && blocks[last].now == step.nowEnd {
			blocks[last].old, blocks[last].now = step.old, step.now
		} else {
			blocks = append(blocks, step)
		}
		x, y = px, py
	}
	slices.Reverse(blocks)
	return blocks
}

// span is a range of lines as a hunk's head has it: one of no lines names the
// line before.
func span(start, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", start)
	}
	return fmt.Sprintf("%d,%d", start+1, n)
}

// diffName is a name as git writes it in a diff: in quotes if it has to be, and
// with a tab behind it if it has a space, where patch would end it.
func diffName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	switch {
	case b.Len() > len(name):
		return `"` + b.String() + `"`
	case strings.Contains(name, " "):
		return name + "\t"
	}
	return name
}

func writeLines(b *strings.Builder, mark byte, lines []string) {
	for _, line := range lines {
		b.WriteByte(mark)
		b.WriteString(line)
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
