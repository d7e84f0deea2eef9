package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit"
)

// The values of tokeninfo.Access and tokeninfo.Claim, which are part of the
// JSON format too: a report can be read and rendered without the packages that
// handle tokens.
const (
	live     = "live"
	notValid = "not_valid"
	notAsked = "not_asked"
	noToken  = "none"

	claimNone       = "none"
	claimRequested  = "requested"
	claimGranted    = "granted"
	claimDelegation = "delegation"
)

// maxCredentialsShown is how many credentials are described in full. Of more,
// each is a line or two, and what no file can tell is said once.
const maxCredentialsShown = 8

// credentials says of each credential what it is, whose, what it may do, and
// whether it works. What a file cannot tell is said, never left blank.
func (p *page) credentials(rows []audit.CredentialRow) {
	if len(rows) == 0 {
		return
	}
	p.heading("Credentials")
	if len(rows) > maxCredentialsShown {
		p.blank()
	}
	for _, c := range rows {
		if len(rows) > maxCredentialsShown {
			p.credentialInBrief(c)
		} else {
			p.credential(c)
		}
	}
	if len(rows) > maxCredentialsShown {
		p.unknowns(rows)
	}
}

func (p *page) credential(c audit.CredentialRow) {
	p.blank()
	p.wrap("  ", "      ", p.credentialHead(c))
	if c.Server != "" {
		p.field("server", name(c.Server))
	}
	p.field("client", client(c))
	if c.Account != "" {
		p.field("account", name(c.Account))
	}
	switch {
	case c.Client != nil:
		p.client(c)
	case noTokens(c):
		p.field("tokens", "none here")
	default:
		p.field("claims", p.claims(c))
		p.field("granted", p.granted(c))
		p.field("access", access(c))
		p.field("refresh", refresh(c))
		p.probe(c.Probe)
	}
	for i, text := range c.CannotTell {
		p.field(onlyFirst("unknown", i), Clean(text))
	}
	for i, text := range c.Warnings {
		p.field(onlyFirst("warning", i), Clean(text))
	}
}

func (p *page) credentialHead(c audit.CredentialRow) string {
	at := c.Location
	if at.Line == 1 && at.Cell == 0 {
		at.Line, at.Column = 0, 0 // the whole file
	}
	head := p.paint(bold, Clean(c.ID)) + " " + place(at)
	if c.Label != "" {
		head += ", " + name(c.Label)
	}
	return head + p.paint(dim, ", "+kind(c))
}

// credentialInBrief is a credential among many: what it claims, what Google
// says, and whether it holds what lives on.
func (p *page) credentialInBrief(c audit.CredentialRow) {
	text := p.credentialHead(c)
	if c.Account != "" {
		text += ", account " + name(c.Account)
	}
	if !noTokens(c) {
		if list := p.scopeList(c.Scopes, func(s audit.CredentialScope) bool { return s.Claimed }); list != "" {
			text += "; claims " + list
		}
		if c.Access == live || c.Access == notValid {
			text += "; granted " + p.granted(c) + "; access token " + access(c)
		}
		switch {
		case c.Refresh == audit.RefreshLive || c.Refresh == audit.RefreshDead:
			text += "; refresh token " + refresh(c)
		case c.RefreshToken:
			text += "; holds a refresh token, not tested"
		}
	}
	p.wrap("  ", "      ", text)
	for _, warning := range c.Warnings {
		p.wrap("      ", "      ", p.paint(yellow, "warning:")+" "+Clean(warning))
	}
}

// unknowns says once what the files of many credentials cannot tell.
func (p *page) unknowns(rows []audit.CredentialRow) {
	about := make(map[string]int)
	var order []string
	for _, c := range rows {
		for _, text := range c.CannotTell {
			if about[text]++; about[text] == 1 {
				order = append(order, text)
			}
		}
	}
	if len(order) == 0 {
		return
	}
	p.blank()
	p.line("  Unknown from these files:")
	for _, text := range order {
		p.wrap("  - ", "    ", fmt.Sprintf("%s (%d of %d)", Clean(text), about[text], len(rows)))
	}
}

