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

func clientRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.GoogleClientID, Title: "Google OAuth client ID",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:   "Text holds an identifier that ends in \".apps.googleusercontent.com\".",
			Why:    "It is public by design and named here only because it says which application a secret or token beside it belongs to.",
			Before: `client_id = "000000000000-example.apps.googleusercontent.com"`,
			Remedy: "nothing to do", Sources: []string{pageNativeApp, rfc6749 + "#section-2.2"},
		},
		{
			ID: rules.GoogleClientSecret, Title: "Google OAuth client secret in the open",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "Text holds \"GOCSPX-\" and 28 characters.",
			Why: "Others may pose as the application. For a web application that is serious. For an installed one Google does not " +
				"count on the secret's confidentiality: alone it lends the application's name and quota, and with a refresh token " +
				"it is a full credential.",
			Before: `client_secret = "GOCSPX-EXAMPLE"`, After: `client_secret = os.environ["GOOGLE_CLIENT_SECRET"]`,
			Remedy:  "reset the secret of the client in the console, at https://console.cloud.google.com/apis/credentials",
			Sources: []string{pageNativeApp, rfc8252},
		},
		{
			ID: rules.GoogleClientSecretLegacy, Title: "Google OAuth client secret of the older form in the open",
			Severity: rules.Medium, Confidence: rules.MediumConfidence,
			What: "Under the name of a client secret, or right beside a Google client ID, stand 24 random characters.",
			Why: "The same as for a secret of today's form, which begins with \"GOCSPX-\". Secrets of this form stay valid until " +
				"they are reset.",
			Before: `client_secret = "(24 characters)"`, After: `client_secret = os.environ["GOOGLE_CLIENT_SECRET"]`,
			Remedy:  "reset the secret of the client in the console, at https://console.cloud.google.com/apis/credentials",
			Sources: []string{pageNativeApp, rfc8252},
		},
		{
			ID: rules.GoogleOAuthClient, Title: "identity of a Google OAuth client",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "One input holds a client ID and a client secret.",
			Why: "Together they let others pose as the application towards its users. High for a web client; low for an installed " +
				"one, whose secret ships with the program and which Google does not treat as confidential; info for clients that " +
				"are published, such as gcloud's.",
			Before:  `{"installed": {"client_id": "000000000000-example.apps.googleusercontent.com", "client_secret": "GOCSPX-EXAMPLE"}}`,
			After:   `client_credentials.json in .gitignore, and handed out by another way`,
			Remedy:  "for a web client, reset the secret in the console, at https://console.cloud.google.com/apis/credentials",
			Sources: []string{pageNativeApp, rfc8252},
		},
		{
			ID: rules.GoogleFullCredential, Title: "full Google credential in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What: "One input, or the files of one folder, hold a client ID, a client secret and a refresh token.",
			Why: "Nothing else is needed: anyone who has the three can make access tokens for the account, from anywhere, " +
				"for as long as the grant lasts.",
			Before: `{"client_id": "…", "client_secret": "GOCSPX-EXAMPLE", "refresh_token": "1//0EXAMPLE"}`, After: keepTokenOut,
			Remedy:  "end the grant at " + pageRevoke + ", then reset the client's secret in the console",
			Sources: []string{pageOAuth, rfc6819},
		},
	}
}
