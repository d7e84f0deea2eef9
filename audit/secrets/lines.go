package secrets

import (
	"slices"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// maxTail is how much of the end of a window is kept to count the lines of the
// next one, in bytes: windows that overlap by more lose their line numbers.
const maxTail = 64 << 10

// lines counts lines over the windows of one input.
type lines struct {
	at      decode.Cursor // the place of the byte at offset
	offset  int64
	tail    []byte // what follows offset, up to where the last window ended
	unknown bool
}

// follow gives the new findings of a window their places, and counts on to
// where the next window may begin.
func (l *lines) follow(v decode.View, found []finding) {
	if v.First {
		*l = lines{at: decode.Start(), offset: v.Offset, tail: l.tail[:0]}
	}
	skip := v.Offset - l.offset
	if skip < 0 || skip > int64(len(l.tail)) {
		l.unknown = true
	}
	if l.unknown {
		return
	}
	at, pos := l.at.Advance(l.tail[:skip]), 0
	l.at, l.offset = at, v.Offset
	sorted := make([]*finding, len(found))
	for i := range found {
		sorted[i] = &found[i]
	}
	slices.SortFunc(sorted, func(a, b *finding) int { return int(a.pos - b.pos) })
	for _, f := range sorted {
		start, end := int(f.pos-v.Offset), int(f.end-v.Offset)
		at, pos = at.Advance(v.Data[pos:start]), start
		to := at.Advance(v.Data[start:end])
		f.Location = rules.Location{Line: at.Line, Column: at.Column, EndLine: to.Line, EndColumn: to.Column}
	}
	if v.Last {
		return
	}
	keep := max(0, len(v.Data)-maxTail)
	if pos > keep {
		at, pos = l.at, 0
	}
	l.at, l.offset = at.Advance(v.Data[pos:keep]), v.Offset+int64(keep)
	l.tail = append(l.tail[:0], v.Data[keep:]...)
}
