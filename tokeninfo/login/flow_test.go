package login

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
)

const issuer = "https://auth.example"

const client = "000000000000-example.apps.googleusercontent.com"

// provider is a server that is asked for nothing but a consent and an exchange.
type provider struct {
	tokeninfo.Provider
	mu        sync.Mutex
	asked     tokeninfo.Authorization
	exchanged []tokeninfo.Code
	promises  bool // to name itself in each answer
	err       error
}

func (p *provider) Name() string { return "Test" }

func (p *provider) Authorize(_ context.Context, a tokeninfo.Authorization) (tokeninfo.Consent, error) {
	p.asked = a
	return tokeninfo.Consent{URL: "https://auth.example/consent?state=" + a.State, Issuer: issuer, NamesItself: p.promises}, nil
}

func (p *provider) Exchange(_ context.Context, c tokeninfo.Code) (tokeninfo.Token, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exchanged = append(p.exchanged, c)
	return tokeninfo.Token{Access: tokeninfo.NewSecret("ya29.EXAMPLE")}, p.err
}

// flow is a run in progress.
type flow struct {
	*provider
	pasted   chan string
	rejected chan string
	start    string
	done     chan error
	finished chan tokeninfo.Token
	stop     context.CancelFunc
}

func begin(t *testing.T, change func(*Options)) *flow {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	f := &flow{
		provider: &provider{}, pasted: make(chan string), rejected: make(chan string, 9),
		done: make(chan error, 1), finished: make(chan tokeninfo.Token, 9), stop: stop,
	}
	started := make(chan string)
	o := Options{
		Provider: f.provider, Client: tokeninfo.Client{ID: client}, Scopes: []string{"openid"},
		Started:  func(_, start string) { started <- start },
		Pasted:   f.pasted,
		Rejected: func(why string) { f.rejected <- why },
		Finish: func(_ context.Context, token tokeninfo.Token) (Page, error) {
			f.finished <- token
			return Page{Good: true, Title: "Read only", Text: "It can <b>read</b>", Items: []Item{{Good: true, Word: "granted", Name: "gmail.readonly", Means: "reads mail"}}}, nil
		},
	}
	if change != nil {
		change(&o)
	}
	go func() { f.done <- Run(ctx, o) }()
	select {
	case f.start = <-started:
	case err := <-f.done:
		t.Fatalf("not started: %v", err)
	}
	t.Cleanup(stop)
	return f
}

func (f *flow) address(query string) string { return f.asked.RedirectURI + "?" + query }

func (f *flow) good() string { return "state=" + f.asked.State + "&code=4/EXAMPLE&scope=a%20b" }

// ask sends a request as a browser without a redirect would.
func ask(t *testing.T, method, address string, header ...string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body), res.Header
}

func (f *flow) mustEnd(t *testing.T, want error) {
	t.Helper()
	err := <-f.done
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Errorf("ended with %v, want %v", err, want)
	}
	u, _ := url.Parse(f.asked.RedirectURI)
	if conn, err := net.Dial("tcp", u.Host); err == nil {
		conn.Close()
		t.Error("the listener is still open")
	}
}

func TestSuccess(t *testing.T) {
	f := begin(t, nil)
	u, err := url.Parse(f.asked.RedirectURI)
	if err != nil || u.Hostname() != "127.0.0.1" || u.Port() == "" || len(u.Path) < 40 || len(f.asked.State) != 43 || len(f.asked.Verifier.Reveal()) < 43 {
		t.Fatalf("redirect URI %q, %d characters of state", f.asked.RedirectURI, len(f.asked.State))
	}
	if strings.Contains(f.start, f.asked.State) {
		t.Error("the address for the browser holds the state")
	}
	// The short address leads there once.
	status, _, header := ask(t, "GET", f.start)
	if status != 302 || header.Get("Location") != "https://auth.example/consent?state="+f.asked.State {
		t.Errorf("start: %d %q", status, header.Get("Location"))
	}
	if status, _, _ = ask(t, "GET", f.start); status != 400 {
		t.Errorf("start again: %d", status)
	}
	status, body, header := ask(t, "GET", f.address(f.good()))
	if status != 200 || !strings.Contains(body, "gmail.readonly") || !strings.Contains(body, "It can &lt;b&gt;read") {
		t.Errorf("%d %s", status, body)
	}
	for _, held := range []string{f.asked.State, "EXAMPLE", f.asked.Verifier.Reveal()} {
		if strings.Contains(body+fmt.Sprint(header), held) {
			t.Errorf("the page holds %q", held)
		}
	}
	if header.Get("Cache-Control") != "no-store" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", header)
	}
	f.mustEnd(t, nil)
	sum := sha256.Sum256([]byte(f.asked.Verifier.Reveal()))
	if len(f.exchanged) != 1 || f.exchanged[0].Value.Reveal() != "4/EXAMPLE" || f.exchanged[0].Verifier.Reveal() != f.asked.Verifier.Reveal() ||
		f.exchanged[0].RedirectURI != f.asked.RedirectURI || base64.RawURLEncoding.EncodeToString(sum[:]) == "" {
		t.Errorf("exchanged %d codes", len(f.exchanged))
	}
}

