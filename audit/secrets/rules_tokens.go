package secrets

import "scopeaudit/audit/rules"

// Pages that the rules rest on.
const (
	pageOAuth     = "https://developers.google.com/identity/protocols/oauth2"
	pageNativeApp = "https://developers.google.com/identity/protocols/oauth2/native-app"
	pageRevoke    = "https://myaccount.google.com/connections"
	rfc6749       = "https://www.rfc-editor.org/rfc/rfc6749"
	rfc6819       = "https://www.rfc-editor.org/rfc/rfc6819#section-5.1.6"
	rfc8252       = "https://www.rfc-editor.org/rfc/rfc8252#section-8.5"
)

const (
	endToken     = "end the grant at " + pageRevoke + " (the app is listed there by name), then take the value out of the file and of its history"
	keepTokenOut = `creds = Credentials.from_authorized_user_file("token.json")  # and token.json in .gitignore`
)

func tokenRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.GoogleAccessToken, Title: "Google access token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "Text holds \"ya29.\" and 20 or more characters of a token; inner dots belong to it.",
			Why: "Whoever has it may call Google's APIs as the user, within the scopes of the token, for about an hour " +
				"after it was made; no password and no second factor is asked for.",
			Before: `headers = {"Authorization": "Bearer ya29.EXAMPLE"}`, After: keepTokenOut,
			Remedy: endToken, Sources: []string{pageOAuth, rfc6819},
		},
		{
			ID: rules.GoogleRefreshToken, Title: "Google refresh token in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What: "Text holds \"1//0\" and 80 or more characters of a token, or 40 or more under the name of a token.",
			Why: "With its client's ID and secret it makes new access tokens, and it does not expire by itself: it lasts until " +
				"the user ends the grant, or leaves it unused for six months. A client that is published makes it as bad as a password.",
			Before: `{"refresh_token": "1//0EXAMPLE"}`, After: keepTokenOut,
			Remedy: endToken, Sources: []string{pageOAuth + "#expiration", rfc6749 + "#section-1.5", rfc6819},
		},
		{
			ID: rules.GoogleRefreshTokenLegacy, Title: "Google refresh token of the older form in the open",
			Severity: rules.High, Confidence: rules.MediumConfidence,
			What:   "Under the name of a refresh token stands \"1/\" and about 43 characters.",
			Why:    "Tokens of this form were given out for years and do not expire by themselves: it may still make access tokens.",
			Before: `refresh_token = "1/EXAMPLE"`, After: keepTokenOut,
			Remedy: endToken, Sources: []string{"https://github.com/google/oauth2l", pageOAuth},
		},
		{
			ID: rules.GoogleAuthorizationCode, Title: "Google authorization code in the open",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What: "Beside \"code\" stands \"4/\", which a URL writes \"4%2F\", and the characters of a code.",
			Why: "A code is exchanged once, within minutes, by the client that asked for it, so an old one is worth nothing; " +
				"it shows that redirects are logged or pasted, and the next one may be fresh.",
			Before: `http://localhost:8080/?code=4/EXAMPLE&scope=…`, After: `http://localhost:8080/?code=(left out)&scope=…`,
			Remedy:  "take the URL out of the file, and keep redirects out of logs",
			Sources: []string{pageNativeApp, rfc6749 + "#section-4.1.2"},
		},
		{
			ID: rules.GoogleTokenCutShort, Title: "Google token or secret that looks cut short",
			Severity: rules.High, Confidence: rules.LowConfidence,
			What: "Under the name of a token or client secret stands a value that begins as Google's do and is too short to be whole.",
			Why: "People shorten tokens when they paste them into a page or a notebook. What is left opens nothing; but the full value " +
				"was on the same screen, and often is in an earlier version of the same file.",
			Before: `token = {"token": "ya29.a0(8 characters)", "refresh_token": "1//0(23 characters)"}`, After: keepTokenOut,
			Remedy: "if the full value was ever shared or committed, " + endToken, Sources: []string{pageOAuth},
		},
	}
}
