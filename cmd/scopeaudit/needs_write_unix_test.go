//go:build unix

package main

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe is not waited for.
func TestWriteFixesPipe(t *testing.T) {
	noneIsWritten(t, "a pipe", func(p string) error { return errors.Join(os.Remove(p), unix.Mkfifo(p, 0o600)) }, "is a pipe")
}
