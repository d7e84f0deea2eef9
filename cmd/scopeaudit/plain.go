package main

import (
	"fmt"
	"io"
	"strings"

	"scopeaudit/audit"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo"
)

// plainText prints for people who read along: paragraphs, as wide as the page.
// What is not ours is made harmless, secrets are taken out, and no line can be
// taken for a command by the log of a CI runner, whatever a file is called.
type plainText struct {
	to    io.Writer
	width int
	hide  *redactor
}

// plain prints to a writer. What the credential holds does not show.
func (a *app) plain(to io.Writer, c tokeninfo.Credential) *plainText {
	return &plainText{to, a.look().Width, newRedactor([]audit.Held{{Credential: c}})}
}

// line prints one paragraph, at the depth of its leading spaces; what begins with
// a mark goes on under its text.
func (p *plainText) line(format string, args ...any) {
	text := p.clean(fmt.Sprintf(format, args...))
	body := strings.TrimLeft(text, " ")
	first := text[:len(text)-len(body)]
	rest := first
	for _, mark := range []string{"- ", "! ", "✓ "} {
		if after, ok := strings.CutPrefix(body, mark); ok {
			first, rest, body = first+mark, rest+"  ", after
		}
	}
	p.fold(first, rest, body)
}

// field prints text beside a label of at most width letters, or on a narrow page
// behind it.
func (p *plainText) field(indent string, width int, label, format string, args ...any) {
	text := p.clean(fmt.Sprintf(format, args...))
	first := fmt.Sprintf("%s%-*s  ", indent, width, label)
	rest := strings.Repeat(" ", len(first))
	if reports.Narrow(p.width) {
		first, rest = indent+label+": ", indent+"  "
	}
	p.fold(first, rest, text)
}

// lines prints paragraphs that are broken into lines in the program's text: an
// empty line, a mark or a space begins another.
func (p *plainText) lines(paragraphs ...string) {
	for _, text := range paragraphs {
		var whole []string
		for l := range strings.SplitSeq(text, "\n") {
			last := len(whole) - 1
			if last < 0 || l == "" || whole[last] == "" || strings.ContainsAny(l[:1], " -!") {
				whole = append(whole, l)
			} else {
				whole[last] += " " + l
			}
		}
		for _, l := range whole {
			p.line("%s", l)
		}
	}
}

// command prints what is to be typed, on one line.
func (p *plainText) command(text string) {
	fmt.Fprintln(p.to, "  "+p.clean(text))
}

func (p *plainText) clean(text string) string { return printable(p.hide.text(text)) }

func (p *plainText) fold(first, rest, text string) {
	io.WriteString(p.to, reports.Fold(first, rest, text, p.width))
}
