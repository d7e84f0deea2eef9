package google

import "scopeaudit/audit/rules"

// Pages that only this advice rests on.
const (
	driveErrorsPage  = "https://developers.google.com/workspace/drive/api/guides/handle-errors"
	delegationPage   = "https://developers.google.com/identity/protocols/oauth2/service-account#delegatingauthority"
	xoauth2Page      = "https://developers.google.com/workspace/gmail/imap/xoauth2-protocol"
	appPasswordsPage = "https://support.google.com/accounts/answer/185833"
)

// apiAdvice explains refusals of an API that are easily taken for a missing
// scope. It comes before tokenAdvice, whose wordings these texts hold too.
func apiAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:  "insufficientFilePermissions",
			Also:  []string{"sufficient permissions for this file", "insufficient permissions for the specified parent"},
			Means: "The token's scopes are good; the account may not do this to this file.",
			Causes: []string{
				"the file belongs to somebody else, who shared it for reading only",
				"the program runs as a service account, with which nobody shared the file",
			},
			Remedy:  "Have the owner share the file with the account that signed in (for a service account: its e-mail address). A wider scope does not help.",
			Sources: []string{driveErrorsPage},
		},
		{
			Text:  "appNotAuthorizedToFile",
			Also:  []string{"has not granted the app", "the user has not authorized the app"},
			Means: "The token holds drive.file, and this is no file that the program made or that the user picked for it.",
			Causes: []string{
				"the file was made by hand or by another program",
				"the file was made by this program with another client ID",
			},
			Remedy:  "Let the user open the file with Google's picker, or make it with the program. Only a program that must read files by itself needs drive.readonly: `scopeaudit explain drive.file` says what the scope reaches.",
			Sources: []string{driveErrorsPage, "https://developers.google.com/workspace/drive/api/guides/api-specific-auth"},
		},
		{
			Text:  "failedPrecondition",
			Also:  []string{"Precondition check failed", "Mail service not enabled"},
			Means: "Gmail was asked for the mailbox of an account that has none.",
			Causes: []string{
				"the program runs as a service account: that has no mailbox, and userId='me' means the service account",
				"the account has no Gmail licence, or Gmail is switched off for it",
			},
			Remedy:  "Sign in as the user: `scopeaudit login CLIENT` obtains a token that can only read. In an organisation, the administrator can let the service account act for users (with_subject), for exactly the scopes that the program needs.",
			Sources: []string{delegationPage, apiErrorsPage},
		},
		{
			Text:    "Delegation denied",
			Means:   "The token is for one account, and the call names the mailbox of another.",
			Causes:  []string{"userId is another address than that of the account which signed in", "a service account acts for a user without domain-wide delegation"},
			Remedy:  "Write userId='me', or sign in with the account that is meant.",
			Sources: []string{delegationPage},
		},
		{
			Text:    "rateLimitExceeded",
			Also:    []string{"userRateLimitExceeded", "RESOURCE_EXHAUSTED", "Quota exceeded", "dailyLimitExceeded", "Rate Limit Exceeded"},
			Means:   "The program calls more often than it may. The token and its scopes have nothing to do with it.",
			Causes:  []string{"a loop fetches messages one by one without a pause", "several programs share the project, or all its users come from one address"},
			Remedy:  "Wait and try again, longer each time, or send calls together in a batch.",
			Sources: []string{apiErrorsPage},
		},
		{
			Text:  "You do not have permission to call",
			Also:  []string{"permissions are not sufficient to call", "does not have permission to perform that action"},
			Means: "The Apps Script lacks a scope that the built-in service needs, or runs where it may not use that service.",
			Causes: []string{
				"oauthScopes in appsscript.json leaves the scope out: once that list is there, nothing is added by itself",
				"the script was changed, and the user has not agreed to the new scopes",
				"it runs as a simple trigger (onOpen, onEdit) or as a custom function, which may use no service that needs consent",
			},
			Remedy:  "Run the function once in the editor and agree, or add the scope to appsscript.json: `scopeaudit needs FOLDER` says which ones the script needs.",
			Sources: []string{"https://developers.google.com/apps-script/concepts/scopes", "https://developers.google.com/apps-script/guides/triggers"},
		},
		{
			Text:  "AUTHENTICATIONFAILED",
			Also:  []string{"Username and Password not accepted", "Application-specific password required"},
			Means: "Gmail's IMAP or SMTP server refused what it was given. It takes no account's password any more.",
			Causes: []string{
				"the program sends the password of the account",
				"it sends an access token that has ended, or one without https://mail.google.com/",
				"an app password was revoked, which a new account password does",
			},
			Remedy:  "Use the Gmail API with gmail.readonly: IMAP takes nothing less than a token for all mail, and an app password opens as much. `scopeaudit explain gmail.readonly` says what it permits.",
			Sources: []string{xoauth2Page, appPasswordsPage},
		},
	}
}

