package google

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
	"scopeaudit/tokeninfo/wire"
)

func TestEndpointRefused(t *testing.T) {
	for _, endpoint := range []string{
		"https://oauth2.googleapis.com.evil",
		"https://oauth2.googleapis.com",
		"http://oauth2.googleapis.com:80",
		"http://oauth2.googleapis.com.:80",
		"http://127.0.0.1.evil.com:80",
		"http://127.0.0.1:80@evil.com:80",
		"http://evil.com:80@127.0.0.1:80",
		"http://user@127.0.0.1:80",
		"http://@127.0.0.1:80",
		"http://localhost.evil.com:80",
		"http://localhost.:80",
		"http://LOCALHOST:80",
		"http://0.0.0.0:80",
		"http://[::]:80",
		"http://2130706433:80", // 127.0.0.1 as one number
		"http://0x7f.1:80",
		"http://0x7f000001:80",
		"http://0177.0.0.1:80",
		"http://127.1:80",
		"http://127.0.0.01:80",
		"http://127.0.0.1.:80",
		"http://①②⑦.0.0.1:80",
		"http://127。0。0。1:80",
		"http://[::ffff:127.0.0.1]:80",
		"http://[::1%25lo]:80",
		"http://[::2]:80",
		"http://128.0.0.1:80",
		"http://10.0.0.1:80",
		"http://169.254.169.254:80",
		"https://127.0.0.1:80",
		"HTTPS://127.0.0.1:80",
		"ftp://127.0.0.1:80",
		"file:///etc/passwd",
		"http:127.0.0.1:80",
		"//127.0.0.1:80",
		"127.0.0.1:80",
		"127.0.0.1",
		"http://:80",
		"http://127.0.0.1",
		"http://127.0.0.1:",
		"http://127.0.0.1:0",
		"http://127.0.0.1:65536",
		"http://127.0.0.1:80/path",
		"http://127.0.0.1:80/?access_token=" + planted(),
		"http://127.0.0.1:80?",
		"http://127.0.0.1:80#part",
		"http://127.0.0.1:80\\@evil.com",
		"http://127.0.0.1:80\r\nHost: evil.com",
		"http://127.0.0.1%2eevil.com:80",
		" http://127.0.0.1:80",
		planted(),
	} {
		_, err := New(Options{Endpoint: endpoint})
		var refused *EndpointError
		if !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("%q: %v", endpoint, err)
			continue
		}
		mustNotLeak(t, "the refusal", err.Error())
		if strings.Contains(err.Error(), "evil") {
			t.Errorf("%q is repeated by %q", endpoint, err)
		}
	}
}

func TestEndpointAccepted(t *testing.T) {
	for endpoint, first := range map[string]string{
		"http://127.0.0.1:80":    "http://127.0.0.1:80/tokeninfo",
		"HTTP://127.0.0.1:8080/": "http://127.0.0.1:8080/tokeninfo",
		"http://127.1.2.3:80":    "http://127.1.2.3:80/tokeninfo",
		"http://[::1]:80":        "http://[::1]:80/tokeninfo",
		"http://[0:0::1]:80":     "http://[::1]:80/tokeninfo",
		"http://localhost:80":    "http://127.0.0.1:80/tokeninfo",
	} {
		c, err := New(Options{Endpoint: endpoint})
		if err != nil {
			t.Errorf("%q: %v", endpoint, err)
			continue
		}
		if c.site.first != first || c.typed.BasePath+secondPath != c.site.second || !c.site.local {
			t.Errorf("%q: %+v, typed client %q", endpoint, c.site, c.typed.BasePath)
		}
	}
}

func TestLocalhostIsNotLookedUp(t *testing.T) {
	s := fake(t)
	if g := ask(t, strings.Replace(s.URL(), "127.0.0.1", "localhost", 1), 0); g.Access != tokeninfo.Live || !g.Confirmed {
		t.Errorf("got %+v", g)
	}
	// Whatever the transport asks for, nothing but the endpoint is dialled.
	l, err := loopback(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.dial(context.Background(), "tcp", "evil.example:443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := "http://" + conn.RemoteAddr().String(); got != s.URL() {
		t.Errorf("dialled %q", got)
	}
}

// Of localhost's two addresses the second is tried too.
func TestLocalhostOnIPv6Alone(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6 loopback")
	}
	s := fake(t)
	server := &http.Server{Handler: s}
	go server.Serve(l)
	defer server.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if g := ask(t, "http://localhost:"+port, 0); g.Access != tokeninfo.Live {
		t.Errorf("got %+v", g)
	}
}

// The typed client may go to one place only, whatever it comes up with.
func TestMoverRefusesStrays(t *testing.T) {
	s := fake(t)
	c, err := New(Options{Endpoint: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	good := c.site.second + "?access_token=" + url.QueryEscape(planted())
	for name, req := range map[string]*http.Request{
		"other host":  request(t, "POST", "http://127.0.0.1:1/oauth2/v2/tokeninfo?access_token="+url.QueryEscape(planted())),
		"look-alike":  request(t, "POST", "https://www.googleapis.com.evil/oauth2/v2/tokeninfo?access_token="+url.QueryEscape(planted())),
		"Google":      request(t, "POST", "https://www.googleapis.com/oauth2/v2/tokeninfo?access_token="+url.QueryEscape(planted())),
		"other path":  request(t, "POST", s.URL()+"/oauth2/v2/userinfo?access_token="+url.QueryEscape(planted())),
		"dot path":    request(t, "POST", s.URL()+"/oauth2/v2/../v2/tokeninfo?access_token="+url.QueryEscape(planted())),
		"user info":   request(t, "POST", strings.Replace(good, "127.", "me@127.", 1)),
		"fragment":    request(t, "POST", good+"#x"),
		"GET":         request(t, "GET", good),
		"no token":    request(t, "POST", c.site.second),
		"host header": func() *http.Request { r := request(t, "POST", good); r.Host = "evil.example"; return r }(),
	} {
		_, err := mover{c}.RoundTrip(req)
		var own *wire.Error
		if !errors.As(err, &own) || own.Class != wire.Astray {
			t.Errorf("%s: %v", name, err)
			continue
		}
		mustNotLeak(t, name, err.Error())
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	res, err := mover{c}.RoundTrip(request(t, "POST", good))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the proper request: %v, %v", res, err)
	}
	if r := s.Requests(); len(r) != 1 || r[0].Carrier != fakegoogle.Header {
		t.Errorf("got %+v", r)
	}
}

func request(t *testing.T, method, target string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
