package main

import (
	"bufio"
	"fmt"
	"io"
)

// maxLine is the longest line that is read from the user, in bytes.
const maxLine = 64 << 10

// reader is standard input for whoever reads it by lines: there is one, so that
// none takes what another waits for.
func (a *app) reader() *bufio.Reader {
	if a.input == nil {
		a.input = bufio.NewReaderSize(io.LimitReader(a.env.stdin, maxInput), maxLine)
	}
	return a.input
}

// lines hands out what the user types from now on, until input ends. A line that
// is too long comes in pieces. Whoever asks again goes on where the one before has
// ended: two readers would take each other's lines.
func (a *app) lines() <-chan string {
	if a.typed != nil {
		return a.typed
	}
	typed := make(chan string)
	a.typed = typed
	in := a.reader()
	go func() {
		defer close(typed)
		for {
			line, _, err := in.ReadLine()
			if err != nil {
				return
			}
			typed <- string(line)
		}
	}()
	return typed
}

// remark prints a line for the user beside the result.
func (a *app) remark(format string, args ...any) {
	fmt.Fprintln(a.env.stderr, "scopeaudit: "+printable(withoutSecrets(fmt.Sprintf(format, args...))))
}