// libraryAdvice explains what libraries say while they look for credentials or
// sign in.
func libraryAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:  "credentials.json is not there",
			Also:  []string{"No such file or directory: 'credentials.json'", "No such file or directory: 'client_secret", "open 'credentials.json'", "Unable to read client secret file", "Resource not found: /credentials.json"},
			Means: "The program looks for the client's file where it was started, and finds none.",
			Causes: []string{
				"the file was not downloaded from the console, or has its long name still (client_secret_….json)",
				"the program was started in another folder than its own",
			},
			Remedy:  "Download the file of a Desktop client, give it the name that the program wants, and keep it out of git. `scopeaudit client FILE` says whether it is the right one.",
			Sources: []string{clientsPage},
		},
		{
			Text:  "default credentials were not found",
			Also:  []string{"could not find default credentials", "Could not load the default credentials", "Could not automatically determine credentials"},
			Means: "The program asks for the machine's own credentials, and this machine has none.",
			Causes: []string{
				"GOOGLE_APPLICATION_CREDENTIALS is not set, or not where the program runs",
				"nobody has signed in with gcloud on this machine",
				"no credentials were passed to the client, which then looks for these",
			},
			Remedy:  "For mail, files and calendars of a user, load the user's token and pass it to the client. For Google Cloud, `gcloud auth application-default login` makes such credentials; they can do whatever the account can.",
			Sources: []string{"https://cloud.google.com/docs/authentication/application-default-credentials"},
		},
		{
			Text:    "No access, refresh token",
			Also:    []string{"No refresh token is set", "No access or refresh token is set"},
			Means:   "The Node client was given no token, or an expired access token with nothing to renew it.",
			Causes:  []string{"setCredentials was not called, or was given the client's file", "the token has no refresh_token: a web client gets one on the first consent only, with access_type=offline"},
			Remedy:  "Load the token file before the first call. Where it holds no refresh token, remove the app's old grant at https://myaccount.google.com/connections and sign in again.",
			Sources: []string{overviewPage},
		},
		{
			Text:  "mismatching_state",
			Also:  []string{"State not equal in request and response", "MismatchingStateError"},
			Means: "The answer belongs to another sign-in than the one that waits for it, so the library refuses it. That is what state is for.",
			Causes: []string{
				"the page of an earlier try was used, or a second one was open",
				"the session cookie was lost on the way: another host name (localhost and 127.0.0.1 are two), http where https is meant",
				"somebody else's answer was passed on to you",
			},
			Remedy:  "Close the old pages and start once more, with one host name throughout. Do not switch the check off.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6749#section-10.12"},
		},
		{
			Text:    "insecure_transport",
			Also:    []string{"OAuth 2 MUST utilize https"},
			Means:   "The library refuses a redirect over http, since whoever sees the code on the way can use it.",
			Causes:  []string{"a web application runs without TLS, or behind a proxy that ends it", "a flow for web servers is used on a computer: run_local_server() takes care of this itself"},
			Remedy:  "On your own computer use InstalledAppFlow.run_local_server(port=0); on a server use https. OAUTHLIB_INSECURE_TRANSPORT is for nothing but tests on this computer.",
			Sources: []string{nativeAppPage, "https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.1"},
		},
		{
			Text:    "could not locate runnable browser",
			Means:   "The program wants to open a browser, and there is none: it runs over SSH, in a container or in a notebook on a server.",
			Causes:  []string{"the machine has no browser", "Google ended the flow in which a code was copied by hand, so an old tutorial's way out is gone"},
			Remedy:  "`scopeaudit login --no-browser CLIENT` prints the address and takes the one that the browser ends on; or sign in on your own computer and bring the token file.",
			Sources: []string{nativeAppPage, oobPage},
		},
		{
			Text:    "The caller does not have permission",
			Also:    []string{"PERMISSION_DENIED"},
			Means:   "The account may not have what was asked for. Where the answer names no ACCESS_TOKEN_SCOPE_INSUFFICIENT, the scopes are not at fault.",
			Causes:  []string{"nobody shared the document, calendar or project with the account that signed in", "the program runs as a service account, which is an account of its own", "an administrator has switched the service off"},
			Remedy:  "Share it with that account (for a service account: its e-mail address), or sign in with the right one. A wider scope does not help.",
			Sources: []string{driveErrorsPage, apiErrorsPage},
		},
	}
}
