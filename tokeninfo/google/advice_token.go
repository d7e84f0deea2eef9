package google

import "scopeaudit/audit/rules"

// tokenAdvice explains what goes wrong with a token that there is. The special
// case stands before the general one.
func tokenAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:  "invalid_rapt",
			Also:  []string{"reauth related error", "rapt_required"},
			Means: "The organisation wants people to sign in again after some hours, and no refresh token gets around that.",
			Causes: []string{
				"the administrator of the Google Workspace organisation has set a session length for Google Cloud or for apps",
			},
			Remedy:  "Sign in again. For a program that runs unattended, the administrator can mark the app as trusted and exempt it.",
			Sources: []string{"https://support.google.com/a/answer/9368756"},
		},
		{
			Text:  "invalid_grant",
			Also:  []string{"token has been expired or revoked", "Malformed auth code"},
			Means: "The refresh token (or the authorization code) is dead. It will not come back, and Google does not say what killed it.",
			Causes: []string{
				"the app's publishing status is Testing: its refresh tokens die after seven days, unless they are for sign-in only",
				"the user removed the app's access, or somebody revoked a token of the same grant",
				"the password was changed, which ends every refresh token that holds Gmail scopes",
				"the account has more than 100 refresh tokens for this client: each new one silently ends the oldest, as happens to a program that asks for consent on every run",
				"nobody used the token for six months",
				"an administrator restricted the service, or the time that the user agreed to is over",
				"for an authorization code: it was used before, is older than some minutes, or belongs to another redirect address or code verifier",
				"the token belongs to another client than the one it was sent with",
			},
			Remedy:  "Sign in again: `scopeaudit login CLIENT` does, and obtains no more than the policy allows. If it happens every week, the app is in Testing: renew the token weekly, or publish the app (Google Auth Platform, Audience).",
			Sources: []string{overviewPage + "#expiration", audiencePage, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2"},
		},
		{
			Text:  "Metadata scope does not support 'q' parameter",
			Also:  []string{"metadata scope doesn't allow format full", "metadata scope doesn't allow format raw"},
			Means: "The token holds gmail.metadata, which takes search and full messages away even where a wider scope is held beside it.",
			Causes: []string{
				"the program once asked for gmail.metadata, and the new scopes were merged with the old grant",
				"its list of scopes has both gmail.metadata and a scope that reads mail",
			},
			Remedy:  "Take gmail.metadata out of the scopes, remove the app's old grant, and sign in again. `scopeaudit explain gmail.metadata` says more.",
			Sources: []string{"https://github.com/googleapis/google-api-python-client/issues/582"},
		},
		{
			Text:  "insufficientPermissions",
			Also:  []string{"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficient authentication scopes", "insufficient permission", "insufficient_scope"},
			Means: "The token is good, and none of its scopes permits this call.",
			Causes: []string{
				"the list of scopes in the program was widened, and the token is an older one: a token keeps the scopes it was made with",
				"the user left a box unticked on the consent page",
				"the call needs a scope of another kind: https://mail.google.com/ changes no filter, gmail.modify deletes nothing for ever",
			},
			Remedy:  "`scopeaudit token FILE` says what the token holds. Ask for the narrowest scope that permits the call, and sign in again.",
			Sources: []string{apiErrorsPage, "https://developers.google.com/workspace/gmail/api/auth/scopes"},
		},
		{
			Text:    "accessNotConfigured",
			Also:    []string{"SERVICE_DISABLED", "it is disabled", "has not been used in project"},
			Means:   "The API is not switched on in the client's project. The token's scopes have nothing to do with it.",
			Causes:  []string{"nobody enabled the Gmail API for the project", "it was enabled in another project than the client's", "it was enabled a minute ago"},
			Remedy:  "In the console, choose the project that the error names, then APIs and services, Library, Gmail API, Enable. Wait some minutes.",
			Sources: []string{apiErrorsPage},
		},
		{
			Text:    "invalid_token",
			Also:    []string{"UNAUTHENTICATED", "Invalid Credentials", "authError", "Expected OAuth 2 access token", "invalid authentication credentials"},
			Means:   "The access token is not valid now: it has expired, was revoked, or never was one. Google does not say which.",
			Causes:  []string{"an hour has passed, and the program did not refresh it", "the grant was revoked", "what was sent is no access token: a refresh token, an ID token, or a text with quotes around it"},
			Remedy:  "Refresh the token, or sign in again if that gives invalid_grant. `scopeaudit token FILE` asks Google.",
			Sources: []string{apiErrorsPage, "https://www.rfc-editor.org/rfc/rfc6750#section-3.1"},
		},
		{
			Text:    "Token is not revocable",
			Means:   "Google does not end this token on its own.",
			Causes:  []string{"it is an access token whose refresh token has to be revoked instead", "it belongs to a service account or to a federated identity"},
			Remedy:  "Revoke the refresh token beside it (`scopeaudit revoke FILE` does), or remove the app at https://myaccount.google.com/connections. A service account's access tokens end by themselves within the hour; what must go is its key.",
			Sources: []string{"https://cloud.google.com/sdk/gcloud/reference/auth/revoke"},
		},
		{
			Text:    "invalid_dpop_proof",
			Also:    []string{"use_dpop_nonce"},
			Means:   "The refresh token is bound to a key that only its own program holds (DPoP). Nobody else can use it.",
			Causes:  []string{"the token was copied away from the program that obtained it"},
			Remedy:  "Obtain a token of your own. scopeaudit cannot refresh such a token; it can be revoked.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc9449"},
		},
		{
			Text:    "invalid_scope",
			Also:    []string{"Some requested scopes were invalid", "Some requested scopes cannot be shown"},
			Means:   "A scope in the list is none that Google knows, or none that this token may have.",
			Causes:  []string{"a scope is misspelt, or its slash at the end is missing: https://mail.google.com/", "a text was given where a list belongs, so that Google got single letters", "a refresh asked for more than was granted: the program's list was widened after the token was made"},
			Remedy:  "`scopeaudit explain gmail.readonly` shows how a scope is written. After a change of scopes, sign in again; keep the old token file until that has worked.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6749#section-5.2", "https://developers.google.com/workspace/gmail/api/auth/scopes"},
		},
	}
}

