package secrets

import "scopeaudit/audit/rules"

// providerRules are about identity providers other than Google.
func providerRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.FacebookAccessToken, Title: "Facebook token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"EAA\" and 80 to 800 letters and digits.",
			Why:    "It acts as a user or a page within its permissions; a page's may not expire.",
			Before: `graph = GraphAPI("EAAEXAMPLE")`, After: `graph = GraphAPI(os.environ["FACEBOOK_TOKEN"])`,
			Remedy:  "end the token in the application's dashboard at https://developers.facebook.com/apps" + thenClean,
			Sources: []string{"https://developers.facebook.com/docs/facebook-login/guides/access-tokens"},
		},
		{
			ID: rules.FacebookAppToken, Title: "Facebook application token in the open",
			Severity: rules.High, Confidence: rules.MediumConfidence,
			What:   "Under the name of a token or secret, or behind \"facebook\", stand 12 to 18 digits, a pipe and 24 to 40 characters.",
			Why:    "It holds the application's secret: others may act as the application and read what it may.",
			Before: `access_token = "(number)|(27 characters)"`, After: `access_token = os.environ["FACEBOOK_APP_TOKEN"]`,
			Remedy:  "reset the application's secret at https://developers.facebook.com/apps" + thenClean,
			Sources: []string{"https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens"},
		},
		{
			ID: rules.FacebookAppSecret, Title: "Facebook application secret in the open",
			Severity: rules.High, Confidence: rules.MediumConfidence,
			What:   "Under the name of a secret, with \"facebook\" in it or near it, stand 32 hexadecimal digits.",
			Why:    "Others may act as the application and make its tokens.",
			Before: `FACEBOOK_APP_SECRET = "(32 hexadecimal digits)"`, After: `FACEBOOK_APP_SECRET = os.environ["FACEBOOK_APP_SECRET"]`,
			Remedy:  "reset the secret at https://developers.facebook.com/apps" + thenClean,
			Sources: []string{"https://developers.facebook.com/docs/facebook-login/security"},
		},
		{
			ID: rules.InstagramToken, Title: "Instagram token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"IGQVJ\" and 95 or more characters.",
			Why:    "It reads the account's media, or posts, for sixty days, and can be renewed.",
			Before: `access_token = "IGQVJEXAMPLE"`, After: `access_token = os.environ["INSTAGRAM_TOKEN"]`,
			Remedy:  "remove the application from the account's settings at Instagram" + thenClean,
			Sources: []string{"https://developers.facebook.com/docs/instagram-platform"},
		},
		{
			ID: rules.EntraClientSecret, Title: "Microsoft Entra client secret in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "Text holds three characters, a digit, \"Q~\" and 31 to 34 characters, with nothing of the kind on either " +
				"side.",
			Why:    "It signs in as the application, with all that the application may do in its tenant.",
			Before: "AZURE_CLIENT_SECRET=(3)8Q~(34 characters)", After: "a managed identity or a federated credential, without any secret",
			Remedy:  "remove the secret from the application's registration at https://entra.microsoft.com" + thenClean,
			Sources: []string{"https://learn.microsoft.com/en-us/entra/identity-platform/how-to-add-credentials"},
		},
		{
			ID: rules.EntraRefreshToken, Title: "Microsoft Entra refresh token in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What:   "Text holds \"0.A\" or \"1.A\", some 50 characters, \".Ag\" and 250 or more characters.",
			Why:    "It makes new access tokens for the account for ninety days, and longer if it is used.",
			Before: "refresh_token = 0.A(50 characters).Ag(250 characters)", After: "a cache outside the repository",
			Remedy:  "revoke the user's sessions at https://entra.microsoft.com" + thenClean,
			Sources: []string{"https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens"},
		},
		{
			ID: rules.AzureStorageKey, Title: "Azure storage key in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Under the name of an account key stand 86 characters of base64 and \"==\".",
			Why:    "It reads, changes and deletes everything in the storage account.",
			Before: "AccountName=name;AccountKey=(88 characters)", After: "DefaultAzureCredential()  # no key at all",
			Remedy:  "rotate the key of the storage account at https://portal.azure.com" + thenClean,
			Sources: []string{"https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage"},
		},
		{
			ID: rules.AmazonLWAAccess, Title: "Login with Amazon access token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"Atza|\" and 200 or more characters.",
			Why:    "It opens the account within its scopes for about an hour.",
			Before: "x-amz-access-token: Atza|EXAMPLE", After: "x-amz-access-token: $LWA_TOKEN",
			Remedy:  "remove the application from the account, or wait until the token has ended" + thenClean,
			Sources: []string{"https://developer.amazon.com/docs/login-with-amazon/access-token.html"},
		},
		{
			ID: rules.AmazonLWARefresh, Title: "Login with Amazon refresh token in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What:   "Text holds \"Atzr|\" and 100 or more characters.",
			Why:    "With the client's ID and secret it makes new access tokens until the user removes the application.",
			Before: "refresh_token: Atzr|EXAMPLE", After: "refresh_token from the environment",
			Remedy:  "remove the application from the account at https://www.amazon.com/ap/adam" + thenClean,
			Sources: []string{"https://developer.amazon.com/docs/login-with-amazon/refresh-token.html"},
		},
		{
			ID: rules.AmazonLWAClient, Title: "Login with Amazon client",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "Text holds a client secret (\"amzn1.oa2-cs.v1.\" and 64 hexadecimal digits, or the digits alone beside a " +
				"client ID), or, as info, a client ID.",
			Why:    "The secret lets others pose as the application; the ID is an identifier.",
			Before: `client_secret = "amzn1.oa2-cs.v1.EXAMPLE"`, After: `client_secret = os.environ["LWA_CLIENT_SECRET"]`,
			Remedy:  "rotate the secret in the developer console, at https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html" + thenClean,
			Sources: []string{"https://developer.amazon.com/docs/login-with-amazon/register-web.html"},
		},
		{
			ID: rules.AmazonMWSToken, Title: "Amazon MWS token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"amzn.mws.\" and a UUID.",
			Why:    "It acts for a seller: orders, stock, reports.",
			Before: "MWS_AUTH_TOKEN=amzn.mws.EXAMPLE", After: "MWS_AUTH_TOKEN from the environment",
			Remedy:  "remove the developer's access in Seller Central" + thenClean,
			Sources: []string{"https://developer-docs.amazon.com/sp-api/docs/sp-api-migration-hub"},
		},
		{
			ID: rules.XBearerToken, Title: "X (Twitter) bearer token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Near the name of the service stand 22 times \"A\" and 80 to 100 characters.",
			Why:    "It reads as the application, at the cost of its quota.",
			Before: `twitter_bearer = "AAAA(102 characters)"`, After: `twitter_bearer = os.environ["TWITTER_BEARER_TOKEN"]`,
			Remedy:  "regenerate the token at https://developer.x.com/en/portal/dashboard" + thenClean,
			Sources: []string{"https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only"},
		},
		{
			ID: rules.XAccessToken, Title: "X (Twitter) access token in the open",
			Severity: rules.High, Confidence: rules.MediumConfidence,
			What: "Near the name of the service stands, under the name of a token, a number, \"-\" and 20 to 40 characters, " +
				"or, under that of its secret, 45 characters.",
			Why:    "With the application's key it reads and posts as the account, and does not expire.",
			Before: `twitter_access_token = "(number)-(40 characters)"`, After: `twitter_access_token = os.environ["TWITTER_ACCESS_TOKEN"]`,
			Remedy:  "regenerate the token at https://developer.x.com/en/portal/dashboard" + thenClean,
			Sources: []string{"https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens"},
		},
	}
}
