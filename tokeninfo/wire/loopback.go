package wire

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Loopback gives the addresses that a URL on this machine stands for, none if
// it is not on this machine or names no port. The host must be a literal, or
// the word localhost, which we do not look up: the resolver might say anything.
func Loopback(u *url.URL) []string {
	port := u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil
	}
	name := u.Hostname()
	if name == "localhost" {
		return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	}
	ip, err := netip.ParseAddr(name)
	if err != nil || !ip.IsLoopback() || ip.Is4In6() || ip.Zone() != "" {
		return nil
	}
	return []string{net.JoinHostPort(ip.String(), port)}
}

// DialOnly dials the given addresses in turn, whatever it is asked for.
func DialOnly(addrs []string) Dialer {
	return func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		d := net.Dialer{Timeout: time.Second}
		for _, a := range addrs {
			if conn, err = d.DialContext(ctx, "tcp", a); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
}
