package google

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
	classTimeout  Class = "no answer in time"
	classCanceled Class = "the question was cancelled"
	classDNS      Class = "its name could not be resolved"
	classRefused  Class = "connection refused"
	classReset    Class = "connection cut before the answer was complete"
	classTLS      Class = "no trusted TLS connection"
	classDial     Class = "no connection"
	classOversize Class = "the answer is too large"
	classRedirect Class = "it redirects elsewhere, which is not followed"
	classElse     Class = "no usable answer"
	classSetup    Class = "the client could not be set up"
	classAstray   Class = "a request to another place was refused"
)

// Error is trouble on the way to an answer. It holds a host of ours and a
// class, and nothing of what the transport or the server said: net/http puts
// URLs, header values and whole status lines into its errors.
type Error struct {
	Host  string
	Class Class
}

func (e *Error) Error() string { return e.Host + ": " + string(e.Class) }

// classify finds the class of a transport error and drops the rest.
func classify(err error) Class {
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
		return classCanceled
	case errors.Is(err, context.DeadlineExceeded):
		return classTimeout
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert),
		errors.As(err, &unknown), errors.As(err, &name):
		return classTLS
	case errors.As(err, &dns) && !dns.IsTimeout:
		return classDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return classRefused
	case errors.As(err, &netErr) && netErr.Timeout():
		return classTimeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return classReset
	case errors.As(err, &op) && op.Op == "remote error":
		return classTLS // the other side's TLS alert
	case errors.As(err, &op) && op.Op == "dial":
		return classDial
	}
	return classElse
}
