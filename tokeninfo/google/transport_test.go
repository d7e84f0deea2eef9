package google

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
	"scopeaudit/tokeninfo/wire"
)

// capture runs f with the loggers and standard error caught, the typed client's
// own debug log switched on, and returns all that was written.
func capture(t *testing.T, f func()) string {
	t.Helper()
	t.Setenv("GOOGLE_SDK_GO_LOGGING_LEVEL", "debug")
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	stderr, stdout, logger, output := os.Stderr, os.Stdout, slog.Default(), log.Writer()
	defer func() {
		os.Stderr, os.Stdout = stderr, stdout
		slog.SetDefault(logger)
		log.SetOutput(output)
		file.Close()
	}()
	os.Stderr, os.Stdout = file, file
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(&logged)
	f()
	written, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return logged.String() + string(written)
}

// everything is all that a caller could print about a lookup.
func everything(g tokeninfo.Grant, err error) string {
	data, _ := json.Marshal(g)
	text := fmt.Sprintf("%+v\n%#v\n%s\n%v\n%+v\n%#v\n", g, g, data, err, err, err)
	for ; err != nil; err = unwrap(err) {
		text += fmt.Sprintf("%T %v\n", err, err)
	}
	return text
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

// Every step of both requests is broken in turn; the token shows nowhere, and
// nothing goes where a server points.
func TestNoFailureShowsTheToken(t *testing.T) {
	elsewhere := sink(t)
	away := "http://" + elsewhere + "/"
	failures := map[string]fakegoogle.Misbehaviour{
		"reset":             fakegoogle.Reset,
		"cut":               fakegoogle.Cut,
		"slow":              fakegoogle.Slow,
		"endless":           fakegoogle.Endless,
		"not HTTP":          fakegoogle.BadStatusLine,
		"HTML":              fakegoogle.HTML,
		"echo":              fakegoogle.Echo,
		"live echo":         fakegoogle.EchoLive,
		"echo in the scope": fakegoogle.With("scope", planted()),
		"echo in the error": fakegoogle.Body(400, `{"error":"`+planted()+`"}`),
		"echo as an object": fakegoogle.Body(400, `{"error":{"code":400,"message":"`+planted()+`","errors":[{"reason":"`+planted()+`"}]}}`),
		"echo in a 500":     fakegoogle.Body(500, `{"error":{"message":"`+planted()+`"}}`),
		"echo in the type":  fakegoogle.ContentType("text/" + planted()),
		"echo as a number":  fakegoogle.With("expires_in", planted()),
		"echo of bad JSON":  fakegoogle.Body(200, planted()),
		"301":               fakegoogle.Redirect(301, away),
		"302":               fakegoogle.Redirect(302, away),
		"303":               fakegoogle.Redirect(303, away),
		"304":               fakegoogle.Redirect(304, away),
		"307":               fakegoogle.Redirect(307, away),
		"308":               fakegoogle.Redirect(308, away),
		"bad Location":      fakegoogle.Redirect(302, "http://[::1/?access_token="+planted()),
		"no Location":       fakegoogle.Redirect(307, ""),
		"Location echoes":   fakegoogle.Redirect(307, away+planted()),
	}
	for name, how := range failures {
		for _, path := range []string{fakegoogle.Current, fakegoogle.V2} {
			t.Run(name+path, func(t *testing.T) {
				s := fake(t)
				s.Misbehave(path, how)
				var said string
				written := capture(t, func() {
					g := ask(t, s.URL(), 200*time.Millisecond)
					said = everything(g, nil)
					if want := map[string]tokeninfo.Access{fakegoogle.Current: tokeninfo.Unknown, fakegoogle.V2: tokeninfo.Live}[path]; g.Access != want && g.Reason == "" {
						t.Errorf("got %+v", g)
					}
				})
				mustNotLeak(t, "what the caller gets", said)
				mustNotLeak(t, "the log", written)
			})
		}
	}
}

// The listener is gone: nobody answers at all.
func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	g := ask(t, "http://"+l.Addr().String(), 0)
	if want := l.Addr().String() + ": " + string(wire.Refused); g.Access != tokeninfo.Unknown || g.Reason != want {
		t.Errorf("got %+v, want the reason %q", g, want)
	}
	mustNotLeak(t, "the reason", everything(g, nil))
}

// The other side speaks no HTTP at first and closes.
func TestSilentClose(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			io.CopyN(io.Discard, conn, 1)
			conn.Close()
		}
	}()
	g := ask(t, "http://"+l.Addr().String(), 0)
	if g.Access != tokeninfo.Unknown || !strings.HasSuffix(g.Reason, string(wire.Reset)) {
		t.Errorf("got %+v", g)
	}
}

func TestUnresolvedName(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.transport.Proxy = nil
	c.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: planted(), IsNotFound: true}}
	}
	g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
	if want := "oauth2.googleapis.com: " + string(wire.DNS); err != nil || g.Access != tokeninfo.Unknown || g.Reason != want {
		t.Errorf("got %+v, %v, want the reason %q", g, err, want)
	}
	mustNotLeak(t, "the reason", everything(g, err))
}
