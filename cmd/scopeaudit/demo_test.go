package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// theatre is a stage for a test; what the stand-in did not expect fails it.
func theatre(t *testing.T) *demoStage {
	t.Helper()
	s, err := (&app{env: environment{stdout: io.Discard, getenv: func(string) string { return "" }}}).newStage(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// servedDesk is a desk that answers.
func servedDesk(t *testing.T) *desk {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, err := theatre(t).newDesk(t.Context(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: d}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return d
}

// The buttons die one by one as the scope is narrowed, with Google's own words.
func TestDeskInBrowser(t *testing.T) {
	for name, size := range map[string][2]int64{"projector": {1280, 800}, "phone": {360, 740}} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, size[0], size[1])
			d := servedDesk(t)
			b.do(chromedp.Navigate(d.address()))
			states := func() string {
				return eval[string](b, "[...document.querySelectorAll('.act')].map(e => e.classList[1]).join(' ')")
			}
			want := func(after, want string) {
				t.Helper()
				b.fits()
				if got := states(); got != want {
					t.Errorf("after %s: got %s, want %s", after, got, want)
				}
			}
			outcome := func(name string) string {
				return eval[string](b, "document.querySelector('#"+name+" .outcome').textContent")
			}
			want("opening", "ready ready ready ready ready ready")
			b.picture("desk-" + name)

			for _, name := range []string{"read", "search", "send", "trash", "filter", "delete"} {
				b.press(chromedp.CSS("#" + name + " button"))
			}
			want("pressing all with full mail", "worked worked worked worked dead worked")
			b.picture("desk-" + name + "-pressed")
			if got := outcome("filter"); !strings.Contains(got, "Request had insufficient authentication scopes") || !strings.Contains(got, "ACCESS_TOKEN_SCOPE_INSUFFICIENT") {
				t.Errorf("the filter's refusal: %s", got)
			}
			if got := outcome("read"); !strings.Contains(got, "https://bank.example/reset") {
				t.Errorf("what was read: %s", got)
			}
			if left := eval[string](b, "document.querySelector('.mail').textContent"); strings.Contains(left, "Hearing") || !strings.Contains(left, "Please pay again") {
				t.Errorf("the mailbox: %s", left)
			}
			b.press("#read button")
			if got := outcome("read"); !strings.Contains(got, "404") {
				t.Errorf("what is gone: %s", got)
			}
			b.press(".mail button")
			want("putting the mailbox back", "ready ready ready ready ready ready")

			for _, step := range []struct{ choice, want string }{
				{"modify", "ready ready ready ready dead dead"},
				{"readonly", "ready ready dead dead dead dead"},
				{"metadata", "dead dead dead dead dead dead"},
				{"send", "dead dead ready dead dead dead"},
				{"settings", "dead dead dead dead ready dead"},
				{"everything", "ready ready ready ready dead ready"},
			} {
				b.press(chromedp.CSS(".choices [value=" + step.choice + "]"))
				want("narrowing to "+step.choice, step.want)
				if step.choice == "metadata" && !strings.Contains(outcome("search"), "Metadata scope does not support 'q' parameter") {
					t.Errorf("the search's refusal: %s", outcome("search"))
				}
				if step.choice == "readonly" {
					b.picture("desk-" + name + "-readonly")
				}
				if mail := eval[int](b, "document.querySelectorAll('.mail li').length"); mail != 4 {
					t.Errorf("%s left %d mails", step.choice, mail)
				}
			}
			b.press(".end button")
			want("revoking", "dead dead dead dead dead dead")
			b.picture("desk-" + name + "-revoked")
			if got := outcome("read"); !strings.Contains(got, "401") {
				t.Errorf("after revoking: %s", got)
			}
			page := eval[string](b, "document.documentElement.outerHTML")
			if strings.Contains(page, d.token.Access.Reveal()) || strings.Contains(page, d.token.Refresh.Reveal()) {
				t.Error("the page holds a token")
			}
		})
	}
}

// A consent page with two boxes, of which the user ticks one.
func TestConsentPageInBrowser(t *testing.T) {
	const labels = "https://www.googleapis.com/auth/gmail.labels"
	for name, size := range map[string][2]int64{"screen": {1280, 800}, "phone": {360, 740}} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, size[0], size[1])
			s := theatre(t)
			address := make(chan string, 1)
			done := make(chan struct{})
			var token tokeninfo.Token
			var err error
			go func() {
				defer close(done)
				token, err = s.login(t.Context(), time.Minute, func(_, start string) { address <- start }, readonlyScope, labels)
			}()
			b.do(chromedp.Navigate(<-address))
			b.fits()
			if boxes := eval[int](b, "document.querySelectorAll('[type=checkbox]:not(:checked)').length"); boxes != 2 {
				t.Errorf("%d boxes to tick", boxes)
			}
			b.picture("consent-" + name)
			b.do(chromedp.Click(chromedp.CSS("label:has([value='" + readonlyScope + "'])")))
			b.press("[value=continue]")
			<-done
			if err != nil || !slices.Equal(token.Scopes, []string{readonlyScope}) {
				t.Errorf("got %q, %v", token.Scopes, err)
			}
			if text := eval[string](b, "document.body.textContent"); !strings.Contains(text, "The student has a token") {
				t.Errorf("the last page says %q", text)
			}
			b.picture("result-" + name)
		})
	}
}

// play runs the program while somebody else acts; browse gets the addresses that
// it would open. The result is what it printed and its exit status.
func play(t *testing.T, ctx context.Context, browse func(address string), args ...string) func() (stdout, stderr string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, args, environment{
			stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
			browse: func(address string) error { browse(address); return nil },
		})
	}()
	return func() (string, string, int) {
		select {
		case code := <-done:
			return stdout.String(), stderr.String(), code
		case <-time.After(time.Minute):
			t.Fatal("it does not end")
			return "", "", 0
		}
	}
}

