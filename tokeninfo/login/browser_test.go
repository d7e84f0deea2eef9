package login

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The address is one argument to one program, whatever it holds, and no shell
// sees it.
func TestOpenBrowser(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the program that opens browsers is the system's own here")
	}
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	if err := OpenBrowser("http://127.0.0.1:1/x"); err == nil {
		t.Error("a browser was opened without a program for it")
	}
	program := filepath.Join(folder, "xdg-open")
	write := func(script string) {
		if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	said := filepath.Join(folder, "said")
	write("printf '%s\\n' \"$#\" \"$@\" > '" + said + "'\n")
	for _, address := range []string{"http://127.0.0.1:1/x", "http://127.0.0.1:1/$(touch " + folder + "/hit)", "http://127.0.0.1:1/;`id`&|x"} {
		if err := OpenBrowser(address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
		if got, _ := os.ReadFile(said); string(got) != "1\n"+address+"\n" {
			t.Errorf("%q: the program was given %q", address, got)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "hit")); err == nil {
		t.Error("a shell saw the address")
	}
	write("echo noise; echo noise >&2; exit 3\n")
	if err := OpenBrowser("http://127.0.0.1:1/x"); err == nil || strings.Contains(err.Error(), "127") {
		t.Errorf("a program that fails: %v", err)
	}
}
