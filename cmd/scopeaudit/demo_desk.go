package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

//go:embed demo/desk.html
var deskHTML string

//go:embed demo/desk.css
var deskCSS string

// desk is where a thief sits with a leaked token: a page with a toy mailbox and
// a button for each thing that a thief would do. It is served on 127.0.0.1 under
// a path that nobody guesses.
type desk struct {
	*demoStage
	host, path string
	page       *template.Template

	mu       sync.Mutex
	choice   string
	token    tokeninfo.Token
	outcomes map[string]outcome
	fresh    bool // all was tried just now, and the page has not shown it yet
	ended    bool // the grant was revoked
}

// choice is a set of scopes that the student might have asked for instead.
type choice struct {
	Name   string // in the form
	Label  string
	Means  string
	Scopes []string
}

func choices() []choice {
	const auth = "https://www.googleapis.com/auth/"
	return []choice{
		{"everything", "everything", "all mail; still no settings", []string{fullMailScope}},
		{"modify", "modify", "nothing is deleted for ever", []string{auth + "gmail.modify"}},
		{"readonly", "readonly", "read, and nothing else", []string{readonlyScope}},
		{"metadata", "readonly and metadata", "search and content are refused", []string{readonlyScope, auth + "gmail.metadata"}},
		{"send", "send", "speak in the student's name, read nothing", []string{auth + "gmail.send"}},
		{"settings", "settings.basic", "filters, and no mail", []string{auth + "gmail.settings.basic"}},
	}
}

// attacker serves the desk until the context ends.
func (a *app) attacker(ctx context.Context, browser bool) (err error) {
	s, err := a.newStage(true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return unfinished("the page needs a port of 127.0.0.1", "no page: %v", err)
	}
	defer listener.Close()
	d, err := s.newDesk(ctx, listener.Addr().String())
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: d, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog:    log.New(io.Discard, "", 0), // it would print what a client sent
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go server.Serve(listener)
	defer server.Close()
	fmt.Fprintf(a.env.stdout, "A leaked token for %s, and a page with what a thief does:\n\n  %s\n\nOn this computer only. Ctrl-C ends it.\n", fullMailScope, d.address())
	if browser {
		if err := a.browse(d.address()); err != nil {
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: %v: open the address yourself\n", err)
		}
	}
	<-ctx.Done()
	return nil
}

// newDesk lays the leaked token on the desk.
func (s *demoStage) newDesk(ctx context.Context, host string) (*desk, error) {
	page, err := template.New("desk").Parse(deskHTML)
	if err != nil {
		return nil, err
	}
	d := &desk{demoStage: s, host: host, path: "/" + randomText(22) + "/", page: page}
	return d, d.obtain(ctx, choices()[0])
}

func (d *desk) address() string { return "http://" + d.host + d.path }

// obtain signs in anew with other scopes. All is tried at once on a mailbox that
// is put back afterwards, so that what has died is seen to be dead.
func (d *desk) obtain(ctx context.Context, c choice) error {
	if d.token.Refresh.Present() && !d.ended {
		if err := d.end(ctx); err != nil {
			return err
		}
	}
	token, err := d.consent(ctx, c.Scopes...)
	if err != nil {
		return err
	}
	first := !d.token.Access.Present()
	d.choice, d.token, d.ended, d.outcomes = c.Name, token, false, make(map[string]outcome)
	if first {
		return nil // the class is to press the buttons
	}
	return d.tryAll(ctx)
}

// end revokes the grant.
func (d *desk) end(ctx context.Context) error {
	answer, err := d.google.Revoke(ctx, d.client, d.token.Refresh)
	if err == nil && !answer.Done() {
		err = errors.New(answer.Reason)
	}
	d.ended = err == nil
	return err
}

