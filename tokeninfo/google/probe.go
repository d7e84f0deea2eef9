package google

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/option/internaloption"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// gmailBase is where Gmail's API is. Like the other endpoints it is a constant.
const gmailBase = "https://gmail.googleapis.com/"

// probeQuery finds mail like any other; whether searching is allowed is the
// question.
const probeQuery = "in:inbox"

// probes are the calls of a probe: each of them is a GET that changes nothing
// and asks for as little as the API lets one ask. They give the mailbox's
// address if that was asked for.
func probes(account bool) []probe {
	const me = "me"
	return []probe{
		{"gmail.users.getProfile", false, "profile", func(ctx context.Context, s *gmail.UsersService) (string, error) {
			fields := googleapi.Field("historyId") // says nothing about anybody
			if account {
				fields = "emailAddress"
			}
			p, err := s.GetProfile(me).Fields(fields).Context(ctx).Do()
			if err != nil {
				return "", err
			}
			return p.EmailAddress, nil
		}},
		{"gmail.users.labels.list", false, "labels", func(ctx context.Context, s *gmail.UsersService) (string, error) {
			_, err := s.Labels.List(me).Fields("labels/color").Context(ctx).Do() // not their names
			return "", err
		}},
		{"gmail.users.messages.list", false, "messages", func(ctx context.Context, s *gmail.UsersService) (string, error) {
			_, err := s.Messages.List(me).MaxResults(1).Fields("resultSizeEstimate").Context(ctx).Do()
			return "", err
		}},
		{"gmail.users.messages.list", true, "messages", func(ctx context.Context, s *gmail.UsersService) (string, error) {
			_, err := s.Messages.List(me).MaxResults(1).Q(probeQuery).Fields("resultSizeEstimate").Context(ctx).Do()
			return "", err
		}},
		{"gmail.users.settings.getLanguage", false, "settings/language", func(ctx context.Context, s *gmail.UsersService) (string, error) {
			_, err := s.Settings.GetLanguage(me).Context(ctx).Do()
			return "", err
		}},
	}
}

type probe struct {
	method string
	search bool
	path   string // below gmail/v1/users/me/
	try    func(context.Context, *gmail.UsersService) (string, error)
}

