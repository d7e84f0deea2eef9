package main

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is a window of chromium. It fails the test if a page asks anybody but
// this computer, or breaks its own rules.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	asked  []string // hosts
	faults []string // what the console says, such as broken rules
}

func newBrowser(t *testing.T, width, height int64) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs chromium (Debian: chromium)")
	}
	// As root, in a container, chromium has no sandbox of its own; the pages are
	// ours.
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(int(width), int(height)), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	b := &browser{t: t}
	b.ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	// The first call starts the browser, which lives as long as that context.
	if err := chromedp.Listen(b.ctx, b.watch); err != nil {
		t.Fatal(err)
	}
	b.ctx, stop = context.WithTimeout(b.ctx, 2*time.Minute)
	t.Cleanup(stop)
	if _, err := chromedp.Call(b.ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(width, height))
	t.Cleanup(b.check)
	return b
}

func (b *browser) watch(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(event.Request.URL); err == nil && u.Scheme != "data" {
			b.asked = append(b.asked, u.Hostname())
		}
	case *log.EventEntryAdded:
		b.faults = append(b.faults, event.Entry.Text)
	}
}

func (b *browser) check() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		b.t.Errorf("the console says %q", b.faults)
	}
	if i := slices.IndexFunc(b.asked, func(host string) bool { return host != "127.0.0.1" }); i >= 0 || len(b.asked) == 0 {
		b.t.Errorf("the pages asked %q", b.asked)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// press clicks and waits for the page that follows.
func (b *browser) press(selector chromedp.CSS) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector)); err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
}

// eval is the value of an expression in the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// pictures names a folder for pictures of the pages, for whoever wants to look.
const pictures = "SCOPEAUDIT_PICTURES"

// picture takes one of the whole page, in light and in dark, if they are wanted.
func (b *browser) picture(name string) {
	b.t.Helper()
	folder := os.Getenv(pictures)
	if folder == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media)
		var picture []byte
		if err == nil {
			picture, err = chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name+"-"+scheme+".png"), picture, 0o600)
		}
		if err != nil {
			b.t.Error(err)
		}
	}
}

// fits fails the test where the page is wider than its window, or a button is
// too small for a finger.
func (b *browser) fits() {
	b.t.Helper()
	if wide := eval[int](b, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		b.t.Errorf("the page is %d pixels wider than its window", wide)
	}
	if small := eval[[]string](b, "[...document.querySelectorAll('button')].filter(e => e.getBoundingClientRect().height < 40).map(e => e.textContent)"); len(small) > 0 {
		b.t.Errorf("too small for a finger: %q", small)
	}
}