// kind is what people call the format.
func kind(c audit.CredentialRow) string {
	if title, _ := c.Kind.Describe(); title != "" {
		return title
	}
	return Clean(string(c.Kind))
}

func onlyFirst(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown from this file"
	}
	return name(s)
}

func client(c audit.CredentialRow) string {
	text := orUnknown(c.ClientID)
	if c.PublishedClient != "" {
		text += " (the published client of " + Clean(c.PublishedClient) + ")"
	}
	return text
}

// claims lists the scopes that the file names, each with the policy's verdict,
// and what such a list is worth.
func (p *page) claims(c audit.CredentialRow) string {
	list := p.scopeList(c.Scopes, func(s audit.CredentialScope) bool { return s.Claimed })
	switch c.Claim {
	case claimNone:
		if list == "" {
			return "nothing: this format holds no scopes"
		}
	case claimRequested:
		return orNothing(list) + " (what a script asked for)"
	case claimGranted:
		return orNothing(list) + " (copied from the server's last answer)"
	case claimDelegation:
		return orNothing(list) + " (what it plans to use by delegation)"
	}
	return orNothing(list)
}

func (p *page) granted(c audit.CredentialRow) string {
	// Also where the refresh token said it, and the access token is dead.
	said := slices.ContainsFunc(c.Scopes, func(s audit.CredentialScope) bool { return s.Granted != nil })
	switch {
	case said, c.Access == live:
		return orNothing(p.scopeList(c.Scopes, func(s audit.CredentialScope) bool { return s.Granted != nil && *s.Granted }))
	case c.Access == notAsked:
		return "unknown: " + server(c) + " was not asked"
	case c.Access == noToken:
		return "unknown: there is no access token to ask " + server(c) + " about"
	}
	return "unknown: " + server(c) + " gave no scopes"
}

// server is what to call the server in a sentence.
func server(c audit.CredentialRow) string {
	if c.Server != "" {
		return name(c.Server)
	}
	return "Google"
}

func orNothing(list string) string {
	if list == "" {
		return "no scope"
	}
	return list
}

func (p *page) scopeList(all []audit.CredentialScope, in func(audit.CredentialScope) bool) string {
	var list []string
	for _, s := range all {
		if !in(s) {
			continue
		}
		text := shortScope(s.Short, s.Scope)
		if s.Allowed != nil {
			if *s.Allowed {
				text = p.paint(green, "✓") + tie + text
			} else {
				text = p.paint(redBold, "✗") + tie + text
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func noTokens(c audit.CredentialRow) bool {
	return c.Access == noToken && c.Refresh == audit.RefreshNone && !c.RefreshToken
}

// access says what is known about the access token.
func access(c audit.CredentialRow) string {
	var text string
	switch c.Access {
	case live:
		text = "live: " + server(c) + " accepts the access token now"
	case notValid:
		text = "not valid now: expired, revoked or never valid; " + server(c) + " does not say which"
	case notAsked:
		text = "present, not tested"
	case noToken:
		return "no access token here"
	default:
		text = "unknown: no usable answer about the access token"
		if c.AccessReason != "" {
			text = "unknown: " + Clean(c.AccessReason)
		}
	}
	if c.ExpiresAt.IsZero() {
		return text
	}
	when := c.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC")
	switch {
	case c.Left < 0:
		text += "; its time ended " + when
	case c.Access == live && c.Left < 48*time.Hour:
		text += fmt.Sprintf("; %s left, until %s", c.Left.Round(time.Second), when)
	default:
		text += "; ends " + when
	}
	return text
}

// refresh says what is known about the refresh token. One that was not asked
// about is never shown as harmless, whatever became of the access token.
func refresh(c audit.CredentialRow) string {
	switch c.Refresh {
	case audit.RefreshLive:
		return "live: it makes new access tokens until it is revoked"
	case audit.RefreshDead:
		return "dead: " + server(c) + " no longer accepts the refresh token"
	case audit.RefreshUnknown:
		return "unknown: no usable answer about the refresh token"
	case audit.RefreshNotAsked:
		return "present, not tested: it makes new access tokens until it is revoked"
	}
	if c.RefreshToken {
		return "present, not tested: it makes new access tokens until it is revoked"
	}
	return "no refresh token here"
}
