package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"scopeaudit/tokeninfo"
)

// maxLife is the longest life of a token that we believe.
const maxLife = 366 * 24 * time.Hour

// Server is an authorization server's two endpoints for consent and tokens. Its
// URLs are constants or checked by the caller.
type Server struct {
	AuthURL, TokenURL string
	// Basic says that a client with a secret shows it in the Authorization
	// header; else it stands in the form.
	Basic     bool
	Transport http.RoundTripper
	Now       func() time.Time
}

func (s Server) config(client tokeninfo.Client) *oauth2.Config {
	style := oauth2.AuthStyleInParams
	if s.Basic && client.Secret.Present() {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: client.ID, ClientSecret: client.Secret.Reveal(),
		Endpoint: oauth2.Endpoint{AuthURL: s.AuthURL, TokenURL: s.TokenURL, AuthStyle: style},
	}
}

// Authorize gives the URL of the consent page. It holds no secret: of the
// verifier only the challenge. Further parameters come in pairs.
func (s Server) Authorize(a tokeninfo.Authorization, more ...string) string {
	c := s.config(a.Client)
	c.RedirectURL, c.Scopes = a.RedirectURI, a.Scopes
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.Verifier.Reveal())}
	if a.LoginHint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", a.LoginHint))
	}
	for i := 0; i+1 < len(more); i += 2 {
		options = append(options, oauth2.SetAuthURLParam(more[i], more[i+1]))
	}
	return c.AuthCodeURL(a.State, options...)
}

// Exchange redeems an authorization code.
func (s Server) Exchange(ctx context.Context, code tokeninfo.Code) (tokeninfo.Token, error) {
	c := s.config(code.Client)
	c.RedirectURL = code.RedirectURI
	return s.ask(ctx, []tokeninfo.Secret{code.Value, code.Verifier, code.Client.Secret}, func(ctx context.Context) error {
		_, err := c.Exchange(ctx, code.Value.Reveal(), oauth2.VerifierOption(code.Verifier.Reveal()))
		return err
	})
}

// Refresh makes a new access token. It names no scope, so that the answer is
// about all that the refresh token holds (RFC 6749, section 6).
func (s Server) Refresh(ctx context.Context, client tokeninfo.Client, refresh tokeninfo.Secret) (tokeninfo.Token, error) {
	c := s.config(client)
	return s.ask(ctx, []tokeninfo.Secret{refresh, client.Secret}, func(ctx context.Context) error {
		_, err := c.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh.Reveal()}).Token()
		return err
	})
}

