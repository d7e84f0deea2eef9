package login

import (
	"errors"
	"os/exec"
	"runtime"
	"time"
)

// quickFailure is how soon a program that opens browsers fails, if it does.
const quickFailure = 2 * time.Second

// errNoBrowser says that nothing here opens browsers.
var errNoBrowser = errors.New("no program here opens a browser")

// OpenBrowser hands an address of ours to the system's browser: as one argument,
// through no shell. It does not wait until the browser is closed. An error means
// that no browser came up; none does not prove that one did.
func OpenBrowser(address string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.Command("open", address)
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	default:
		cmd = exec.Command("xdg-open", address)
	}
	if cmd.Err != nil {
		return errNoBrowser
	}
	// Its words are no words of ours: standard streams stay closed.
	if err := cmd.Start(); err != nil {
		return errNoBrowser
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return errNoBrowser
		}
	case <-time.After(quickFailure):
	}
	return nil
}
