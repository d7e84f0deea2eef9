package audit

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// redirects judges where a client has authorization codes sent.
func (c *check) redirects(s subject) {
	for _, uri := range s.Credential.RedirectURIs {
		var f Finding
		switch {
		case strings.HasPrefix(uri, "urn:ietf:wg:oauth:2.0:oob"):
			f = c.finding(rules.RedirectOutOfBand, s.Location)
			f.Message = fmt.Sprintf("the redirect URI %q is of a flow that Google ended in 2023", uri)
		case strings.Contains(uri, "*"):
			f = c.finding(rules.RedirectWildcard, s.Location)
			f.Message = fmt.Sprintf("the redirect URI %q has a wildcard, which Google registers for no client", uri)
		case plainAndForeign(uri):
			f = c.finding(rules.RedirectInsecure, s.Location)
			f.Message = fmt.Sprintf("the redirect URI %q sends the authorization code to another computer without TLS", uri)
		default:
			continue
		}
		f.Subject.Credential = s.id
		c.add(f, append(s.words(), uri)...)
	}
	atHome := func(uri string) bool {
		scheme, _, _ := strings.Cut(uri, ":")
		return strings.EqualFold(scheme, "http") && !plainAndForeign(uri)
	}
	if uris := s.Credential.RedirectURIs; s.Credential.ClientType == "web" && !slices.ContainsFunc(uris, func(uri string) bool { return !atHome(uri) }) {
		f := c.finding(rules.ClientWebAtHome, s.Location)
		f.Message = "a web client that returns to this computer alone"
		if len(uris) == 0 {
			f.Message = "a web client without any redirect URI"
		}
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
}

// plainAndForeign reports whether a redirect goes over http to another computer.
func plainAndForeign(uri string) bool {
	scheme, rest, _ := strings.Cut(uri, ":")
	if !strings.EqualFold(scheme, "http") {
		return false
	}
	host := strings.TrimLeft(rest, `/\`) // browsers take either, and any number
	if end := strings.IndexAny(host, `/\?#`); end >= 0 {
		host = host[:end]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if addr, err := netip.ParseAddrPort(host); err == nil {
		return !addr.Addr().IsLoopback()
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return !addr.IsLoopback()
	}
	name, _, _ := strings.Cut(host, ":")
	return !strings.EqualFold(name, "localhost")
}

// clientRow is what a client's file says about the client; nil for a credential
// of another kind.
func clientRow(cred tokeninfo.Credential) *ClientRow {
	if cred.Kind != tokeninfo.ClientSecrets {
		return nil
	}
	return &ClientRow{
		Type: cred.ClientType, Project: cred.ProjectID, ProjectNumber: cred.ProjectNumber(),
		Secret: cred.SecretForm(), Redirects: cred.RedirectURIs,
	}
}
