package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"scopeaudit/tokeninfo"
)

// maxLifetime is the longest life of an access token that we believe. Google's
// live an hour, up to twelve where an administrator allows it.
const maxLifetime = 366 * 24 * time.Hour

// verdict is what one endpoint says, or both together.
type verdict struct {
	access tokeninfo.Access
	reason string // of Unknown: our words only

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
func judge(r reply, now time.Time) verdict {
	switch {
	case r.status == http.StatusTooManyRequests:
		return unknown("it is asked too often (429)")
	case r.status >= 500:
		return unknown(fmt.Sprintf("it is in trouble itself (%d)", r.status))
	case r.status >= 400:
		return judgeRefusal(r)
	case r.status != http.StatusOK:
		return unknown(fmt.Sprintf("an answer that tokeninfo does not give (%d)", r.status))
	}
	fields, err := object(r)
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
func judgeRefusal(r reply) verdict {
	if r.status == http.StatusBadRequest || r.status == http.StatusUnauthorized {
		fields, err := object(r)
		if err != nil {
			return unknown(err.Error())
		}
		code, err := text(fields, "error")
		if err == nil && (code == "invalid_token" || descriptionAlone(fields)) {
			return verdict{access: tokeninfo.NotValid}
		}
	}
	return unknown(fmt.Sprintf("our request was refused (%d), which says nothing about the token", r.status))
}

// tokenUnseen reports whether a refusal may mean that the server found no token
// in the request.
func tokenUnseen(r reply) bool {
	if r.status != http.StatusBadRequest && r.status != http.StatusUnauthorized {
		return false
	}
	fields, err := object(r)
	if err != nil {
		return false
	}
	code, err := text(fields, "error")
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
		s, err := text(fields, name)
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
	verified, err := flag(fields, "email_verified")
	v.verified = verified
	in, inOK, err2 := whole(fields, "expires_in")
	at, atOK, err3 := whole(fields, "exp")
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

// object reads an answer as one JSON object with a content type that says so.
// A key that occurs twice, in any case of letters, is refused: readers differ
// in which of the two they believe.
func object(r reply) (map[string]json.RawMessage, error) {
	if len(r.types) != 1 {
		return nil, errors.New("the answer does not say that it is JSON")
	}
	kind, params, err := mime.ParseMediaType(r.types[0])
	if err != nil || kind != "application/json" ||
		params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return nil, errors.New("the answer does not say that it is JSON")
	}
	broken := errors.New("the answer is not a JSON object")
	if !utf8.Valid(r.body) {
		return nil, broken
	}
	dec := json.NewDecoder(bytes.NewReader(r.body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, broken
	}
	fields := make(map[string]json.RawMessage)
	seen := make(map[string]bool)
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, broken
		}
		if folded := strings.ToLower(key); seen[folded] {
			return nil, errors.New("the answer gives one key twice")
		} else {
			seen[folded] = true
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, broken
		}
		fields[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, broken
	}
	if dec.More() || len(bytes.TrimSpace(r.body[dec.InputOffset():])) > 0 {
		return nil, broken
	}
	return fields, nil
}

var errType = errors.New("wrong type")

// text reads an optional string; null counts as absent.
func text(fields map[string]json.RawMessage, name string) (s string, err error) {
	if raw, ok := fields[name]; ok && json.Unmarshal(raw, &s) != nil {
		return "", errType
	}
	return s, nil
}

// whole reads an optional whole number that is not negative, written as a
// number or, as the current endpoint does, as a string.
func whole(fields map[string]json.RawMessage, name string) (n int64, ok bool, err error) {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return 0, false, nil
	}
	digits := string(raw)
	if raw[0] == '"' {
		if digits, err = text(fields, name); err != nil {
			return 0, false, err
		}
	}
	u, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, false, errType
	}
	return int64(u), true, nil
}

// flag reads an optional truth value, written as one or as a string.
func flag(fields map[string]json.RawMessage, name string) (bool, error) {
	switch string(fields[name]) {
	case "true", `"true"`:
		return true, nil
	case "", "null", "false", `"false"`:
		return false, nil
	}
	return false, errType
}
