package collect

import (
	"cmp"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// Bounds of what is read for comments.
const (
	// maxAllowRead is how much of a file is read again, in bytes: what is larger is
	// data, or a log.
	maxAllowRead = 64 << 20
	// maxAllowLine is up to which length in bytes a line is looked at: nobody
	// writes comments into a longer one.
	maxAllowLine = 256 << 10
	// maxMarks is how many comments one line may have, maxIDs how many rules one
	// of them names, and maxReason how many bytes of a reason are kept.
	maxMarks  = 8
	maxIDs    = 8
	maxReason = 200
)

// marker is what a comment for a scanner of secrets begins with.
type marker struct {
	text string // in lower case
	next bool   // it speaks of the line below
	hash bool   // it only counts right behind a number sign
}

// markers are ours and those of other tools, as these document them.
var markers = [...]marker{
	{text: audit.AllowMarker},
	{text: "gitleaks:allow"},
	{text: "betterleaks:allow"},
	{text: "trufflehog:ignore"},
	{text: "kingfisher:ignore"},
	{text: "ggignore"},
	{text: "pragma: allowlist secret"},
	{text: "pragma: allowlist nextline secret", next: true},
	{text: "secretlint-disable-line"},
	{text: "secretlint-disable-next-line", next: true},
	{text: "nosec", hash: true},
	{text: noqa, hash: true},
}

// noqa counts only with the codes of flake8-bandit and Ruff for passwords in
// source.
const noqa = "noqa:"

func passwordCode(codes string) bool {
	end := strings.IndexFunc(codes, func(r rune) bool { return !isWord(r) && r != ',' && r != ' ' })
	if end >= 0 {
		codes = codes[:end]
	}
	return strings.Contains(codes, "s105") || strings.Contains(codes, "s106") || strings.Contains(codes, "s107")
}

// mark is one such comment.
type mark struct {
	marker       string
	rules        []rules.ID // one, empty, if it names none
	reason       string
	line, column int
	next         bool
	alone        bool // nothing but a comment's own signs stands before it
}

// line is a line of a file in which there may be marks.
type line struct{ pieces []piece }

// piece is a line as its reader sees it: one of the file, or one of a notebook's
// cell that is stored with others in a single line of the file.
type piece struct {
	from  int // column
	marks []mark
}

// pieceAt gives the piece that holds a column, and the one before it, if any.
func (l *line) pieceAt(column int) (own, before *piece) {
	i, found := slices.BinarySearchFunc(l.pieces, column, func(p piece, c int) int { return cmp.Compare(p.from, c) })
	if !found && i > 0 {
		i--
	}
	i = min(i, len(l.pieces)-1)
	if i > 0 {
		before = &l.pieces[i-1]
	}
	return &l.pieces[i], before
}

// newLine finds the marks of one line. Places are the leaks on it: no part of
// their values may end in a reason.
func newLine(text string, number int, places []rules.Location, notebook bool) *line {
	columns := columnsOf(text)
	hidden, values := hide(text, number, columns, places)
	l := &line{}
	for _, r := range cellLines(hidden, notebook) {
		from, _ := slices.BinarySearch(columns, r[0])
		p := piece{from: from + 1, marks: marksIn(hidden[r[0]:r[1]])}
		for i := range p.marks {
			m := &p.marks[i]
			column, _ := slices.BinarySearch(columns, r[0]+m.column)
			m.line, m.column = number, column+1
			for _, v := range values {
				m.reason = strings.ReplaceAll(m.reason, v, "…")
			}
			// Not before: half a value would stay, and bytes that are dropped could
			// make one.
			m.reason = strings.ToValidUTF8(m.reason[:min(len(m.reason), maxReason)], "\uFFFD")
		}
		l.pieces = append(l.pieces, p)
	}
	return l
}

// columnsOf gives the offset of each code point, as columns count them.
func columnsOf(text string) []int {
	columns := make([]int, 0, len(text))
	for i := range len(text) {
		if text[i]&0xC0 != 0x80 {
			columns = append(columns, i)
		}
	}
	return columns
}

// covered stands in place of values, so that offsets stay what they are.
const covered = "\x01"

// hide covers the values on a line, and gives those that are longer than a word.
func hide(text string, number int, columns []int, places []rules.Location) (string, []string) {
	hidden := []byte(text)
	var values []string
	offset := func(column int) int {
		if column < 1 || column > len(columns) {
			return len(text)
		}
		return columns[column-1]
	}
	for _, p := range places {
		if p.Line == 0 {
			continue
		}
		from, to := 0, len(text)
		if p.Line == number {
			from = offset(p.Column)
		}
		if p.EndLine == number {
			to = offset(p.EndColumn)
		}
		if from >= to {
			continue
		}
		for i := from; i < to; i++ {
			hidden[i] = covered[0]
		}
		if v := text[from:to]; len(v) > 3 && len(values) < maxMarks && len(v) < maxReason {
			values = append(values, v)
		}
	}
	return string(hidden), values
}

// cellLines cuts the stored form of a notebook's source where its lines end; any
// other line is whole. What has no letter, as the end of a string, is no line.
func cellLines(text string, notebook bool) [][2]int {
	start := 0
	var out [][2]int
	cut := func(end int) {
		if strings.IndexFunc(text[start:end], isWord) >= 0 || strings.Contains(text[start:end], covered) {
			out = append(out, [2]int{start, end})
		}
	}
	for i := 0; notebook && i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if text[i+1] == 'n' {
			cut(i)
			start = i + 2
		}
		i++
	}
	cut(len(text))
	if len(out) == 0 {
		out = [][2]int{{0, len(text)}}
	}
	return out
}

