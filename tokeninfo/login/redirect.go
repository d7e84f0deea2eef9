package login

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Redirect is where the provider is to send the browser back to.
type Redirect struct {
	// Host is 127.0.0.1, ::1 or localhost; empty means 127.0.0.1, and ::1 where
	// that cannot be had.
	Host string
	// Port is zero for any that is free.
	Port int
	// Path is empty for a random one.
	Path string
}

// RedirectError says why no redirect URI can be had.
type RedirectError struct{ why, hint string }

func (e *RedirectError) Error() string { return e.why }

// Hint says what to do about it.
func (e *RedirectError) Hint() string { return e.hint }

// ChooseRedirect picks the redirect URI for a client of the given type among the
// registered ones. An installed client may return to any port of the loopback
// interface (RFC 8252, section 7.3), and Google lets it return to any path; a
// standard server holds it to a registered path. A web client returns to a
// registered URI and to no other.
func ChooseRedirect(clientType string, registered []string, google bool) (Redirect, error) {
	if clientType != "web" && google {
		return Redirect{}, nil
	}
	for _, uri := range registered {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			continue
		}
		host := u.Hostname()
		if host != "127.0.0.1" && host != "::1" && host != "localhost" {
			continue
		}
		r := Redirect{Host: host, Port: 80, Path: u.Path}
		if u.Port() != "" {
			if r.Port, err = strconv.Atoi(u.Port()); err != nil || r.Port < 1 || r.Port > 65535 {
				continue
			}
		}
		if clientType != "web" {
			r.Port = 0
			if host == "localhost" {
				r.Host = ""
			}
		}
		if r.Path == "" && clientType == "web" {
			// The browser asks for "/", and the registered text has no slash.
			r.Path = "/"
		}
		return r, nil
	}
	if clientType != "web" {
		return Redirect{}, nil
	}
	return Redirect{}, &RedirectError{
		"the client is of the type web and has no redirect URI on this machine",
		"create an OAuth client of the type Desktop app and use its file; a web client would need http://127.0.0.1:PORT/PATH among its registered redirect URIs",
	}
}

// exists reports whether this machine has an address at all.
func exists(host string, listen func(network, address string) (net.Listener, error)) bool {
	l, err := listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// bind opens the listeners and gives the host and port of the redirect URI.
func (r Redirect) bind(listen func(network, address string) (net.Listener, error)) ([]net.Listener, string, error) {
	hosts := []string{"127.0.0.1", "::1"}
	if r.Host != "" && r.Host != "localhost" {
		hosts = []string{r.Host}
	}
	port := strconv.Itoa(r.Port)
	var listeners []net.Listener
	for _, host := range hosts {
		l, err := listen("tcp", net.JoinHostPort(host, port))
		if err != nil && r.Host == "localhost" && exists(host, listen) {
			// The browser may take localhost for either address, and whoever holds
			// the port at one of them would be handed the code.
			for _, l := range listeners {
				l.Close()
			}
			listeners = nil
			break
		}
		if err != nil {
			continue
		}
		listeners = append(listeners, l)
		if r.Host != "localhost" {
			break // one literal is named
		}
	}
	if len(listeners) == 0 {
		if r.Port != 0 {
			return nil, "", &RedirectError{"port " + port + " of this machine, which the client's redirect URI names, cannot be had",
				"end the program that holds the port, or use a client of the type Desktop app, which may return to any port"}
		}
		return nil, "", &RedirectError{"no port of the loopback interface can be had", "does this machine let programs listen on 127.0.0.1?"}
	}
	address := listeners[0].Addr().String()
	if r.Host == "localhost" {
		_, got, err := net.SplitHostPort(address)
		if err != nil {
			return listeners, "", err
		}
		address = net.JoinHostPort("localhost", got)
	}
	// Browsers leave out the port that http has anyway.
	return listeners, strings.TrimSuffix(address, ":80"), nil
}
