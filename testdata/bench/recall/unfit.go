package main

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

// unfit says why a positive is none: a generator that only follows a pattern
// makes up what the service never gives out, and some are samples that say so.
// Such texts are counted apart.
func unfit(rule, text string) string {
	for _, u := range []struct{ rule, pattern, why string }{
		{"age-secret-key", "KEY-1Q{50}", "one character repeated"},
		{"aws-access-token", "A(BIA|CCA)[A-Z2-7]", "names something else than an access key"},
		{"aws-amazon-bedrock-api-key-long-lived", "EXAMPLE", "says that it is an example"},
		{"aws-amazon-bedrock-api-key-short-lived", "YmVkcm9jay5hbWF6b25hd3MuY29t(?:\\W|$)", "the prefix alone"},
		{"generic-api-key", "'eyJ0eXAi\\w+==", "the first part of a token, cut short"},
		{"sendgrid-api-token", `SG\.`, "not 22 characters, a dot and 43"},
		{"slack-legacy-bot-token", "FaKe", "says that it is none"},
		{"slack-legacy-workspace-token", `-3?1{8}|xox[ar]-(?:\d-)?[0-9a-z]{8,48}"?$`, "no numbers, or numbers of one digit"},
		{"slack-user-token", "files-pri", "in the address of a picture"},
		{"slack-webhook-url", "(?:services|workflows|triggers)/[^/]*$", "a path of one part"},
		{"telegram-bot-api-token", `(?:\b|bot)(?:\d{1,7}|\d{11,}):A`, "not the number of a bot, which has eight to ten digits"},
	} {
		if u.rule == rule && regexp.MustCompile(u.pattern).MatchString(text) && !(rule == "sendgrid-api-token" && sendGrid.MatchString(text)) {
			return u.why
		}
	}
	switch rule {
	case "jwt":
		return unfitJWT(text)
	case "jwt-base64":
		packed := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text)
		if inner, err := base64.RawURLEncoding.DecodeString(packed); err == nil {
			return unfitJWT(string(inner))
		}
	}
	return ""
}

var (
	sendGrid = regexp.MustCompile(`SG\.[\w-]{22}\.[\w-]{43}`)
	tokens   = regexp.MustCompile(`ey[\w+/\\-]*\.ey[\w+/\\-]*\.?[\w+/=\\-]*`)
)

// unfitJWT says why text holds no token that RFC 7519 would call signed.
func unfitJWT(text string) string {
	why := "no token"
	for _, token := range tokens.FindAllString(text, -1) {
		parts := strings.Split(token, ".")
		var header, claims map[string]any
		switch {
		case !isJSON(parts[0], &header) || !isJSON(parts[1], &claims):
			why = "its parts are no JSON"
		case len(parts) < 3 || parts[2] == "":
			why = "not signed"
		case header["alg"] == nil:
			why = "its header names no algorithm"
		case claims["http://example.com/is_root"] != nil, claims["name"] == "John Doe":
			why = "a sample of the specification"
		default:
			return ""
		}
	}
	return why
}

func isJSON(part string, into any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, into) == nil
}
