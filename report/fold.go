package report

// Fold lays out text after first and, on further lines, after rest, as reports do:
// no line is wider than width, where its words let it, and a command between
// backquotes stays on one. The text is one line of ours, or made harmless by
// [Clean]; zero or less means 80 columns.
func Fold(first, rest, text string, width int) string {
	p := newPage(Options{Width: width})
	p.wrap(first, rest, text)
	return p.b.String()
}

// Narrow reports whether a page is too narrow for labels beside their text.
func Narrow(width int) bool { return newPage(Options{Width: width}).narrow() }
