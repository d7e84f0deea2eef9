package report

import (
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"scopeaudit/audit/rules"
)

const (
	defaultWidth = 80
	// minWidth keeps hanging indents sane on a very narrow terminal; lines may
	// then be longer than it is wide.
	minWidth = 32
	// gutter is the column in which labelled text starts, where there is room.
	gutter = 12
	// tie is a space at which no line is broken. Only we write it: Clean escapes
	// that of others.
	tie = "\u00a0"
)

// page lays out text for people: it wraps, indents and colours, and sees to it
// that no line can be taken for a command.
type page struct {
	b     strings.Builder
	width int
	color bool
	// remedies are those that were given, with the rule that they were for.
	remedies map[string]rules.ID
}

func newPage(o Options) *page {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	return &page{width: max(width, minWidth), color: o.Color, remedies: map[string]rules.ID{}}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// line writes one line. All text goes through here.
func (p *page) line(s string) {
	s = strings.TrimRight(strings.ReplaceAll(s, tie, " "), " ")
	s = breakCommands(s, `\x5b`)
	if strings.HasPrefix(strings.TrimLeft(plain(s), " "), "::") {
		at := strings.Index(s, "::")
		s = s[:at] + "| " + s[at:]
	}
	p.b.WriteString(s)
	p.b.WriteByte('\n')
}

func (p *page) blank() { p.b.WriteByte('\n') }

// heading starts a section.
func (p *page) heading(title string) {
	p.blank()
	p.line(p.paint(bold, title))
}

// wrap writes text after first and, on further lines, after rest, which must
// be as wide as first or made of spaces.
func (p *page) wrap(first, rest, text string) {
	room := p.width - columns(rest)
	for i, l := range fill(keepCommands(text, room), p.width-columns(first), room, false) {
		if i == 0 {
			p.line(first + l)
		} else {
			p.line(rest + l)
		}
	}
}

// keepCommands ties the words of a command, which stands between backquotes, so
// that it can be copied from one line; one that no line has room for is broken.
func keepCommands(text string, room int) string {
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts)-1; i += 2 {
		if columns(parts[i])+len("``") <= room {
			parts[i] = tied(parts[i])
		}
	}
	return strings.Join(parts, "`")
}

// tied is text that stays on one line.
func tied(text string) string { return strings.ReplaceAll(text, " ", tie) }

// aside writes text that matters less. Every line is painted on its own: pagers
// forget a colour at the end of a line.
func (p *page) aside(text string) {
	for _, l := range fill(text, p.width-2, p.width-2, false) {
		p.line("  " + p.paint(dim, l))
	}
}

// field writes text beside a label set right in the gutter, which it must fit;
// on a narrow page the label goes in front of the text instead. An empty label
// continues the one above.
func (p *page) field(label, text string) {
	indent := strings.Repeat(" ", gutter)
	switch {
	case !p.narrow():
		p.wrap(indent[:gutter-2-columns(label)]+p.paint(dim, label)+"  ", indent, text)
	case label == "":
		p.wrap("      ", "      ", text)
	default:
		p.wrap("    "+p.paint(dim, label+":")+" ", "      ", text)
	}
}

func (p *page) narrow() bool { return p.width < 60 }

// fill breaks text into lines of at most first and then rest columns. A word
// that is longer than a line stands alone on one, or is broken if hard is set.
// There is always at least one line.
func fill(text string, first, rest int, hard bool) []string {
	var lines []string
	var b strings.Builder
	used, room := 0, first
	flush := func() {
		lines = append(lines, b.String())
		b.Reset()
		used, room = 0, rest
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }) {
		w := columns(word)
		if used > 0 && used+1+w > room {
			flush()
		}
		for hard && used == 0 && w > room {
			head, tail := split(word, room)
			b.WriteString(head)
			flush()
			word, w = tail, w-columns(head)
		}
		if used > 0 {
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += w
	}
	if used > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// split cuts a word that is wider than room, behind a mark that divides names
// if there is one in the second half of the room, and never inside a grapheme.
func split(word string, room int) (head, tail string) {
	used, cut, end := 0, 0, 0
	for g := displaywidth.StringGraphemes(word); g.Next(); {
		w := g.Width()
		if used+w > room && end > 0 {
			break
		}
		used += w
		end += len(g.Value())
		if used*2 >= room && strings.Contains("/._-:,@", g.Value()) {
			cut = end
		}
	}
	if cut == 0 {
		cut = end
	}
	return word[:cut], word[cut:]
}

// columns is how wide a terminal shows s, colours left aside.
func columns(s string) int { return displaywidth.String(plain(s)) }

// A color is an SGR parameter (ECMA-48, 8.3.117).
type color string

const (
	bold    color = "1"
	dim     color = "2"
	red     color = "31"
	green   color = "32"
	yellow  color = "33"
	cyan    color = "36"
	redBold color = "1;31"

	reset = "\x1b[0m"
)

func (p *page) paint(c color, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + reset
}

// plain takes out the colours that paint put in. Nothing else can hold an
// escape character: what is not ours has gone through Clean.
func plain(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}