// Probe tries what an access token opens in Gmail, with calls that change
// nothing. What it could write is never tried. The address of the mailbox
// arrives only if account asks for it. The error is a *NotAccessToken, for what
// must not be sent at all, or an *wire.Error before anything was sent.
func (c *Client) Probe(ctx context.Context, access tokeninfo.Secret, account bool) (tokeninfo.Probe, error) {
	if err := sendable(access.Reveal()); err != nil {
		return tokeninfo.Probe{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	service, err := c.newGmail(access)
	if err != nil {
		return tokeninfo.Probe{}, &wire.Error{Host: wire.Host(c.site.gmail), Class: wire.Setup}
	}
	out := tokeninfo.Probe{Asked: c.now()}
	for _, p := range probes(account) {
		address, err := p.try(ctx, service.Users)
		call := tokeninfo.ProbedCall{Method: p.method, Search: p.search}
		call.Outcome, call.Reason = c.outcome(err)
		out.Calls = append(out.Calls, call)
		if account && !strings.Contains(address, access.Reveal()) {
			out.Account = cmp.Or(address, out.Account)
		}
	}
	return out, nil
}

// newGmail makes Google's own client for Gmail and leaves it nothing to decide,
// as newTyped does.
func (c *Client) newGmail(access tokeninfo.Secret) (*gmail.Service, error) {
	return gmail.NewService(context.Background(),
		option.WithHTTPClient(&http.Client{
			Transport:     reader{c, access},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		option.WithoutAuthentication(),
		option.WithEndpoint(c.site.gmail),
		option.WithUniverseDomain(universeDomain),
		option.WithTelemetryDisabled(),
		option.WithLogger(slog.New(slog.DiscardHandler)),
		option.WithClientCertSource(noCertificate),
		internaloption.SkipDialSettingsValidation(),
	)
}

// reader carries the requests of Gmail's client: the GETs of a probe, with the
// token in the header, and nothing else.
type reader struct {
	c      *Client
	access tokeninfo.Secret
}

func (r reader) RoundTrip(req *http.Request) (*http.Response, error) {
	at := r.c.site.gmail
	if !r.asked(req) {
		return nil, &wire.Error{Host: wire.Host(at), Class: wire.Astray}
	}
	got, err := wire.Send(req.Context(), r.c.transport, wire.Request{Method: http.MethodGet, URL: req.URL.String(), Bearer: r.access})
	if err != nil {
		return nil, err
	}
	if _, err := wire.Object(got); err != nil {
		return nil, &wire.Error{Host: wire.Host(at), Class: wire.Else}
	}
	return &http.Response{
		StatusCode: got.Status, Status: http.StatusText(got.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": got.Types},
		Body:          io.NopCloser(bytes.NewReader(got.Body)),
		ContentLength: int64(len(got.Body)),
		Request:       req,
	}, nil
}

// asked reports whether a request is one of a probe's.
func (r reader) asked(req *http.Request) bool {
	bare := *req.URL
	bare.RawQuery = ""
	if req.Method != http.MethodGet || req.Body != nil && req.Body != http.NoBody || req.Host != "" && req.Host != bare.Host {
		return false
	}
	for _, p := range probes(false) {
		want, err := url.JoinPath(r.c.site.gmail, "gmail/v1/users/me", p.path)
		if err == nil && bare.String() == want {
			return true
		}
	}
	return false
}

// outcome reads the result of a call. It goes by status and reason, never by
// what the answer says in words.
func (c *Client) outcome(err error) (tokeninfo.Outcome, string) {
	at := wire.Host(c.site.gmail) + ": "
	var refusal *googleapi.Error
	var trouble *wire.Error
	switch {
	case err == nil:
		return tokeninfo.Opened, ""
	case errors.As(err, &trouble):
		return tokeninfo.NotProven, trouble.Error()
	case !errors.As(err, &refusal):
		return tokeninfo.NotProven, at + string(wire.Else)
	case refusal.Code == http.StatusUnauthorized:
		return tokeninfo.NotProven, at + "the access token is not valid now"
	case refusal.Code == http.StatusTooManyRequests:
		return tokeninfo.NotProven, at + string(wire.Busy)
	case refusal.Code >= 500:
		return tokeninfo.NotProven, at + string(wire.Trouble)
	}
	reason := reasonOf(refusal)
	switch {
	case refusal.Code != http.StatusForbidden && reason != "failedPrecondition":
	case reason == "insufficientPermissions", reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		return tokeninfo.Refused, ""
	case reason == "forbidden":
		return tokeninfo.Refused, "" // a search with gmail.metadata
	case reason == "accessNotConfigured", reason == "SERVICE_DISABLED":
		return tokeninfo.NotProven, at + "the Gmail API is not switched on in the client's project (accessNotConfigured)"
	case reason == "rateLimitExceeded", reason == "userRateLimitExceeded", reason == "dailyLimitExceeded":
		return tokeninfo.NotProven, at + string(wire.Busy)
	case reason == "domainPolicy":
		return tokeninfo.NotProven, at + "the account's administrator does not let apps use Gmail (domainPolicy)"
	case reason == "failedPrecondition":
		return tokeninfo.NotProven, at + "the account has no mailbox (failedPrecondition)"
	}
	return tokeninfo.NotProven, at + "a refusal that says nothing about scopes"
}

// reasonOf is the reason that an API gives for a refusal: in the list of errors,
// or else in the details of the newer form.
func reasonOf(refusal *googleapi.Error) string {
	if len(refusal.Errors) > 0 {
		return refusal.Errors[0].Reason
	}
	for _, detail := range refusal.Details {
		if fields, ok := detail.(map[string]any); ok {
			if reason, ok := fields["reason"].(string); ok {
				return reason
			}
		}
	}
	return ""
}
