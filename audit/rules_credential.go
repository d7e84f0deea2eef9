package audit

import "scopeaudit/audit/rules"

// credentialRules are about a credential as a whole, whatever its scopes.
func credentialRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.ClientNotAllowed, Title: "client that the policy does not allow",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "The credential belongs to an OAuth client whose ID matches none of the policy's patterns.",
			Why:     "A token of a foreign client was not obtained by your program; revoking your program's access does not end it.",
			Remedy:  "Sign in with the expected client, or add the client ID to the policy's clients.",
			Sources: []string{googleOAuthPage},
		},
		{
			ID: rules.AccountNotAllowed, Title: "account that the policy does not allow",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "The credential belongs to an account that matches none of the policy's patterns.",
			Why:     "In class a toy account is safe to lose; a personal or company account is not.",
			Remedy:  "Sign in with the expected account, or add it to the policy's accounts.",
			Sources: []string{googleOAuthPage},
		},
		{
			ID: rules.RefreshTokenPresent, Title: "refresh token where the policy allows none",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "The credential holds a refresh token and the policy says refresh_token: forbidden.",
			Why:     "An access token ends within the hour; a refresh token makes new ones until somebody revokes it.",
			Remedy:  "End it with `scopeaudit revoke FILE`, or at " + connectionsPage + ", and keep access tokens only.",
			Sources: []string{googleOAuthPage + "#expiration", "https://www.rfc-editor.org/rfc/rfc6749#section-1.5"},
		},
		{
			ID: rules.LifetimeExcess, Title: "access token lives longer than the policy allows",
			Severity: rules.Medium, Confidence: rules.MediumConfidence,
			What:    "The access token ends later than the policy's max_lifetime from now.",
			Why:     "The longer a token lives, the longer a copy of it is worth stealing.",
			Remedy:  "Obtain a token with a shorter life, or raise max_lifetime and say why.",
			Sources: []string{bestCurrentPract + "#section-2.2"},
		},
		{
			ID: rules.ForeignEndpoint, Title: "file names a server that is not Google's",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "token_uri, auth_uri, universe_domain or another address in the file is none of Google's. scopeaudit compares it and never connects to it.",
			Why:     "Libraries that obey the file send client secret and refresh token to that server.",
			Before:  "\"token_uri\": \"https://oauth2.googleapis.com.example.net/token\"",
			After:   "\"token_uri\": \"https://oauth2.googleapis.com/token\"",
			Remedy:  "Do not use the file. Download the client again from the console, and find out who changed it.",
			Sources: []string{"https://pkg.go.dev/golang.org/x/oauth2/google#CredentialsFromJSON", googleOAuthPage},
		},
		{
			ID: rules.TokenNotTested, Title: "the part that matters was not tested",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "Google was asked about the access token, which is missing or not valid now; beside it stands a refresh token, which tokeninfo cannot look up.",
			Why:     "Whoever has the refresh token and the client makes a new access token at any time. A dead access token says nothing about that.",
			Remedy:  "`scopeaudit token --refresh FILE` tests it. If you do not need it, end it at " + connectionsPage + " (your Google Account, third-party apps and services).",
			Sources: []string{googleOAuthPage + "#expiration", testingExpiryPage},
		},
		{
			ID: rules.ProbeDiffers, Title: "API opens other calls than the scopes permit",
			Severity: rules.Medium, Confidence: rules.MediumConfidence,
			What:    "`token --probe` tried calls that change nothing, and Gmail opened one that none of the granted scopes permits, or refused one that they do.",
			Why:     "What tokeninfo says and what the API does should be the same. Where they differ, something else decides: an administrator, or a grant that is just being changed.",
			Remedy:  "Ask again in some minutes; if it stays, look at the organisation's settings for apps (Admin console, Security, API controls).",
			Sources: []string{gmailScopesPage, metadataIssue},
		},
		{
			ID: rules.TokenNotValid, Title: "access token is not valid now",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "Google does not accept the access token: it has expired, was revoked, or never existed. Google does not say which.",
			Why:     "Alone, it opens nothing any more.",
			Remedy:  "Nothing needs to be done about this token; sign in again if the program should go on.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6750#section-3.1"},
		},
		{
			ID: rules.PowerUnknown, Title: "what this credential may do is unknown from this file",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "The file holds no scopes: roles (IAM), domain-wide delegation or another provider decide what the credential may do.",
			Why:     "A service-account key can be worth nothing or the mail of a whole company, and its file looks the same.",
			Remedy:  "Look at the account's roles in the Cloud console, and at domain-wide delegation in the Admin console (Security, API controls).",
			Sources: []string{delegationPage, "https://cloud.google.com/iam/docs/service-account-creds"},
		},
	}
}
