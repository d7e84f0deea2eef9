//go:build !unix

package main

import "github.com/rogpeppe/go-internal/testscript"

func mkfifo(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("this system has no named pipes: guard the line with [unix]")
}
