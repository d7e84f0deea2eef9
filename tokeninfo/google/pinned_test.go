package google

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// certificate makes a self-signed one for the given names.
func certificate(t *testing.T, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stand-in"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

// inGooglesPlace makes a client for the real endpoints whose connections end at
// h, on this machine. It returns the addresses that the client dialled.
func inGooglesPlace(t *testing.T, h http.Handler, names []string, minTLS, maxTLS uint16) (*Client, func() []string) {
	t.Helper()
	cert, pool := certificate(t, names...)
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: minTLS, MaxVersion: maxTLS}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)

	c, err := New(Options{Now: noon, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var dialled []string
	c.transport.Proxy = nil
	c.transport.TLSClientConfig.RootCAs = pool
	c.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		dialled = append(dialled, address)
		mu.Unlock()
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return c, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(dialled)
	}
}

// Whatever the environment says, the real client goes to its two constants, and
// the libraries below it look for no credentials, certificates or proxies of
// their own.
func TestHostileEnvironment(t *testing.T) {
	elsewhere := sink(t)
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	marker := filepath.Join(dir, "marker")
	helper := write("helper", "#!/bin/sh\n: > '"+marker+"'\n", 0o755)
	for name, value := range map[string]string{
		"GOOGLE_CLOUD_UNIVERSE_DOMAIN":      elsewhere,
		"GOOGLE_APPLICATION_CREDENTIALS":    write("adc", `{"type":"authorized_user","client_id":"x","client_secret":"x","refresh_token":"x","token_uri":"http://`+elsewhere+`/"}`, 0o600),
		"GCE_METADATA_HOST":                 elsewhere,
		"EXPERIMENTAL_GOOGLE_API_USE_S2A":   "true",
		"GOOGLE_API_USE_CLIENT_CERTIFICATE": "true",
		"GOOGLE_API_USE_MTLS_ENDPOINT":      "always",
		"GOOGLE_API_CERTIFICATE_CONFIG":     write("config", `{"libs":{"ecp":"`+helper+`"}}`, 0o600),
		"GOOGLE_CLOUD_QUOTA_PROJECT":        "stray",
		"GOOGLE_SDK_GO_LOGGING_LEVEL":       "debug",
	} {
		t.Setenv(name, value)
	}
	s := fake(t)
	var dialled func() []string
	var said string
	written := capture(t, func() {
		var c *Client
		c, dialled = inGooglesPlace(t, s, []string{"oauth2.googleapis.com", "www.googleapis.com"}, 0, 0)
		g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
		if err != nil || g.Access != tokeninfo.Live || !g.Confirmed {
			t.Errorf("got %+v, %v", g, err)
		}
		said = everything(g, err)
	})
	mustNotLeak(t, "what the caller gets", said)
	if written != "" {
		t.Errorf("something was logged: %q", written)
	}
	if want := []string{"oauth2.googleapis.com:443", "www.googleapis.com:443"}; !slices.Equal(dialled(), want) {
		t.Errorf("dialled %q, want %q", dialled(), want)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("a helper program was started")
	}
}

func TestNoTrustedTLS(t *testing.T) {
	both := []string{"oauth2.googleapis.com", "www.googleapis.com"}
	for name, set := range map[string]struct {
		names    []string
		max      uint16
		distrust bool
	}{
		"unknown issuer": {names: both, distrust: true},
		"look-alike":     {names: []string{"oauth2.googleapis.com.evil", "*.evil"}},
		"old TLS":        {names: both, max: tls.VersionTLS11},
	} {
		t.Run(name, func(t *testing.T) {
			s := fake(t)
			var said string
			written := capture(t, func() {
				c, _ := inGooglesPlace(t, s, set.names, tls.VersionTLS10, set.max)
				if set.distrust {
					c.transport.TLSClientConfig.RootCAs = x509.NewCertPool()
				}
				g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
				if want := "oauth2.googleapis.com: " + string(wire.TLS); err != nil || g.Access != tokeninfo.Unknown || g.Reason != want {
					t.Errorf("got %+v, %v, want the reason %q", g, err, want)
				}
				said = everything(g, err)
			})
			mustNotLeak(t, "what the caller gets", said)
			mustNotLeak(t, "the log", written)
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests got through", n)
			}
		})
	}
}

// A server in the clear where TLS is expected.
func TestPlainServerForTLS(t *testing.T) {
	s := fake(t)
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.transport.Proxy = nil
	c.transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, strings.TrimPrefix(s.URL(), "http://"))
	}
	g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
	if err != nil || g.Reason != "oauth2.googleapis.com: "+string(wire.TLS) {
		t.Errorf("got %+v, %v", g, err)
	}
}

// A client for the real endpoints never sets a cookie aside or sends one.
func TestNoCookies(t *testing.T) {
	s := fake(t)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b", Domain: "googleapis.com"})
		s.ServeHTTP(w, r)
	})
	c, _ := inGooglesPlace(t, h, []string{"oauth2.googleapis.com", "www.googleapis.com"}, 0, 0)
	for range 2 {
		if g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted())); err != nil || g.Access != tokeninfo.Live {
			t.Errorf("got %+v, %v", g, err)
		}
	}
	for _, r := range s.Requests() {
		if r.Cookie {
			t.Errorf("a cookie came along: %+v", r)
		}
	}
}

// The proxy of the environment is used for Google, sees no token, and its
// refusal says nothing about the token. net/http reads the environment once for
// each process, so the client runs in one of its own.
func TestProxyFromEnvironment(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	lines := make(chan string, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			for in := bufio.NewScanner(conn); in.Scan() && in.Text() != ""; {
				lines <- in.Text()
			}
			fmt.Fprint(conn, "HTTP/1.1 403 no "+planted()+"\r\n\r\n")
			conn.Close()
		}
	}()
	proxy := "http://proxyuser:proxyword@" + l.Addr().String()
	child := exec.Command(os.Args[0])
	child.Env = []string{childVariable + "=1", "HTTPS_PROXY=" + proxy, "https_proxy=" + proxy, "NO_PROXY=", "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "unknown: oauth2.googleapis.com: ") {
		t.Errorf("got %q", out)
	}
	mustNotLeak(t, "the output", string(out))
	if strings.Contains(string(out), "proxyword") {
		t.Errorf("the proxy's password is in the output: %q", out)
	}
	close := len(lines)
	if close == 0 {
		t.Fatal("the proxy was not asked")
	}
	if first := <-lines; first != "CONNECT oauth2.googleapis.com:443 HTTP/1.1" {
		t.Errorf("the proxy was asked %q", first)
	}
	for range close - 1 {
		mustNotLeak(t, "the proxy's log", <-lines)
	}
}

const childVariable = "SCOPEAUDIT_TEST_LOOKUP"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	c, err := New(Options{Timeout: 5 * time.Second})
	if err != nil {
		panic(err)
	}
	g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
	fmt.Println(string(g.Access)+":", g.Reason, err)
}