// ask lets package oauth2 make its request, and reads the answer itself: that
// package takes much for an answer, and its errors hold the whole body.
func (s Server) ask(ctx context.Context, sent []tokeninfo.Secret, request func(context.Context) error) (tokeninfo.Token, error) {
	carrier := &carrier{server: s}
	err := request(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     carrier,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	switch {
	case carrier.err != nil:
		return tokeninfo.Token{}, carrier.err
	case !carrier.asked:
		return tokeninfo.Token{}, &Error{Host: Host(s.TokenURL), Class: Setup}
	}
	token, err2 := readToken(Host(s.TokenURL), carrier.reply, sent, s.Now())
	if err2 == nil && err != nil {
		// It read an answer for a refusal, or the other way round.
		err2 = &Error{Host: Host(s.TokenURL), Class: Else}
	}
	if err2 != nil {
		return tokeninfo.Token{}, err2
	}
	return token, nil
}

// carrier carries the one request of package oauth2 and keeps the answer.
type carrier struct {
	server Server
	asked  bool
	reply  Reply
	err    error
}

func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	c.asked = true
	if c.reply, c.err = c.send(req); c.err != nil {
		return nil, c.err
	}
	return &http.Response{
		StatusCode: c.reply.Status, Status: http.StatusText(c.reply.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": c.reply.Types},
		Body:          io.NopCloser(bytes.NewReader(c.reply.Body)),
		ContentLength: int64(len(c.reply.Body)),
		Request:       req,
	}, nil
}

func (c *carrier) send(req *http.Request) (Reply, error) {
	if req.Method != http.MethodPost || req.URL.String() != c.server.TokenURL || req.Body == nil {
		return Reply{}, &Error{Host: Host(c.server.TokenURL), Class: Astray}
	}
	defer req.Body.Close()
	body, err := io.ReadAll(io.LimitReader(req.Body, maxReply))
	if err != nil {
		return Reply{}, &Error{Host: Host(c.server.TokenURL), Class: Setup}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Reply{}, &Error{Host: Host(c.server.TokenURL), Class: Setup}
	}
	r := Request{URL: c.server.TokenURL, Form: form}
	if user, password, ok := req.BasicAuth(); ok {
		// Package oauth2 has escaped both, as Send will.
		id, err1 := url.QueryUnescape(user)
		secret, err2 := url.QueryUnescape(password)
		if errors.Join(err1, err2) != nil {
			return Reply{}, &Error{Host: Host(c.server.TokenURL), Class: Setup}
		}
		r.Client = tokeninfo.Client{ID: id, Secret: tokeninfo.NewSecret(secret)}
	}
	return Send(req.Context(), c.server.Transport, r)
}

// readToken reads a token endpoint's answer (RFC 6749, sections 5.1 and 5.2).
func readToken(host string, r Reply, sent []tokeninfo.Secret, now time.Time) (tokeninfo.Token, error) {
	none := func(class Class) (tokeninfo.Token, error) {
		return tokeninfo.Token{}, &Error{Host: host, Class: class}
	}
	switch {
	case r.Status == http.StatusTooManyRequests:
		return none(Busy)
	case r.Status >= 500:
		return none(Trouble)
	}
	fields, err := Object(r)
	if err != nil {
		return none(Else)
	}
	var bad error
	str := func(name string) string {
		s, err := Text(fields, name)
		bad = errors.Join(bad, err)
		return s
	}
	if r.Status != http.StatusOK {
		code, subtype := ErrorCode(str("error"), sent), ErrorCode(str("error_subtype"), sent)
		if bad != nil || code == "" {
			return none(Else)
		}
		return tokeninfo.Token{}, &tokeninfo.Refusal{Server: host, Code: code, Subtype: subtype}
	}
	t := tokeninfo.Token{
		Access:  tokeninfo.NewSecret(str("access_token")),
		Refresh: tokeninfo.NewSecret(str("refresh_token")),
		ID:      tokeninfo.NewSecret(str("id_token")),
	}
	if s := strings.Fields(str("scope")); len(s) > 0 {
		t.Scopes = s
	}
	kind := str("token_type")
	t.Lifetime, t.Expiry, err = ends(fields, "expires_in", now)
	bad = errors.Join(bad, err)
	_, t.RefreshExpiry, err = ends(fields, "refresh_token_expires_in", now)
	bad = errors.Join(bad, err)
	if bad != nil || !t.Access.Present() || !strings.EqualFold(kind, "Bearer") {
		return none(Else)
	}
	for _, s := range t.Scopes {
		if Repeats(s, append(sent, t.Access, t.Refresh)) {
			return none(Else)
		}
	}
	return t, nil
}

// ends reads an optional lifetime in seconds, and works out its end.
func ends(fields Fields, name string, now time.Time) (life time.Duration, end time.Time, err error) {
	seconds, ok, err := Whole(fields, name)
	switch {
	case err != nil || !ok:
		return 0, time.Time{}, err
	case seconds > int64(maxLife/time.Second):
		return 0, time.Time{}, errType
	}
	life = time.Duration(seconds) * time.Second
	return life, now.Add(life), nil
}

// maxCode is the longest error code that we repeat, in bytes.
const maxCode = 64

// ErrorCode gives a server's error code if it looks like one and holds nothing
// of what was sent, else the empty string.
func ErrorCode(code string, sent []tokeninfo.Secret) string {
	odd := strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789_-.")
	if odd != "" || len(code) > maxCode || Repeats(code, sent) {
		return ""
	}
	return code
}

// Repeats reports whether a text that is to be shown holds one of some secrets.
func Repeats(text string, held []tokeninfo.Secret) bool {
	for _, s := range held {
		if s.Present() && strings.Contains(text, s.Reveal()) {
			return true
		}
	}
	return false
}
