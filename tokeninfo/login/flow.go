// Package login obtains a token by the flow for installed apps: RFC 8252 with a
// listener on the loopback interface, RFC 7636 with S256, RFC 9700. The listener
// is bound before any browser opens, believes nothing that does not carry this
// flow's state, and is closed after one success.
package login

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"scopeaudit/tokeninfo"
)

const (
	// DefaultTimeout is how long the user has to consent.
	DefaultTimeout = 5 * time.Minute
	// lastWords is how long the browser has to fetch the last page.
	lastWords = 3 * time.Second
)

// ErrTimeout says that nobody consented in time.
var ErrTimeout = errors.New("nobody consented in time")

// ErrOtherServer says that the answer is not that of the server which was asked:
// the browser was led to another one on the way (RFC 9700, section 4.4).
var ErrOtherServer = errors.New("the answer comes from another server than the one that was asked")

// Options say whom to ask for what.
type Options struct {
	Provider  tokeninfo.Provider
	Client    tokeninfo.Client
	Redirect  Redirect
	Scopes    []string
	LoginHint string
	// Timeout is how long the user has; zero means DefaultTimeout.
	Timeout time.Duration
	// Started is told two addresses as soon as the listener is bound: that of
	// the consent page, and a short one on this machine that leads there once,
	// so that the state does not stand in the list of processes.
	Started func(consent, start string)
	// Pasted, if not nil, gives the texts that the user pastes: the address on
	// which the browser failed, when it runs on another machine.
	Pasted <-chan string
	// Rejected is told why a pasted text is not the address that is awaited.
	Rejected func(why string)
	// Finish judges and keeps the token while the browser waits, and says what
	// the browser is to show. Its error is the flow's.
	Finish func(context.Context, tokeninfo.Token) (Page, error)
	// Listen replaces net.Listen in tests.
	Listen func(network, address string) (net.Listener, error)
}

// Run asks for one consent and hands the token to Finish. Nothing is asked of
// the provider before a callback carries this flow's state. The error is
// ErrTimeout, ErrOtherServer, the context's, a *tokeninfo.Refusal, a *RedirectError, or one of
// the provider's or of Finish. The listener is closed when Run returns.
func Run(ctx context.Context, o Options) error {
	if o.Listen == nil {
		o.Listen = net.Listen
	}
	listeners, address, err := o.Redirect.bind(o.Listen)
	if err != nil {
		return err
	}
	path := cmp.Or(o.Redirect.Path, "/"+random())
	c := &callback{
		host: address, path: path, state: random(),
		start:  "/" + random(),
		codes:  make(chan answer),
		result: make(chan struct{}),
		shown:  make(chan struct{}),
	}
	redirect := "http://" + address + path
	verifier := tokeninfo.NewSecret(oauth2.GenerateVerifier())
	server := &http.Server{
		Handler: c, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
		MaxHeaderBytes: 32 << 10, ErrorLog: silent(),
	}
	server.SetKeepAlivesEnabled(false)
	defer server.Close()
	for _, l := range listeners {
		defer l.Close()
	}
	consent, err := o.Provider.Authorize(ctx, tokeninfo.Authorization{
		Client: o.Client, RedirectURI: redirect, Scopes: o.Scopes,
		State: c.state, Verifier: verifier, LoginHint: o.LoginHint,
	})
	if err != nil {
		return err
	}
	c.consent = consent
	for _, l := range listeners {
		go server.Serve(l)
	}
	o.Started(consent.URL, "http://"+address+c.start)

	got, err := c.wait(ctx, cmp.Or(o.Timeout, DefaultTimeout), o.Pasted, o.Rejected)
	// One answer is all that is awaited. The browser's own connection, which
	// waits for its page, outlives the listener.
	for _, l := range listeners {
		l.Close()
	}
	if got.foreign {
		err = ErrOtherServer
	}
	if err == nil && got.refusal != "" {
		err = &tokeninfo.Refusal{Server: o.Provider.Name(), Code: got.refusal}
	}
	page := Page{Title: "No token was obtained", Text: "Go back to the terminal: it says why."}
	if err == nil {
		page, err = o.finish(ctx, tokeninfo.Code{Client: o.Client, Value: got.code, RedirectURI: redirect, Verifier: verifier}, page)
	}
	c.page = page
	close(c.result)
	if got.browser {
		select {
		case <-c.shown:
		case <-time.After(lastWords):
		}
	}
	return err
}

func (o Options) finish(ctx context.Context, code tokeninfo.Code, failed Page) (Page, error) {
	token, err := o.Provider.Exchange(ctx, code)
	if err != nil {
		return failed, err
	}
	page, err := o.Finish(ctx, token)
	if page.Title == "" {
		page = failed
	}
	return page, err
}

// answer is a callback that carried the state: a code, a refusal, or what another
// server made.
type answer struct {
	code    tokeninfo.Secret
	refusal string
	foreign bool
	browser bool // which waits for a page; else the address was pasted
}

// wait takes the first answer, from the browser or from what was pasted.
func (c *callback) wait(ctx context.Context, timeout time.Duration, pasted <-chan string, rejected func(string)) (answer, error) {
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for {
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case <-deadline.C:
			return answer{}, ErrTimeout
		case a := <-c.codes:
			return a, nil
		case text, open := <-pasted:
			if !open {
				pasted = nil // the browser may still come
				continue
			}
			a, why := c.pasted(strings.TrimSpace(text))
			if why == "" {
				c.taken.Store(true)
				return a, nil
			}
			rejected(why)
		}
	}
}

// random is 256 bits that nobody guesses, fit for a URL.
func random() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
