package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/policies"
)

// exitCode is the process's exit status, the same in every format.
type exitCode int

const (
	exitClean      exitCode = 0 // all was examined, nothing at or above the threshold
	exitFindings   exitCode = 1
	exitUsage      exitCode = 2 // usage, policy or configuration
	exitUnfinished exitCode = 3 // I/O, network, a failed part, or nothing examined
)

// failure is an error that ends the run: one line, a hint, and its exit code.
type failure struct {
	code exitCode
	text string
	hint string
}

func (f *failure) Error() string { return f.text }

// usage is the failure of a command line, policy or configuration.
func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Sprintf(format, args...), hint}
}

// unfinished is the failure of something that should have been read or asked.
func unfinished(hint, format string, args ...any) error {
	return &failure{exitUnfinished, fmt.Sprintf(format, args...), hint}
}

// report prints an error for people and gives its exit code. An error that is
// not ours comes from the command line's parser: usage.
func report(stderr io.Writer, err error) int {
	f := &failure{code: exitUsage, text: err.Error(), hint: "run `scopeaudit help` for the verbs and flags"}
	var own *failure
	var policy *policies.Error
	switch {
	case errors.As(err, &own):
		f = own
	case errors.As(err, &policy):
		f = &failure{exitUsage, policy.Error(), cmp.Or(policy.Hint, "`scopeaudit policy show gmail-readonly` prints one to start from")}
	case errors.Is(err, context.Canceled):
		f = &failure{exitUnfinished, "interrupted", "no report was written"}
	}
	fmt.Fprintf(stderr, "scopeaudit: error: %s\n", printable(withoutSecrets(f.text)))
	if f.hint != "" {
		fmt.Fprintf(stderr, "scopeaudit: hint: %s\n", printable(withoutSecrets(f.hint)))
	}
	return int(f.code)
}

// judge gives the exit status of a report: findings before an unfinished run,
// since they are sure and the gap may hide more of them.
func judge(r audit.Report, failOn rules.Severity, exitZero bool) exitCode {
	for _, f := range r.Findings {
		if f.Suppressed == nil && f.Severity >= failOn && !exitZero {
			return exitFindings
		}
	}
	if !r.Complete {
		return exitUnfinished
	}
	return exitClean
}
