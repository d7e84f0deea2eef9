package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"time"

	"scopeaudit/audit/rules"
)

// The least that the three parts of a token have, in characters.
const (
	jwtPartFloor   = 17
	signatureFloor = 10
)

// jwt knows a JSON Web Token (RFC 7519) in compact form: an object, an object
// and a signature, in base64url. The anchor is the dot before the second, and
// the first three characters of an object.
func jwt(w window) (match, bool) {
	start := w.at
	for start > 0 && isURL64(w.data[start-1]) {
		start--
	}
	payloadEnd := run(w.data, w.at+1, isURL64)
	if w.at-start == reach || payloadEnd-w.at == reach {
		return longJWT(w, start, payloadEnd)
	}
	if w.at-start < jwtPartFloor || payloadEnd == len(w.data) || w.data[payloadEnd] != '.' {
		return match{}, false
	}
	if head := bytes.Index(w.data[start:w.at], []byte("ey")); head < 0 {
		return match{}, false
	} else if jsonPart(w.data[start:w.at]) == nil {
		start += head // "Bearer%20ey…", "\ney…"
	}
	head, payload := jsonPart(w.data[start:w.at]), jsonPart(w.data[w.at+1:payloadEnd])
	end := run(w.data, payloadEnd+1, isURL64)
	if head["alg"] == nil || len(payload) == 0 || end-payloadEnd-1 < signatureFloor || isSampleJWT(payload) ||
		placeholder(w.data[payloadEnd+1:end]) {
		return match{}, false
	}
	return foundJWT(w, start, end, payload), true
}

func foundJWT(w window, start, end int, payload map[string]any) match {
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.JWT, severity: rules.Medium, confidence: rules.HighConfidence,
		message: "a signed token (JWT): whoever has it is taken for its subject",
		start:   start, end: end, key: k.shown("token"), label: "eyJ", random: true, tail: true,
	}
	m.judgeClaims(payload, w.now)
	m.under(k)
	return m
}

// longJWT knows a token of which one part is longer than a window: certificates in
// the header, or a claim for each group of a user. Of that part only the near end
// is seen, and the finding ends, or begins, where the window does.
func longJWT(w window, start, payloadEnd int) (match, bool) {
	if payloadEnd-w.at == reach { // the signature is out of sight
		if jsonPart(w.data[start:w.at])["alg"] == nil {
			return match{}, false
		}
		payload := openPart(w.data[w.at+1 : payloadEnd])
		if len(payload) == 0 || isSampleJWT(payload) {
			return match{}, false
		}
		m := foundJWT(w, start, payloadEnd, payload)
		m.tail = false
		return m, true
	}
	if payloadEnd == len(w.data) || w.data[payloadEnd] != '.' {
		return match{}, false
	}
	payload := jsonPart(w.data[w.at+1 : payloadEnd])
	end := run(w.data, payloadEnd+1, isURL64)
	if payload["iss"] == nil && payload["exp"] == nil && payload["sub"] == nil || end-payloadEnd-1 < signatureFloor || isSampleJWT(payload) {
		return match{}, false
	}
	m := foundJWT(w, start, end, payload)
	m.confidence = rules.MediumConfidence // what stands before may be no header
	return m, true
}

// openPart decodes the members at the beginning of an object in base64url that is
// cut off.
func openPart(part []byte) map[string]any {
	text, err := base64.RawURLEncoding.DecodeString(string(part[:len(part)&^3]))
	if err != nil {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(text))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	object := map[string]any{}
	for {
		name, err := in.Token()
		key, ok := name.(string)
		if err != nil || !ok {
			return object
		}
		object[key] = nil
		var value any
		if in.Decode(&value) != nil {
			return object
		}
		object[key] = value
	}
}

// jsonPart decodes base64url to a JSON object, or gives nil.
func jsonPart(part []byte) map[string]any {
	text, err := base64.RawURLEncoding.DecodeString(string(part))
	if err != nil || len(text) == 0 || text[0] != '{' {
		return nil
	}
	var object map[string]any
	if json.Unmarshal(text, &object) != nil {
		return nil
	}
	return object
}

// isSampleJWT knows the claims of RFC 7519 and RFC 7515, those that jwt.io shows to
// begin with, and those of libraries' documents.
func isSampleJWT(payload map[string]any) bool {
	return payload["http://example.com/is_root"] == true || len(payload) == 1 && payload["some"] == "payload" || payload["sub"] == "1234567890" && payload["name"] == "John Doe"
}

// judgeClaims grades a token by who made it and until when it is good.
func (m *match) judgeClaims(payload map[string]any, now time.Time) {
	switch payload["iss"] {
	case "supabase", "supabase-demo":
		if payload["role"] == "anon" {
			m.severity = rules.Info
			m.message = "a publishable key of Supabase (a JWT whose role is anon): it is made to be public"
			return
		}
		if payload["role"] == "service_role" {
			m.severity = rules.Critical
			m.message = "a service key of Supabase (a JWT): it reads and writes everything, whatever the tables' policies say"
		}
	case "kubernetes/serviceaccount":
		m.severity = rules.High
		m.message = "a token of a Kubernetes service account (a JWT): it does not expire by itself"
	}
	seconds, ok := payload["exp"].(float64)
	if !ok || seconds <= 0 || seconds > math.MaxInt32*100 {
		m.message += "; it names no time at which it ends"
		return
	}
	until := time.Unix(int64(seconds), 0).UTC()
	switch day := until.Format(time.DateOnly); {
	case now.IsZero():
		m.message += "; good until " + day
	case until.Before(now):
		m.severity = rules.Low
		m.message = "a signed token (JWT) that ended on " + day
	default:
		m.message += " until " + day
	}
}