// The reader is the student: two consent pages, and the story goes on.
func TestStoryInBrowser(t *testing.T) {
	b := newBrowser(t, 1280, 800)
	pages := make(chan string)
	end := play(t, t.Context(), func(address string) { pages <- address }, "demo", "--browser")
	for range 2 {
		b.do(chromedp.Navigate(<-pages))
		b.fits()
		b.press("[value=continue]")
	}
	stdout, stderr, code := end()
	if code != 0 || !strings.Contains(stdout, "403  Send a mail") || !strings.Contains(stdout, "Your turn, in the browser: http://127.0.0.1:") {
		t.Errorf("exit status %d\n%s\n%s", code, stdout, stderr)
	}
}

// fillIn fills in a consent page without a browser: what it asks for is ticked.
func fillIn(address, answer string) {
	res, err := http.Get(address)
	if err != nil {
		return
	}
	defer res.Body.Close()
	page, _ := io.ReadAll(res.Body)
	value := func(name string) string {
		_, rest, _ := strings.Cut(string(page), `name="`+name+`" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	form := url.Values{"id": {value("id")}, "scope": {value("scope")}, "answer": {answer}}
	if res, err := http.PostForm("http://"+res.Request.URL.Host+fakegoogle.ConsentPath, form); err == nil {
		res.Body.Close()
	}
}

// Who refuses is told how the story ends.
func TestStoryRefused(t *testing.T) {
	for _, tt := range []struct {
		answers []string
		scenes  int
		says    string
	}{
		{[]string{"cancel"}, 1, "the consent page answered access_denied"},
		{[]string{"continue", "cancel"}, 6, "login ended with exit status 3"},
	} {
		answers := tt.answers
		browse := func(address string) {
			answer := answers[0]
			answers = answers[1:]
			fillIn(address, answer)
		}
		stdout, stderr, code := play(t, t.Context(), browse, "demo", "--browser")()
		if code != 3 || !strings.Contains(stderr, "access_denied") || !strings.Contains(stderr, tt.says) || strings.Contains(stdout, fmt.Sprintf("\n%d  ", tt.scenes+1)) {
			t.Errorf("%q: exit status %d\n%s\n%s", tt.answers, code, stdout, stderr)
		}
	}
}

// An interrupt ends the wait for a consent, and leaves nothing behind.
func TestStoryInterrupted(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder) // on Windows
	ctx, interrupt := context.WithCancel(t.Context())
	_, stderr, code := play(t, ctx, func(string) { interrupt() }, "demo", "--browser")()
	if code != 3 || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit status %d, %s", code, stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The page is there until an interrupt, which is no failure.
func TestAttackerUntilInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	var address string
	stdout, stderr, code := play(t, ctx, func(page string) {
		address = page
		res, err := http.Get(page)
		if err != nil || res.StatusCode != 200 {
			t.Errorf("the page: %v", err)
		} else {
			res.Body.Close()
		}
		interrupt()
	}, "demo", "--attacker", "--browser")()
	if code != 0 || stderr != "" || !strings.Contains(stdout, address+"\n") {
		t.Errorf("exit status %d\n%s\n%s", code, stdout, stderr)
	}
	if res, err := http.Get(address); err == nil {
		res.Body.Close()
		t.Error("the page is still there")
	}
}

// Nobody else can reach the page or press its buttons.
func TestDeskIsOurs(t *testing.T) {
	d := servedDesk(t)
	own := "http://" + d.host
	form := url.Values{"name": {"delete"}}.Encode()
	for name, tt := range map[string]struct {
		method, path, host, origin string
		status                     int
	}{
		"the page":          {"GET", d.path, d.host, "", 200},
		"rebound name":      {"GET", d.path, "evil.example", "", 403},
		"rebound localhost": {"GET", d.path, "localhost:" + strings.Split(d.host, ":")[1], "", 403},
		"no path":           {"GET", "/", d.host, "", 404},
		"part of the path":  {"GET", d.path[:len(d.path)-2] + "/", d.host, "", 404},
		"by GET":            {"GET", d.path + "act?" + form, d.host, "", 404},
		"foreign page":      {"POST", d.path + "act", d.host, "http://evil.example", 403},
		"no origin":         {"POST", d.path + "act", d.host, "", 403},
		"null origin":       {"POST", d.path + "act", d.host, "null", 403},
		"no such button":    {"POST", d.path + "nothing", d.host, own, 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, own+tt.path, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = tt.host
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if tt.origin != "" {
			req.Header.Set("Origin", tt.origin)
		}
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != tt.status || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: got %d, want %d", name, res.StatusCode, tt.status)
		}
	}
	if n := len(d.fake.Mail()); n != 4 {
		t.Errorf("%d mails are left", n)
	}
}

// With the scopes of every choice the thief gets what they open, and no more.
func TestActsAndChoices(t *testing.T) {
	d := servedDesk(t)
	open := map[string]string{
		"everything": "delete read search send trash", "modify": "read search send trash", "readonly": "read search",
		"metadata": "", "send": "send", "settings": "filter",
	}
	for _, c := range choices() {
		if err := d.obtain(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		if err := d.tryAll(context.Background()); err != nil {
			t.Fatal(err)
		}
		worked := make(map[string]bool)
		for _, a := range acts() {
			worked[a.Name] = true
		}
		for name := range d.outcomes {
			delete(worked, name)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(worked)), " "); got != open[c.Name] {
			t.Errorf("%s opens %q, want %q", c.Name, got, open[c.Name])
		}
	}
}
