package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	reports "scopeaudit/report"
)

// isTerminal reports whether a person sits at the other end of a file.
func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// asker puts questions to the person at the terminal.
type asker struct {
	verb  string // of the command line, for what is said when nobody is there
	yes   bool   // --yes: agreed beforehand
	lines *bufio.Reader
	out   io.Writer
	width int // of the page
}

// asker makes one. Where nobody could answer and nothing was agreed beforehand,
// it is an error, before any work is done.
func (a *app) asker(verb string, yes bool) (*asker, error) {
	if !yes && !a.env.terminal {
		return nil, usage("run it in a terminal, or agree beforehand with --yes", "%s asks before it sends or changes anything, and nobody is there to answer: standard input is no terminal", verb)
	}
	return &asker{verb: verb, yes: yes, lines: a.reader(), out: a.env.stderr, width: a.look().Width}, nil
}

// confirm asks a question that is answered with yes or no; whatever is not a yes
// is a no. The error is the context's: an interrupt is no answer.
func (q *asker) confirm(ctx context.Context, question string) (bool, error) {
	text := reports.Fold("", "", printable(withoutSecrets(question))+" [y/N]", q.width)
	fmt.Fprint(q.out, strings.TrimSuffix(text, "\n")+" ")
	if q.yes {
		fmt.Fprintln(q.out, "yes (--yes)")
		return true, ctx.Err()
	}
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := q.lines.ReadString('\n')
		got <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(q.out)
		return false, ctx.Err()
	case a := <-got:
		if a.err != nil {
			fmt.Fprintln(q.out) // the end of input, which a person types as ^D
		}
		switch strings.ToLower(strings.TrimSpace(a.line)) {
		case "y", "yes":
			return true, ctx.Err()
		}
		return false, ctx.Err()
	}
}
