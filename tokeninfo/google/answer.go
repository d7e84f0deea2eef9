package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// maxLifetime is the longest life of an access token that we believe. Google's
// live an hour, up to twelve where an administrator allows it.
const maxLifetime = 366 * 24 * time.Hour

// verdict is what one endpoint says, or both together.
type verdict struct {
	access tokeninfo.Access
	reason string // of Unknown: our words only
	// disputed says that two endpoints contradict each other
	disputed bool

	scopes     []string
	audience   string // aud, or audience
	issuedTo   string // azp, or issued_to
	userID     string
	email      string
	verified   bool
	accessType string
	expiresIn  time.Duration
	confirmed  bool
}

func unknown(reason string) verdict {
	return verdict{access: tokeninfo.Unknown, reason: reason}
}

// judge reads an answer of the current endpoint. It decides on the status and
// the error field, never on descriptions, which are prose and change.
func judge(r wire.Reply, now time.Time) verdict {
	switch {
	case r.Status == http.StatusTooManyRequests:
		return unknown("it is asked too often (429)")
	case r.Status >= 500:
		return unknown(fmt.Sprintf("it is in trouble itself (%d)", r.Status))
	case r.Status >= 400:
		return judgeRefusal(r)
	case r.Status != http.StatusOK:
		return unknown(fmt.Sprintf("an answer that tokeninfo does not give (%d)", r.Status))
	}
	fields, err := wire.Object(r)
	if err != nil {
		return unknown(err.Error())
	}
	v, err := live(fields, now)
	if err != nil {
		return unknown(err.Error())
	}
	return v
}

// judgeRefusal reads a 4xx answer. An answer that has only a description
// reaches us after the form body was tried, so it cannot mean that no token was
// seen, and there is one thing left for it to mean.
func judgeRefusal(r wire.Reply) verdict {
	if r.Status == http.StatusBadRequest || r.Status == http.StatusUnauthorized {
		fields, err := wire.Object(r)
		if err != nil {
			return unknown(err.Error())
		}
		code, err := wire.Text(fields, "error")
		if err == nil && (code == "invalid_token" || descriptionAlone(fields)) {
			return verdict{access: tokeninfo.NotValid}
		}
	}
	return unknown(fmt.Sprintf("our request was refused (%d), which says nothing about the token", r.Status))
}

// tokenUnseen reports whether a refusal may mean that the server found no token
// in the request.
func tokenUnseen(r wire.Reply) bool {
	if r.Status != http.StatusBadRequest && r.Status != http.StatusUnauthorized {
		return false
	}
	fields, err := wire.Object(r)
	if err != nil {
		return false
	}
	code, err := wire.Text(fields, "error")
	return err == nil && (code == "invalid_request" || descriptionAlone(fields))
}

func descriptionAlone(fields map[string]json.RawMessage) bool {
	_, coded := fields["error"]
	_, described := fields["error_description"]
	return described && !coded
}

// live reads the fields of a 200 answer. A field that is there and makes no
// sense spoils the answer: better no verdict than half of one.
func live(fields map[string]json.RawMessage, now time.Time) (verdict, error) {
	var bad error
	str := func(name string) string {
		s, err := wire.Text(fields, name)
		bad = errors.Join(bad, err)
		return s
	}
	v := verdict{
		access:     tokeninfo.Live,
		scopes:     strings.Fields(str("scope")),
		audience:   str("aud"),
		issuedTo:   str("azp"),
		userID:     str("sub"),
		email:      str("email"),
		accessType: str("access_type"),
	}
	verified, err := wire.Flag(fields, "email_verified")
	v.verified = verified
	in, inOK, err2 := wire.Whole(fields, "expires_in")
	at, atOK, err3 := wire.Whole(fields, "exp")
	if errors.Join(bad, err, err2, err3) != nil {
		return verdict{}, errors.New("the answer has a field of the wrong type")
	}
	if len(v.scopes) == 0 {
		return verdict{}, errors.New("the answer names no scope, so it is no answer")
	}
	if !inOK && atOK {
		in = max(0, at-now.Unix())
	}
	if in > int64(maxLifetime/time.Second) {
		return verdict{}, errors.New("the answer names a lifetime that no access token has")
	}
	v.expiresIn = time.Duration(in) * time.Second
	return v, nil
}
