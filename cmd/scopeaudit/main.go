// Command scopeaudit tells what a credential can do, what code needs, what a
// policy allows, and where they differ.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(mainCode()) }

// mainCode runs the command line on the process's own streams; testscript runs
// it in-process.
func mainCode() int {
	ending := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		ending = append(ending, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ending...)
	defer stop()
	// The first signal ends the run in order, a second one at once.
	context.AfterFunc(ctx, stop)
	env := environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, terminal: isTerminal(os.Stdin),
		unread: func() { signal.Ignore(syscall.SIGPIPE) },
	}
	return run(ctx, os.Args[1:], env)
}

// environment is all that the program takes from the outside, so that a test can
// hand in another.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	ticks          ticks // nil: the clock's
	clock          clock // nil: the system's
	// terminal says that a person answers on standard input.
	terminal bool
	// unread keeps the program going when nobody reads what it prints any more; nil:
	// it does so anyhow.
	unread func()
	// browse opens an address in a browser; nil: the system's.
	browse func(address string) error
}

// carryThrough is for verbs that tell a server what cannot be taken back: that
// nobody reads on, as behind `| head`, must not keep them from writing down what
// came of it.
func (a *app) carryThrough() {
	if a.env.unread != nil {
		a.env.unread()
	}
}

// run is the whole program; the exit status is decided here and nowhere else.
func run(ctx context.Context, args []string, env environment) int {
	if err := refuseSecrets(args); err != nil {
		return report(env.stderr, err)
	}
	out := &output{Writer: env.stdout}
	env.stdout = out
	app := &app{env: env}
	root := app.root()
	root.SetArgs(args)
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	err := root.ExecuteContext(ctx)
	if out.err != nil {
		// Whatever else happened, nobody has read it.
		err = unfinished("what was printed is not whole; --output writes to a file", "standard output: %v", reason(out.err))
	}
	if err != nil {
		return report(env.stderr, err)
	}
	return int(app.outcome)
}
