package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	reports "scopeaudit/report"
)

const (
	// quietFor is how long a run says nothing: most are over by then.
	quietFor = time.Second
	// redraw is how often the line is drawn.
	redraw = 100 * time.Millisecond
)

// ticks calls for a line now and then, with the time, until it is stopped.
type ticks func() (now <-chan time.Time, stop func())

func everyRedraw() (<-chan time.Time, func()) {
	t := time.NewTicker(redraw)
	return t.C, t.Stop
}

// collect gathers evidence while the user watches.
func (a *app) collect(ctx context.Context, s collect.Sources, o collect.Options) (e audit.Evidence, err error) {
	err = a.watched(func(p *collect.Progress) (err error) {
		o.Progress = p
		e, err = collect.Run(ctx, s, o)
		return err
	})
	return e, err
}

// watched does the work, and while it goes on shows on a terminal how far it has
// come: in one line on standard error, which is gone when watched returns.
func (a *app) watched(work func(*collect.Progress) error) error {
	screen, ok := a.env.stderr.(interface {
		io.Writer
		Fd() uintptr
	})
	if a.flags.quiet || !ok || !term.IsTerminal(int(screen.Fd())) || a.env.getenv("TERM") == "dumb" {
		return work(nil)
	}
	every := a.env.ticks
	if every == nil {
		every = everyRedraw
	}
	now, stop := every()
	defer stop()
	var progress collect.Progress
	line := progressLine{to: screen, width: func() int {
		width, _, err := term.GetSize(int(screen.Fd()))
		if err != nil || width <= 0 {
			return defaultWidth
		}
		return width
	}}
	done := make(chan error, 1)
	go func() { done <- work(&progress) }()
	for {
		select {
		case at := <-now:
			line.draw(at, progress.Files(), progress.Bytes())
		case err := <-done:
			line.erase()
			return err
		}
	}
}

// progressLine is one line that is drawn over itself. It is made of the text,
// spaces and carriage returns alone, which every terminal understands.
type progressLine struct {
	to    io.Writer
	width func() int // columns of the terminal, which may change
	since time.Time  // of the first tick
	drawn int        // columns that are on the screen
}

func (l *progressLine) draw(now time.Time, files, bytes int64) {
	if l.since.IsZero() {
		l.since = now.Add(-redraw)
	}
	passed := now.Sub(l.since)
	if passed < quietFor {
		return
	}
	text := fmt.Sprintf("scopeaudit: %s, %s, %s/s", plural(int(files), "file"), reports.Size(bytes), reports.Size(int64(float64(bytes)/passed.Seconds())))
	// The last column stays free: a terminal that fills it begins a new line.
	if room := max(l.width()-1, 0); len(text) > room {
		text = text[:room]
	}
	fmt.Fprintf(l.to, "\r%s%s", text, strings.Repeat(" ", max(l.drawn-len(text), 0)))
	l.drawn = len(text)
}

// erase leaves the terminal as it was.
func (l *progressLine) erase() {
	if l.drawn > 0 {
		fmt.Fprintf(l.to, "\r%s\r", strings.Repeat(" ", min(l.drawn, max(l.width()-1, 0))))
		l.drawn = 0
	}
}