// fileAdvice explains what libraries say about files.
func fileAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:    "Scope has changed",
			Means:   "The sign-in worked; Google granted other scopes than were asked for, and the library stops.",
			Causes:  []string{"the user left a box unticked", "Google added openid, or wrote email as …/auth/userinfo.email", "scopes of an older grant were merged in, because include_granted_scopes is set"},
			Remedy:  "Leave include_granted_scopes out and compare what was granted: `scopeaudit token FILE`. Setting OAUTHLIB_RELAX_TOKEN_SCOPE hides the difference and mends nothing.",
			Sources: []string{"https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions"},
		},
		{
			Text:    "Authorized user info was not in the expected format",
			Also:    []string{"missing fields refresh_token"},
			Means:   "google-auth was given a file that is no token file.",
			Causes:  []string{"it is the client's file from the console (credentials.json), given where token.json belongs", "the token file is empty: a script opened it for writing and failed", "there is no refresh token, since a web client gives one on the first consent only"},
			Remedy:  "`scopeaudit token FILE` says what the file is. Move a broken token file away and sign in again.",
			Sources: []string{clientLibPage},
		},
		{
			Text:    "do not contain the necessary fields need to refresh",
			Means:   "The access token has ended and nothing in the file can make a new one.",
			Causes:  []string{"the file holds no refresh token: a web client gives one on the first consent only, with access_type=offline", "the client ID or the client secret is missing"},
			Remedy:  "Remove the app's old grant at https://myaccount.google.com/connections and sign in again, so that there is a first consent.",
			Sources: []string{clientLibPage, overviewPage},
		},
		{
			Text:    "Client secrets must be for a web or installed app",
			Also:    []string{"missing 'type' field", "expected one of authorized_user, service_account"},
			Means:   "The program was given a credential file of another kind than it reads.",
			Causes:  []string{"a token file or a service-account key was given where the client's file belongs, or the other way round: all are called credentials.json somewhere"},
			Remedy:  "`scopeaudit audit FILE` says which kind it is. Client files come from the console's page Clients; token files are written by the program itself.",
			Sources: []string{clientLibPage},
		},
	}
}
