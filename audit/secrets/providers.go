package secrets

import (
	"bytes"

	"scopeaudit/audit/rules"
)

// providerShapes are the tokens of identity providers other than Google.
func providerShapes() []shape {
	return []shape{
		{rule: rules.FacebookAccessToken, prefixes: []string{"EAA"}, in: isAlnum, min: 80, max: 800, severity: rules.High,
			message: "a Facebook token: it acts as a user or a page within its permissions", key: "access_token",
			judge: func(_ window, _ *match, tail []byte) bool { return shannon(tail) > 4 }},
		{rule: rules.InstagramToken, prefixes: []string{"IGQVJ"}, in: isURL64, min: 95, max: 400, severity: rules.High,
			message: "an Instagram token: it reads or posts as its account for up to sixty days", key: "access_token"},
		{rule: rules.AmazonLWAAccess, prefixes: []string{"Atza|"}, in: isB64URL, min: 200, max: 2048, severity: rules.High,
			message: "a Login with Amazon access token: it opens the account within its scopes for about an hour", key: "access_token"},
		{rule: rules.AmazonLWARefresh, prefixes: []string{"Atzr|"}, in: isB64URL, min: 100, max: 2048, severity: rules.Critical,
			message: "a Login with Amazon refresh token: it makes new access tokens until the user removes the application", key: "refresh_token"},
		{rule: rules.AmazonLWAClient, prefixes: []string{"amzn1.application-oa2-client."}, in: isLowerHex, min: 32, max: 32, severity: rules.Info,
			message: "a Login with Amazon client ID: an identifier, no secret", key: "client_id"},
		{rule: rules.AmazonLWAClient, prefixes: []string{"amzn1.oa2-cs.v1."}, in: isLowerHex, min: 64, max: 64, severity: rules.Medium,
			message: "a Login with Amazon client secret: it lets others pose as the application", key: "client_secret"},
		{rule: rules.AmazonMWSToken, prefixes: []string{"amzn.mws."}, in: func(b byte) bool { return isLowerHex(b) || b == '-' }, min: 36, max: 36,
			severity: rules.High, message: "an Amazon MWS token: it acts for a seller", key: "auth_token",
			judge: func(_ window, _ *match, tail []byte) bool { return isUUID(tail) }},
	}
}

func isB64URL(b byte) bool { return isURL64(b) || b == '+' || b == '/' || b == '=' }

func isUUID(text []byte) bool {
	for i, b := range text {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (b == '-') {
			return false
		}
	}
	return len(text) == 36
}

// entraSecret knows three characters, a digit, "Q~" and 31 to 34 more.
func entraSecret(w window) (match, bool) {
	in := func(b byte) bool { return isAlnum(b) || b == '_' || b == '~' || b == '.' || b == '-' }
	start := w.at - 3
	if start < 0 || run(w.data[:w.at], start, in) != w.at {
		return match{}, false
	}
	from := w.at + len("8Q~")
	end := run(w.data, from, in)
	for end > from && w.data[end-1] == '.' {
		end--
	}
	if start > 0 && in(w.data[start-1]) && !escaped(w.data[:start]) {
		return match{}, false
	}
	if n := end - from; n < 31 || n > 34 || placeholder(w.data[from:end]) {
		return match{}, false
	}
	s := shape{rule: rules.EntraClientSecret, severity: rules.High, key: "client_secret",
		message: "a client secret of Microsoft Entra ID: it signs in as the application until it expires"}
	return s.found(w, start, end, "Entra secret"), true
}

// entraRefresh knows "0.A" or "1.A", ".Ag" and what follows. The anchor is in
// its middle.
func entraRefresh(w window) (match, bool) {
	start := w.at
	for start > 0 && isURL64(w.data[start-1]) {
		start--
	}
	start -= len("0.")
	if start < 0 || w.data[start+1] != '.' || w.data[start] != '0' && w.data[start] != '1' || w.data[start+2] != 'A' || w.at-start < 50 ||
		start > 0 && isURL64(w.data[start-1]) && !escaped(w.data[:start]) {
		return match{}, false
	}
	end := run(w.data, w.at+1, isURL64Dot)
	for w.data[end-1] == '.' {
		end--
	}
	if end-w.at < 250 || placeholder(w.data[w.at+3:end]) {
		return match{}, false
	}
	s := shape{rule: rules.EntraRefreshToken, severity: rules.Critical, key: "refresh_token",
		message: "a refresh token of Microsoft Entra ID: it makes new access tokens for ninety days, and longer if it is used"}
	return s.found(w, start, end, "Entra token"), true
}

// xBearer knows 22 times "A" and 80 to 100 more, close to the name of the service.
func xBearer(w window) (match, bool) {
	if w.at > 0 && (w.data[w.at-1] == 'A' || isAlnum(w.data[w.at-1]) && !escaped(w.data[:w.at])) {
		return match{}, false // most often zeros in base64
	}
	end := run(w.data[:min(len(w.data), w.at+200)], w.at, isAlnumPercent)
	tail := w.data[w.at+22 : end]
	if len(tail) < 80 || len(tail) > 100 || shannon(tail) < 4 || !nearX(w.data, w.at, end) {
		return match{}, false
	}
	s := shape{rule: rules.XBearerToken, severity: rules.High, key: "bearer_token",
		message: "a bearer token of X (Twitter): it reads as the application"}
	return s.found(w, w.at, end, "AAAA"), true
}

func nearX(data []byte, from, to int) bool {
	return near(data, from, to, 200, "twitter", "Twitter", "TWITTER", "api.x.com", "X_BEARER", "X_ACCESS", "X_API")
}

