package google

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/oauth2/v2"
	"google.golang.org/api/option"
	"google.golang.org/api/option/internaloption"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// newTyped makes Google's own client for oauth2/v2 and leaves it nothing to
// decide. Left alone it would look for default credentials and a device
// certificate (which may start a program), take its host from
// GOOGLE_CLOUD_UNIVERSE_DOMAIN, and write the URL with the token in it to
// standard error when GOOGLE_SDK_GO_LOGGING_LEVEL is debug.
func newTyped(c *Client) (*oauth2.Service, error) {
	return oauth2.NewService(context.Background(),
		option.WithHTTPClient(&http.Client{
			Transport:     mover{c},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		option.WithoutAuthentication(),
		option.WithEndpoint(c.site.secondBase),
		option.WithUniverseDomain(universeDomain),
		option.WithTelemetryDisabled(),
		option.WithLogger(slog.New(slog.DiscardHandler)),
		// A certificate source of our own, never called since the HTTP client is
		// ours too, keeps the default one from being looked for. The validation
		// that is skipped forbids just this pair.
		option.WithClientCertSource(noCertificate),
		internaloption.SkipDialSettingsValidation(),
	)
}

func noCertificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return nil, errors.New("no client certificate")
}

// mover carries the typed client's requests. That client puts the token into
// the URL's query and has no other way; mover takes it out and asks as we do
// ourselves, so that the URL that leaves this machine is the constant one. It
// refuses every other request.
type mover struct{ c *Client }

func (m mover) RoundTrip(req *http.Request) (*http.Response, error) {
	astray := &wire.Error{Host: wire.Host(m.c.site.second), Class: wire.Astray}
	bare := *req.URL
	bare.RawQuery = ""
	token := tokeninfo.NewSecret(req.URL.Query().Get("access_token"))
	if req.Method != http.MethodPost || req.Body != nil && req.Body != http.NoBody ||
		bare.String() != m.c.site.second || req.Host != "" && req.Host != bare.Host || !token.Present() {
		return nil, astray
	}
	r, err := m.c.ask(req.Context(), m.c.site.second, token)
	if err != nil {
		return nil, err
	}
	// The typed client reads JSON as encoding/json does; what it would take
	// without a word, we refuse first.
	if _, err := wire.Object(r); err != nil {
		return nil, &wire.Error{Host: wire.Host(m.c.site.second), Class: wire.Else}
	}
	return &http.Response{
		StatusCode: r.Status, Status: http.StatusText(r.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": r.Types},
		Body:          io.NopCloser(bytes.NewReader(r.Body)),
		ContentLength: int64(len(r.Body)),
		Request:       req,
	}, nil
}

// second asks the older endpoint. Whatever is no clear verdict is Unknown, and
// its reason is not used: every error of the typed client may hold the URL.
func (c *Client) second(ctx context.Context, access tokeninfo.Secret) verdict {
	info, err := c.typed.Tokeninfo().AccessToken(access.Reveal()).Context(ctx).Do()
	var refusal *googleapi.Error
	switch {
	case errors.As(err, &refusal):
		return judgeRefusal(wire.Reply{
			Status: refusal.Code,
			Types:  refusal.Header.Values("Content-Type"),
			Body:   []byte(refusal.Body),
		})
	case err != nil || info.HTTPStatusCode != http.StatusOK || strings.TrimSpace(info.Scope) == "":
		return unknown("")
	}
	return verdict{
		access:    tokeninfo.Live,
		scopes:    strings.Fields(info.Scope),
		audience:  info.Audience,
		issuedTo:  info.IssuedTo,
		userID:    info.UserId,
		email:     info.Email,
		verified:  info.VerifiedEmail,
		expiresIn: time.Duration(max(0, min(info.ExpiresIn, int64(maxLifetime/time.Second)))) * time.Second,
	}
}
