package secrets

import "scopeaudit/audit/rules"

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
			Remedy:  "if it is a web client, reset the secret at https://console.cloud.google.com/apis/credentials; an installed program cannot keep its secret, but leave the file out of git all the same",
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
