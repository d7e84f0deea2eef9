package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"scopeaudit/tokeninfo/fakegoogle"
)

// startedLogin is login as a process of its own, with a browser that only notes
// what it was started with and stays.
type startedLogin struct {
	*loginRun
	cmd    *exec.Cmd
	output safeBuffer
	ended  chan error
}

// safeBuffer is written to by a process while a test reads it.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (l *loginRun) start(args ...string) *startedLogin {
	l.t.Helper()
	programs := l.t.TempDir()
	script := "#!/bin/sh\nprintf %s \"$1\" >'" + programs + "/part' && mv '" + programs + "/part' '" + programs + "/asked'\nsleep 20 >/dev/null 2>&1 </dev/null\n"
	if err := os.WriteFile(filepath.Join(programs, "xdg-open"), []byte(script), 0o755); err != nil {
		l.t.Fatal(err)
	}
	_, inside := openTerminal(l.t, 80)
	s := &startedLogin{loginRun: l, ended: make(chan error, 1)}
	s.cmd = exec.Command("scopeaudit", append([]string{"login", "--endpoint", l.fake.URL(), "--output", l.path("token.json"), l.path("client.json")}, args...)...)
	s.cmd.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"), "DISPLAY=:0")
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = inside, &s.output, &s.output
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) })
	go func() { s.ended <- s.cmd.Wait() }()
	l.opened = []string{filepath.Join(programs, "asked")}
	return s
}

// asked waits for the browser's start, and gives the address.
func (s *startedLogin) asked() string {
	s.t.Helper()
	var address []byte
	s.until("the browser is started", func() bool {
		address, _ = os.ReadFile(s.opened[0])
		return len(address) > 0
	})
	return string(address)
}

func (s *startedLogin) until(what string, done func() bool) {
	s.t.Helper()
	for !done() {
		select {
		case err := <-s.ended:
			s.t.Fatalf("ended (%v) before %s:\n%s", err, what, s.output.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// end sends a signal and wants an exit status.
func (s *startedLogin) end(sig syscall.Signal, want int) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	<-s.ended
	if got := s.cmd.ProcessState.ExitCode(); got != want {
		s.t.Errorf("%v: exit status %d, want %d\n%s", sig, got, want, s.output.String())
	}
}

// TestLoginSignals sends each signal that ends a program at every step: nothing
// is written or left behind, and the listener is closed. Whatever the step, the
// list of processes shows no secret.
func TestLoginSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, step := range []string{"consent", fakegoogle.TokenPath, fakegoogle.Current, "question"} {
			t.Run(fmt.Sprint(sig, " at ", step), func(t *testing.T) {
				t.Parallel()
				if signal.Ignored(sig) {
					t.Skipf("%v is ignored here, as under nohup, and so by what is started", sig)
				}
				l := newLogin(t)
				reached := make(chan bool, 1)
				var s *startedLogin
				var address string
				switch step {
				case "question":
					l.run(0)
					l.opened = nil
					s = l.start("--revoke-first")
					s.until("the question", func() bool { return strings.Contains(s.output.String(), "[y/N]") })
				case "consent":
					s = l.start()
					address = s.asked()
				default:
					l.fake.Misbehave(step, func(w http.ResponseWriter, q fakegoogle.Question) { reached <- true; fakegoogle.Slow(w, q) })
					s = l.start()
					address = s.asked()
					go func() {
						if res, err := http.Get(address); err == nil {
							res.Body.Close()
						}
					}()
					s.until(step, func() bool { return len(reached) > 0 })
				}
				before := l.files()
				s.listed()
				s.end(sig, 3)
				if out := s.output.String(); !strings.Contains(out, "interrupted") {
					t.Errorf("said %s", out)
				}
				if after := l.files(); after != before {
					t.Errorf("the folder holds %s, and held %s", after, before)
				}
				if address == "" {
					return
				}
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				if conn, err := net.Dial("tcp", u.Host); err == nil {
					conn.Close()
					t.Error("the listener is still open")
				}
			})
		}
	}
}

// Who asked for an end of the token gets it by an interrupt too.
func TestLoginSignalAtEnd(t *testing.T) {
	l := newLogin(t)
	s := l.start("--ephemeral", "--revoke-at-end")
	res, err := http.Get(s.asked())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	s.until("the token is kept", func() bool { return strings.Contains(s.output.String(), "until you press Enter") })
	s.end(syscall.SIGTERM, 0)
	if out := s.output.String(); !strings.Contains(out, "revoked; what is left") {
		t.Errorf("said %s", out)
	}
}

// files are the names and contents of the folder.
func (l *loginRun) files() string {
	var all strings.Builder
	entries, err := os.ReadDir(l.folder)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		fmt.Fprintf(&all, "%s: %q\n", e.Name(), l.read(e.Name()))
	}
	return all.String()
}

// listed looks at the processes of the run, the browser's among them: what they
// were started with holds nothing of the consent's address but where it begins.
func (s *startedLogin) listed() {
	s.t.Helper()
	lists, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		s.t.Fatal(err)
	}
	seen := 0
	for _, list := range lists {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(list)))
		if group, err := syscall.Getpgid(pid); err != nil || group != s.cmd.Process.Pid {
			continue
		}
		seen++
		data, _ := os.ReadFile(list) // gone, if it has ended meanwhile
		text := strings.ReplaceAll(string(data), "\x00", " ")
		for _, secret := range []string{loginSecret().Reveal(), "state=", "code_challenge", "code=4"} {
			if strings.Contains(text, secret) {
				s.t.Errorf("the list of processes holds %q: %s", secret, text)
			}
		}
	}
	if seen == 0 {
		s.t.Error("the run is not in the list of processes")
	}
}