func (d *desk) tryAll(ctx context.Context) error {
	t, err := newThief(ctx, d.fake.URL(), d.token.Access)
	if err != nil {
		return err
	}
	d.refill()
	for _, a := range acts() {
		d.outcomes[a.Name] = t.try(ctx, a)
		d.refill()
	}
	for name, o := range d.outcomes {
		if o.Worked() {
			delete(d.outcomes, name) // it is there to be pressed
		}
	}
	d.fresh = true
	return nil
}

// ServeHTTP answers the page and its buttons, and nobody else: neither a name
// that was bound to this address (DNS rebinding) nor a form on another page.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action, inside := strings.CutPrefix(r.URL.Path, d.path)
	own := "http://" + d.host
	switch {
	case r.Host != d.host:
		http.Error(w, "this address goes by another name", http.StatusForbidden)
	case !inside || subtle.ConstantTimeCompare([]byte(r.URL.Path[:len(d.path)]), []byte(d.path)) != 1:
		http.NotFound(w, r)
	case r.Method == http.MethodGet && action == "":
		d.show(w)
	case r.Method != http.MethodPost || action == "":
		http.NotFound(w, r)
	case r.Header.Get("Origin") != own:
		http.Error(w, "another page sent this", http.StatusForbidden)
	default:
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		d.press(w, r, action)
	}
}

// press does what a button says, and shows the page anew.
func (d *desk) press(w http.ResponseWriter, r *http.Request, action string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name, place := r.PostFormValue("name"), ""
	var err error
	switch action {
	case "act":
		i := slices.IndexFunc(acts(), func(a act) bool { return a.Name == name })
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		var t *thief
		if t, err = newThief(r.Context(), d.fake.URL(), d.token.Access); err == nil {
			d.outcomes[name] = t.try(r.Context(), acts()[i])
		}
		place = "#" + name
	case "scope":
		i := slices.IndexFunc(choices(), func(c choice) bool { return c.Name == name })
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		err = d.obtain(r.Context(), choices()[i])
	case "revoke":
		if err = d.end(r.Context()); err == nil {
			err = d.tryAll(r.Context())
		}
	case "refill":
		d.refill()
		d.outcomes = make(map[string]outcome)
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, "the stand-in did not play its part", http.StatusBadGateway)
		return
	}
	http.Redirect(w, r, d.path+place, http.StatusSeeOther)
}

// deskAct is a button and how it ended.
type deskAct struct {
	act
	outcome
	State string // "ready", "worked", "dead" or "gone"
}

// show writes the page.
func (d *desk) show(w http.ResponseWriter) {
	d.mu.Lock()
	defer d.mu.Unlock()
	styles := sha256.Sum256([]byte(deskCSS))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(styles[:])+"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin") // no-referrer would make the forms' Origin null
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	d.page.Execute(w, d.view())
	d.fresh = false
}

// view is what the page shows. It holds no secret.
func (d *desk) view() map[string]any {
	var held []scopes.Info
	for _, s := range d.token.Scopes {
		info, _ := d.catalogue.Info(scopes.Scope(s))
		held = append(held, info)
	}
	var list []deskAct
	dead := 0
	for _, a := range acts() {
		o, tried := d.outcomes[a.Name]
		b := deskAct{a, o, "ready"}
		switch {
		case o.Worked():
			b.State = "worked"
		case o.Status == http.StatusForbidden || o.Status == http.StatusUnauthorized:
			b.State = "dead"
			dead++
		case tried:
			b.State = "gone"
		}
		b.Body = indented(o.Body)
		list = append(list, b)
	}
	mail := d.fake.Mail()
	slices.Reverse(mail)
	return map[string]any{
		"CSS": template.CSS(deskCSS), "Path": d.path, "Length": len(d.token.Access.Reveal()),
		"Held": held, "Acts": list, "Dead": dead, "Alive": len(list) - dead, "Fresh": d.fresh, "Ended": d.ended,
		"Choices": choices(), "Choice": d.choice, "Mail": mail,
	}
}

// indented is JSON for people.
func indented(body string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(body), "", "  ") != nil {
		return body
	}
	return out.String()
}