// mayMark tells most lines from those that may have a mark.
func mayMark(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	low := lower(string(text))
	return slices.ContainsFunc(markers[:], func(m marker) bool { return strings.Contains(low, m.text) })
}

// marksIn finds the marks in one piece, in order; their columns are offsets.
func marksIn(text string) []mark {
	low := lower(text)
	var out []mark
	for _, m := range markers {
		for at := 0; len(out) < maxMarks; {
			i := strings.Index(low[at:], m.text)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(m.text)
			if m.stands(low, start, at) {
				out = append(out, mark{marker: m.text, column: start, next: m.next, alone: onlySigns(low[:start])})
			}
		}
	}
	slices.SortFunc(out, func(a, b mark) int { return cmp.Compare(a.column, b.column) })
	for i := range out {
		end := len(text)
		if i+1 < len(out) {
			end = out[i+1].column
		}
		out[i].say(text[out[i].column+len(out[i].marker) : end])
	}
	return out
}

// stands tells the marker from a part of a longer word.
func (m marker) stands(low string, start, end int) bool {
	before := strings.TrimRight(low[:start], " \t")
	switch {
	case m.hash && !strings.HasSuffix(before, "#"):
		return false
	case m.text == noqa:
		return passwordCode(low[end:])
	case start > 0 && (isWord(rune(low[start-1])) || low[start-1] == '-'):
		return false
	}
	return end == len(low) || !isWord(rune(low[end])) && low[end] != '-'
}

// onlySigns says whether nothing comes before a mark but what begins a comment,
// or the key of one where a format has no comments: "_comment": "…".
func onlySigns(before string) bool {
	for _, word := range []string{"_", "comment", "rem"} {
		before = strings.Replace(before, word, "", 1)
	}
	return strings.IndexFunc(before, isWord) < 0 && !strings.Contains(before, covered)
}

// say reads what a mark of ours says: rules, and why.
func (m *mark) say(text string) {
	m.rules = []rules.ID{""}
	if m.marker != audit.AllowMarker {
		return
	}
	for _, end := range []string{covered, "*/", "-->", "--%>"} {
		text, _, _ = strings.Cut(text, end)
	}
	text = valueOf(text)
	names, reason, _ := strings.Cut(strings.TrimLeft(text, " \t"), " ")
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") {
		var ids []rules.ID
		for name := range strings.SplitSeq(names, ",") {
			if name != "" && strings.IndexFunc(name, notInID) < 0 && len(ids) < maxIDs {
				ids = append(ids, rules.ID(name))
			}
		}
		if len(ids) > 0 {
			m.rules = ids
		}
	}
	reason = strings.Trim(reason, " \t\r\n\"',;)}]*#/\\")
	if strings.IndexFunc(reason, isWord) >= 0 {
		m.reason = reason
	}
}

// valueOf gives the text behind a mark that is the key of a JSON object; of any
// other, all of it.
func valueOf(text string) string {
	rest, key := strings.CutPrefix(text, `"`)
	rest, colon := strings.CutPrefix(strings.TrimLeft(rest, " \t"), ":")
	rest, value := strings.CutPrefix(strings.TrimLeft(rest, " \t"), `"`)
	if key && colon && value {
		return " " + rest
	}
	return text
}

func notInID(r rune) bool { return !isWord(r) && !strings.ContainsRune("-:.", r) }

func isWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r > 0x7F
}

// lower is strings.ToLower for ASCII alone: no offset moves.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