// Whatever does not carry the state, or comes by another way, gets a 400 and no
// explanation, and the true callback still wins.
func TestBogusCallbacks(t *testing.T) {
	f := begin(t, nil)
	u, _ := url.Parse(f.asked.RedirectURI)
	base := "http://" + u.Host
	other := strings.Repeat("A", 43)
	for _, tt := range []struct {
		name, method, address string
		header                []string
	}{
		{"no state", "GET", f.address("code=x"), nil},
		{"wrong state", "GET", f.address("state=" + other + "&code=x"), nil},
		{"short state", "GET", f.address("state=" + f.asked.State[:42] + "&code=x"), nil},
		{"error with the wrong state", "GET", f.address("state=" + other + "&error=access_denied"), nil},
		{"two states", "GET", f.address("state=" + f.asked.State + "&state=" + other + "&code=x"), nil},
		{"no code", "GET", f.address("state=" + f.asked.State), nil},
		{"empty code", "GET", f.address("state=" + f.asked.State + "&code="), nil},
		{"two codes", "GET", f.address("state=" + f.asked.State + "&code=x&code=y"), nil},
		{"code and error", "GET", f.address("state=" + f.asked.State + "&code=x&error=y"), nil},
		{"huge code", "GET", f.address("state=" + f.asked.State + "&code=" + strings.Repeat("x", 5000)), nil},
		{"broken query", "GET", f.address("state=" + f.asked.State + "&code=%zz"), nil},
		{"semicolon", "GET", f.address("state=" + f.asked.State + ";code=x"), nil},
		{"POST", "POST", f.address(f.good()), nil},
		{"HEAD", "HEAD", f.address(f.good()), nil},
		{"another path", "GET", base + "/callback?" + f.good(), nil},
		{"a longer path", "GET", f.asked.RedirectURI + "/?" + f.good(), nil},
		{"a foreign host", "GET", f.address(f.good()), []string{"Host", "evil.example"}},
		{"localhost", "GET", f.address(f.good()), []string{"Host", "localhost:" + u.Port()}},
		{"a host without its port", "GET", f.address(f.good()), []string{"Host", "127.0.0.1"}},
		{"an origin", "GET", f.address(f.good()), []string{"Origin", "https://evil.example"}},
		{"a null origin", "GET", f.address(f.good()), []string{"Origin", "null"}},
		{"our own origin", "GET", f.address(f.good()), []string{"Origin", base}},
	} {
		if status, body, _ := ask(t, tt.method, tt.address, tt.header...); status != 400 || body != "" {
			t.Errorf("%s: %d %q", tt.name, status, body)
		}
	}
	if status, _, _ := ask(t, "GET", base+"/favicon.ico"); status != 204 {
		t.Errorf("favicon: %d", status)
	}
	if len(f.exchanged) != 0 {
		t.Fatal("something was exchanged")
	}
	if status, _, _ := ask(t, "GET", f.address(f.good())); status != 200 {
		t.Errorf("the true one: %d", status)
	}
	f.mustEnd(t, nil)
}

// A flood of bogus callbacks, and two true ones at once: one wins.
func TestFlood(t *testing.T) {
	f := begin(t, nil)
	var flood sync.WaitGroup
	for range 50 {
		flood.Go(func() {
			// Those that come after the end find nobody.
			if res, err := http.Get(f.address("state=x&code=x")); err == nil {
				if res.Body.Close(); res.StatusCode != 400 {
					t.Errorf("bogus: %d", res.StatusCode)
				}
			}
		})
	}
	statuses := make(chan int, 2)
	for range 2 {
		go func() {
			res, err := http.Get(f.address(f.good()))
			if err != nil {
				statuses <- 0 // the listener was closed before
				return
			}
			res.Body.Close()
			statuses <- res.StatusCode
		}()
	}
	if a, b := <-statuses, <-statuses; (a == 200) == (b == 200) {
		t.Errorf("two true callbacks: %d and %d", a, b)
	}
	err := <-f.done
	flood.Wait()
	if err != nil || len(f.exchanged) != 1 || len(f.finished) != 1 {
		t.Errorf("%v after %d exchanges", err, len(f.exchanged))
	}
}

