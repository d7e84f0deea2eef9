package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLoginInBrowser consents in a real browser, on a phone: the last page shows
// what was granted, keeps to its own rules, and the address that it stands at
// holds nothing beyond what the standard puts there.
func TestLoginInBrowser(t *testing.T) {
	const ask = "--scope=gmail.readonly --scope=gmail.labels --policy=gmail-modify"
	for _, tt := range []struct {
		name  string
		width int64
		steps func(*browser)
		want  int
		title string
		items []string
	}{
		{"granted", 360, func(b *browser) {
			b.do(chromedp.Click(chromedp.CSS("label:has([value$='gmail.readonly'])")), chromedp.Click(chromedp.CSS("label:has([value$='gmail.labels'])")))
			b.press("[value=continue]")
		}, 0, "Done: the token can do this, and nothing else", []string{"✓ granted gmail.labels", "✓ granted gmail.readonly"}},
		{"fewer", 360, func(b *browser) {
			b.do(chromedp.Click(chromedp.CSS("label:has([value$='gmail.labels'])")))
			b.press("[value=continue]")
		}, 1, "Less was granted than was asked for", []string{"✓ granted gmail.labels", "✗ not granted gmail.readonly"}},
		{"refused", 1000, func(b *browser) { b.press("[value=cancel]") }, 3, "No token was obtained", []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBrowser(t, tt.width, 740)
			l := newLogin(t)
			l.fake.AnswerConsent(nil)
			addresses := make(chan string, 1)
			var stdout, stderr bytes.Buffer
			env := environment{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
				browse: func(address string) error { addresses <- address; return nil }}
			ended := make(chan int, 1)
			go func() {
				args := append([]string{"login", "--endpoint", l.fake.URL(), "--output", l.path("token.json"), l.path("client.json")}, strings.Fields(ask)...)
				ended <- run(context.Background(), args, env)
			}()
			select {
			case address := <-addresses:
				b.do(chromedp.Navigate(address))
			case got := <-ended:
				t.Fatalf("exit status %d\n%s", got, stderr.String())
			}
			tt.steps(b)
			if got := <-ended; got != tt.want {
				t.Errorf("exit status %d, want %d\n%s%s", got, tt.want, stdout.String(), stderr.String())
			}
			b.fits()
			if title := eval[string](b, "document.querySelector('h1').textContent"); title != tt.title {
				t.Errorf("the page is titled %q", title)
			}
			items := eval[[]string](b, "[...document.querySelectorAll('li')].map(e => e.querySelector('.sign').textContent + ' ' + e.querySelector('code').textContent)")
			if strings.Join(items, ", ") != strings.Join(tt.items, ", ") {
				t.Errorf("the page lists %q", items)
			}
			// The style counts only if the page's own rules let it in.
			if border := eval[string](b, "getComputedStyle(document.querySelector('main')).borderTopStyle"); border != "solid" {
				t.Errorf("the page has no style: %q", border)
			}
			l.stdout, l.stderr = stdout.String(), stderr.String()
			l.opened = append(l.opened, eval[string](b, "document.documentElement.outerHTML"))
			if !strings.Contains(l.opened[0], "viewport") {
				t.Error("the page is not made for phones")
			}
			history, _ := json.Marshal(eval[string](b, "location.href"))
			for _, secret := range []string{loginSecret().Reveal(), "ya29.", "1//0", "code_verifier"} {
				if strings.Contains(string(history)+l.opened[0], secret) {
					t.Errorf("the browser holds %q", secret)
				}
			}
			b.picture("login-" + tt.name)
		})
	}
}
