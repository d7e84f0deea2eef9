// Package wire is one request to an authorization server and its answer, within
// limits: a POST or GET to one URL, with a secret in a header or a form body and
// never in a URL. It follows no redirect, keeps no cookie, takes no default
// credential, and lets nothing that a server or a transport says in words into
// an error. The packages that speak to servers share it.
package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// Class is a kind of trouble on the way to an answer, in our own words.
type Class string

// The classes of trouble.
const (
	Timeout  Class = "no answer in time"
	Canceled Class = "the question was cancelled"
	DNS      Class = "its name could not be resolved"
	Refused  Class = "connection refused"
	Reset    Class = "connection cut before the answer was complete"
	TLS      Class = "no trusted TLS connection"
	Dial     Class = "no connection"
	Oversize Class = "the answer is too large"
	Redirect Class = "it redirects elsewhere, which is not followed"
	Busy     Class = "it is asked too often (429)"
	Trouble  Class = "it is in trouble itself (5xx)"
	Else     Class = "no usable answer"
	Setup    Class = "the client could not be set up"
	Astray   Class = "a request to another place was refused"
)

// Error is trouble on the way to an answer. It holds a host of ours and a
// class, and nothing of what the transport or the server said: net/http puts
// URLs, header values and whole status lines into its errors.
type Error struct {
	Host  string
	Class Class
}

func (e *Error) Error() string { return e.Host + ": " + string(e.Class) }

// Hint says what to do about it; empty where nobody can do anything.
func (e *Error) Hint() string {
	switch e.Class {
	case Timeout, DNS, Refused, Reset, Dial:
		return "look at the network, and at a proxy or VPN if there is one, and try again"
	case TLS:
		return "something between here and the server may read along, as a proxy or a virus scanner does: try another network"
	case Oversize, Redirect, Else:
		return "what answered may not be the server itself but a network that wants a sign-in first: open any page in a browser, and try again"
	case Busy, Trouble:
		return "try again in a few minutes"
	}
	return ""
}

// Classify finds the class of a transport error and drops the rest.
func Classify(err error) Class {
	var (
		own     *Error
		dns     *net.DNSError
		op      *net.OpError
		netErr  net.Error
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
	)
	switch {
	case errors.As(err, &own):
		return own.Class
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert),
		errors.As(err, &unknown), errors.As(err, &name):
		return TLS
	case errors.As(err, &dns) && !dns.IsTimeout:
		return DNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.As(err, &netErr) && netErr.Timeout():
		return Timeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Reset
	case errors.As(err, &op) && op.Op == "remote error":
		return TLS // the other side's TLS alert
	case errors.As(err, &op) && op.Op == "dial":
		return Dial
	}
	return Else
}