// A second server, to which the browser was led, hands on the consent page of the
// one that was asked; the code that comes back is not exchanged anywhere.
func TestMixUp(t *testing.T) {
	for _, tt := range []struct {
		iss      string
		promises bool
		good     bool
	}{
		{"", false, true},
		{"&iss=" + issuer, false, true},
		{"&iss=" + issuer, true, true},
		{"", true, false},
		{"&iss=", false, false},
		{"&iss=https://evil.example", false, false},
		{"&iss=https://evil.example", true, false},
		{"&iss=" + issuer + "/", true, false},
		{"&iss=" + issuer + "&iss=https://evil.example", true, false},
		{"&iss=" + issuer + "&iss=" + issuer, true, false},
	} {
		for _, paste := range []bool{false, true} {
			f := begin(t, func(o *Options) { o.Provider.(*provider).promises = tt.promises })
			address, want := f.address(f.good()+tt.iss), error(nil)
			if !tt.good {
				want = ErrOtherServer
			}
			if paste {
				f.pasted <- address
			} else if status, body, _ := ask(t, "GET", address); status != 200 || strings.Contains(body, "No token") == tt.good {
				t.Errorf("%+v: %d %s", tt, status, body)
			}
			f.mustEnd(t, want)
			if exchanged := len(f.exchanged) > 0; exchanged != tt.good {
				t.Errorf("%+v: exchanged: %v", tt, exchanged)
			}
		}
	}
	// A refusal by another server is no refusal by this one.
	f := begin(t, nil)
	if status, _, _ := ask(t, "GET", f.address("state="+f.asked.State+"&error=access_denied&iss=https://evil.example")); status != 200 {
		t.Errorf("%d", status)
	}
	f.mustEnd(t, ErrOtherServer)
}

func TestRefused(t *testing.T) {
	for code, want := range map[string]string{
		"access_denied":          "access_denied",
		"4/0A-SECRET":            "an error without a proper code",
		strings.Repeat("a", 100): "an error without a proper code",
	} {
		f := begin(t, nil)
		status, body, _ := ask(t, "GET", f.address("state="+f.asked.State+"&error="+url.QueryEscape(code)))
		if status != 200 || !strings.Contains(body, "No token") {
			t.Errorf("%d %s", status, body)
		}
		err := <-f.done
		var refusal *tokeninfo.Refusal
		if !errors.As(err, &refusal) || refusal.Code != want || len(f.exchanged) != 0 {
			t.Errorf("got %v", err)
		}
	}
}

// What fails after the callback shows in the browser as failed.
func TestExchangeFails(t *testing.T) {
	f := begin(t, nil)
	f.provider.err = &tokeninfo.Refusal{Server: "Test", Code: "invalid_grant"}
	if _, body, _ := ask(t, "GET", f.address(f.good())); !strings.Contains(body, "No token") {
		t.Error(body)
	}
	f.mustEnd(t, f.provider.err)
	if len(f.finished) != 0 {
		t.Error("something was kept")
	}
}

func TestPasted(t *testing.T) {
	f := begin(t, nil)
	u, _ := url.Parse(f.asked.RedirectURI)
	for _, text := range []string{
		"", "4/EXAMPLE", "http://[::1", "https://" + u.Host + u.Path + "?" + f.good(), "http://evil.example" + u.Path + "?" + f.good(),
		"http://u@" + u.Host + u.Path + "?" + f.good(), "http://" + u.Host + "/?" + f.good(), f.address("state=x&code=x"), strings.Repeat("x", 20000),
	} {
		f.pasted <- text
		if why := <-f.rejected; why == "" || strings.Contains(why, "EXAMPLE") {
			t.Errorf("%q was rejected with %q", text, why)
		}
	}
	f.pasted <- "  " + f.address(f.good()) + "\r\n"
	f.mustEnd(t, nil)
	if len(f.exchanged) != 1 {
		t.Errorf("%d exchanges", len(f.exchanged))
	}
}

// Standard input may end while the browser is still awaited.
func TestPasteEnds(t *testing.T) {
	f := begin(t, nil)
	close(f.pasted)
	if status, _, _ := ask(t, "GET", f.address(f.good())); status != 200 {
		t.Errorf("%d", status)
	}
	f.mustEnd(t, nil)
}

func TestTimeout(t *testing.T) {
	f := begin(t, func(o *Options) { o.Timeout = time.Millisecond })
	f.mustEnd(t, ErrTimeout)
}