// namedShape makes the finding of a value that its key's name tells.
func (n named) found(s shape, end int, label string) match {
	m := match{
		rule: s.rule, severity: s.severity, confidence: rules.MediumConfidence, message: s.message,
		start: n.start, end: end, key: n.shown(s.key), label: label, random: true,
	}
	m.under(n.key)
	return m
}

// facebookSecret judges 32 hexadecimal digits under the name of a secret, with
// the service's name in it or near it.
func facebookSecret(n named) (match, bool) {
	end := run(n.data, n.start, isLowerHex)
	// A token of this form is no one's but under the service's own name.
	named := n.names("secret") || n.names("facebook") && n.names("token")
	if end-n.start == 32 && n.ends(end) && named && !placeholder(n.data[n.start:end]) &&
		(n.names("facebook", "fb", "meta") || near(n.data, n.from, n.start, 100, "facebook", "Facebook", "FACEBOOK")) {
		return n.found(shape{rule: rules.FacebookAppSecret, severity: rules.High, key: "app_secret",
			message: "the secret of a Facebook application: it lets others act as the application"}, end, "app secret"), true
	}
	return match{}, false
}

// facebookAppToken judges a number, a pipe and a tail.
func facebookAppToken(n named) (match, bool) {
	end := facebookAppTokenEnd(n.data, n.start)
	if end < 0 {
		return match{}, false
	}
	return n.found(facebookAppTokenShape(), end, "app token"), true
}

// facebookAppTokenBeside knows the same behind the name of the service.
func facebookAppTokenBeside(w window) (match, bool) {
	const distance, least = 40, 12
	from := w.at + len("facebook")
	for i := from; i < min(len(w.data), from+distance); i++ {
		digits := run(w.data, i, isDigit)
		if digits-i < least {
			i = digits
			continue
		}
		end := facebookAppTokenEnd(w.data, i)
		if end < 0 {
			return match{}, false
		}
		m := facebookAppTokenShape().found(w, i, end, "app token")
		m.confidence = rules.MediumConfidence
		m.span(w.at, end)
		return m, true
	}
	return match{}, false
}

// facebookAppTokenEnd gives where the token ends that begins at start, or -1.
func facebookAppTokenEnd(data []byte, start int) int {
	pipe := run(data, start, isDigit)
	if digits := pipe - start; digits < 12 || digits > 18 || pipe == len(data) || data[pipe] != '|' {
		return -1
	}
	end := run(data, pipe+1, isURL64)
	tail := data[pipe+1 : end]
	if len(tail) < 24 || len(tail) > 40 || placeholder(tail) || !looksRandom(tail) {
		return -1
	}
	return end
}

func facebookAppTokenShape() shape {
	return shape{rule: rules.FacebookAppToken, severity: rules.High, key: "access_token",
		message: "a token of a Facebook application, its ID and secret: it lets others act as the application"}
}

// azureStorageKey judges 86 characters of base64 and "==".
func azureStorageKey(n named) (match, bool) {
	end := run(n.data, n.start, isB64)
	if end-n.start != 86 || !bytes.HasPrefix(n.data[end:], []byte("==")) || !n.names("accountkey", "storagekey", "accesskey", "azure", "storageaccount") ||
		placeholder(n.data[n.start:end]) {
		return match{}, false
	}
	m := n.found(shape{rule: rules.AzureStorageKey, severity: rules.High, key: "AccountKey",
		message: "the key of an Azure storage account: it reads and writes everything in it"}, end+2, "account key")
	m.confidence = rules.HighConfidence
	return m, true
}

// lwaSecret judges 64 hexadecimal digits beside a client ID of Login with Amazon.
func lwaSecret(n named) (match, bool) {
	end := run(n.data, n.start, isLowerHex)
	if end-n.start != 64 || !n.ends(end) || !n.names("secret") || placeholder(n.data[n.start:end]) ||
		!n.names("lwa", "amazon") && !near(n.data, n.from, end, 500, "amzn1.application-oa2-client.") {
		return match{}, false
	}
	return n.found(shape{rule: rules.AmazonLWAClient, severity: rules.Medium, key: "client_secret",
		message: "a Login with Amazon client secret: it lets others pose as the application"}, end, "client secret"), true
}

// xToken judges an access token of X, a number, "-" and a tail, and its secret.
func xToken(n named) (match, bool) {
	s := shape{rule: rules.XAccessToken, severity: rules.High, key: "access_token",
		message: "an access token of X (Twitter): with its secret and its application's it acts as the account"}
	digits := run(n.data, n.start, isDigit)
	if digits < len(n.data) && n.data[digits] == '-' && digits-n.start >= 15 && digits-n.start <= 25 && n.names("token", "access") {
		end := run(n.data, digits+1, isAlnum)
		tail := n.data[digits+1 : end]
		if len(tail) < 20 || len(tail) > 40 || !n.ends(end) || placeholder(tail) || !looksRandom(tail) || !n.ofX() {
			return match{}, false
		}
		return n.found(s, end, "access token"), true
	}
	end := run(n.data, n.start, isAlnum)
	value := n.data[n.start:end]
	if len(value) != 45 || !n.ends(end) || !n.names("secret", "twittertoken", "twitteraccess") || placeholder(value) || !looksRandom(value) || !n.ofX() {
		return match{}, false
	}
	s.message = "the secret of an access token of X (Twitter), by its length and place"
	return n.found(s, end, "token secret"), true
}

func (n named) ofX() bool { return n.names("twitter") || nearX(n.data, n.from, n.start) }

// ends says whether no word goes on at end.
func (n named) ends(end int) bool { return end == len(n.data) || !isURL64(n.data[end]) }