func TestInterrupt(t *testing.T) {
	f := begin(t, nil)
	f.stop()
	f.mustEnd(t, context.Canceled)
}

func TestInterruptWhileFinishing(t *testing.T) {
	f := begin(t, func(o *Options) {
		o.Finish = func(ctx context.Context, _ tokeninfo.Token) (Page, error) {
			<-ctx.Done()
			return Page{}, ctx.Err()
		}
	})
	go http.Get(f.address(f.good()))
	for {
		f.provider.mu.Lock()
		n := len(f.exchanged)
		f.provider.mu.Unlock()
		if n > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	f.stop()
	f.mustEnd(t, context.Canceled)
}

// The first literal cannot be had: the second is tried, and nothing else.
func TestBind(t *testing.T) {
	var tried []string
	refuse := func(_, address string) (net.Listener, error) {
		tried = append(tried, address)
		return nil, errors.New("busy")
	}
	err := Run(context.Background(), Options{Provider: &provider{}, Listen: refuse})
	var none *RedirectError
	if !errors.As(err, &none) || none.Hint() == "" || strings.Join(tried, " ") != "127.0.0.1:0 [::1]:0" {
		t.Errorf("%v after %q", err, tried)
	}
	err = Run(context.Background(), Options{Provider: &provider{}, Listen: refuse, Redirect: Redirect{Host: "localhost", Port: 8080}})
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "8080") {
		t.Errorf("%v", err)
	}
	f := begin(t, func(o *Options) {
		o.Listen = func(network, address string) (net.Listener, error) {
			if !strings.HasPrefix(address, "[") {
				return nil, errors.New("busy")
			}
			return net.Listen(network, address)
		}
	})
	if !strings.HasPrefix(f.asked.RedirectURI, "http://[::1]:") {
		t.Fatalf("redirect URI %q", f.asked.RedirectURI)
	}
	if status, _, _ := ask(t, "GET", f.address(f.good())); status != 200 {
		t.Errorf("%d", status)
	}
	f.mustEnd(t, nil)
}

// The browser may take localhost for either address: neither may be another
// program's.
func TestBindLocalhost(t *testing.T) {
	for _, taken := range []string{"127.0.0.1", "::1"} {
		other, err := net.Listen("tcp", net.JoinHostPort(taken, "0"))
		if err != nil {
			t.Logf("this machine has no %s", taken)
			continue
		}
		defer other.Close()
		listeners, _, err := Redirect{Host: "localhost", Port: other.Addr().(*net.TCPAddr).Port, Path: "/"}.bind(net.Listen)
		var none *RedirectError
		if !errors.As(err, &none) || listeners != nil {
			t.Errorf("%s is taken: %v", taken, err)
		}
	}
	// A machine without the second address has nobody there either.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	listeners, address, err := Redirect{Host: "localhost", Port: port, Path: "/"}.bind(func(network, address string) (net.Listener, error) {
		if strings.HasPrefix(address, "[") {
			return nil, errors.New("no such address")
		}
		return net.Listen(network, address)
	})
	if err != nil || len(listeners) != 1 || address != fmt.Sprintf("localhost:%d", port) {
		t.Fatalf("%q, %v", address, err)
	}
	listeners[0].Close()
}

func TestChooseRedirect(t *testing.T) {
	for _, tt := range []struct {
		kind   string
		uris   []string
		google bool
		want   string
	}{
		{"installed", []string{"http://localhost"}, true, "{ 0 }"},
		{"installed", nil, true, "{ 0 }"},
		{"installed", []string{"https://x.example/cb", "http://127.0.0.1/cb"}, false, "{127.0.0.1 0 /cb}"},
		{"installed", []string{"http://localhost/cb"}, false, "{ 0 /cb}"},
		{"web", []string{"https://x.example/cb", "http://localhost:8080/"}, true, "{localhost 8080 /}"},
		{"web", []string{"http://127.0.0.1:8080"}, true, "{127.0.0.1 8080 /}"},
		{"web", []string{"http://localhost"}, true, "{localhost 80 /}"},
		{"web", []string{"https://x.example/cb", "http://evil.example:80/", "http://127.0.0.1:99999/", "http://u@127.0.0.1:80/"}, true, ""},
	} {
		got, err := ChooseRedirect(tt.kind, tt.uris, tt.google)
		if text := fmt.Sprint(got); err != nil && tt.want != "" || err == nil && text != tt.want {
			t.Errorf("%s %q: %s, %v, want %s", tt.kind, tt.uris, text, err, tt.want)
		}
	}
}
