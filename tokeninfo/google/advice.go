package google

import (
	"slices"

	"scopeaudit/audit/rules"
)

// Pages of Google's that the advice rests on.
const (
	nativeAppPage  = "https://developers.google.com/identity/protocols/oauth2/native-app"
	overviewPage   = "https://developers.google.com/identity/protocols/oauth2"
	audiencePage   = "https://support.google.com/cloud/answer/15549945"
	clientsPage    = "https://support.google.com/cloud/answer/15549257"
	unverifiedPage = "https://support.google.com/cloud/answer/7454865"
	apiErrorsPage  = "https://developers.google.com/workspace/gmail/api/guides/handle-errors"
	oobPage        = "https://developers.google.com/identity/protocols/oauth2/resources/oob-migration"
	adminAppsPage  = "https://support.google.com/a/answer/7281227"
	clientLibPage  = "https://google-auth.readthedocs.io/en/stable/reference/google.oauth2.credentials.html"
)

// Advice explains the errors that people meet between the Cloud console and the
// first answer of an API. A text may hold several of these; the first in order
// is the one to go by.
func Advice() []rules.Advice {
	return slices.Concat(setupAdvice(), rareAdvice(), apiAdvice(), tokenAdvice(), fileAdvice(), libraryAdvice())
}

// SetupAdvice explains what goes wrong before there is a token, for a client of
// the given type ("installed", "web" or empty), what is likeliest for it first.
func SetupAdvice(clientType string) []rules.Advice {
	all := setupAdvice()
	if clientType == "web" {
		return all
	}
	// An installed client returns to any port of the loopback address: a
	// mismatch is the web client's trouble.
	return append(all[1:len(all):len(all)], all[0])
}

// setupAdvice begins with redirect_uri_mismatch; SetupAdvice rests on that.
func setupAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:  "redirect_uri_mismatch",
			Means: "The address to which the program wants Google to return is none that is registered for the client.",
			Causes: []string{
				"the client is of the type Web application, and the program runs on a computer: run_local_server() needs a Desktop client",
				"a web client's address differs in something: http or https, the port, the path, a slash at the end; localhost and 127.0.0.1 are two addresses",
				"the program still uses urn:ietf:wg:oauth:2.0:oob, which Google ended in 2023",
			},
			Remedy:  "For a program on a computer, create an OAuth client of the type Desktop app and download its file. For a web application, register the very address that the error page shows.",
			Sources: []string{nativeAppPage, "https://www.rfc-editor.org/rfc/rfc8252#section-7.3"},
		},
		{
			Text:  "access_denied",
			Also:  []string{"has not completed the Google verification process", "only be accessed by developer-approved testers"},
			Means: "Nobody agreed: Google or the user refused, and there is no code and no token.",
			Causes: []string{
				"the app's publishing status is Testing, and the account that signed in is not on its list of test users (Error 403)",
				"the user pressed Cancel or closed the page",
				"the account's administrator allows no app that Google has not verified",
			},
			Remedy:  "In the Google Cloud console, under Google Auth Platform, Audience, add the very address that signs in as a test user (at most 100), wait a few minutes, and sign in again.",
			Sources: []string{audiencePage, "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1"},
		},
		{
			Text:  "Google hasn't verified this app",
			Also:  []string{"app isn't verified", "unverified app", "has not been verified by google"},
			Means: "The app asks for sensitive or restricted scopes, and Google has not reviewed it. For an app of your own in Testing this is what you should see; it is no sign of an attack, and none of safety either.",
			Causes: []string{
				"it is your own app, or your course's, with the publishing status Testing",
				"it is somebody else's app that has not been reviewed",
			},
			Remedy:  "Look at the app's name and the developer's address. If both are yours, go on with Continue (or Advanced, Go to the app) and tick only what the program needs. If they are not, close the page.",
			Sources: []string{unverifiedPage, audiencePage},
		},
		{
			Text:  "org_internal",
			Also:  []string{"is restricted to users within its organization", "can only be used within its organization"},
			Means: "The app is Internal: only accounts of the Google Workspace organisation that owns its project may use it.",
			Causes: []string{
				"the account that signed in is a private one, or of another organisation",
				"several accounts are signed in, and the browser took another than the one that was meant",
			},
			Remedy:  "Sign in with an account of the organisation, or set the app's user type to External (Google Auth Platform, Audience) and add the account as a test user.",
			Sources: []string{audiencePage},
		},
		{
			Text:  "admin_policy_enforced",
			Also:  []string{"admin needs to review"},
			Means: "The administrator of the account's Google Workspace organisation does not let this app have these scopes.",
			Causes: []string{
				"the organisation blocks all apps that it has not listed as trusted, as many schools and universities do",
				"it blocks the Gmail scopes for apps that are not trusted",
			},
			Remedy:  "Use an account outside the organisation (for a course, a toy account), or ask the administrator to allow the client ID under Security, API controls. Trying again does not help.",
			Sources: []string{adminAppsPage, nativeAppPage},
		},
		{
			Text:  "deleted_client",
			Also:  []string{"the OAuth client was deleted"},
			Means: "The OAuth client no longer exists. Its file, and every token that it got, are worth nothing.",
			Causes: []string{
				"somebody deleted the client or its project",
				"nobody used the client for six months, and Google deleted it",
			},
			Remedy:  "A deleted client can be restored for 30 days (Google Auth Platform, Clients, Restore deleted clients). After that, create another, download its file and sign in again.",
			Sources: []string{clientsPage},
		},
		{
			Text:  "invalid_client",
			Also:  []string{"the OAuth client was not found", "client secret is invalid"},
			Means: "The token endpoint does not know the client ID, or the client secret does not belong to it.",
			Causes: []string{
				"the secret was reset or deleted in the console, and the file is an older one",
				"the client was deleted",
				"client ID and secret come from two files, or one of them was cut short while copying",
			},
			Remedy:  "Download the client's file again, and do not edit it. `scopeaudit client FILE` says whether its secret is whole.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6749#section-5.2", clientsPage},
		},
		{
			Text:  "invalid_request",
			Also:  []string{"doesn't comply with Google's OAuth 2.0 policy", "out-of-band (oob) flow has been blocked", "Missing required parameter"},
			Means: "Google does not accept the request to sign in as it is built.",
			Causes: []string{
				"the program uses the out-of-band flow (urn:ietf:wg:oauth:2.0:oob), which Google ended in 2023: the program is old, or runs as from an old tutorial",
				"the redirect address uses http and is not on this computer",
				"a parameter is missing or occurs twice",
			},
			Remedy:  "Use the loopback redirect: InstalledAppFlow.run_local_server(port=0) instead of run_console(), with a Desktop client.",
			Sources: []string{oobPage, nativeAppPage},
		},
	}
}

// rareAdvice is about what few people meet, so that the setup doctor leaves it
// out.
func rareAdvice() []rules.Advice {
	return []rules.Advice{
		{
			Text:  "unauthorized_client",
			Means: "This client may not obtain a token in this way.",
			Causes: []string{
				"domain-wide delegation was not given to this client ID, or not for these scopes",
				"the client is of another type than the flow needs",
			},
			Remedy:  "For delegation, list the service account's client ID with exactly these scopes in the Admin console (Security, API controls). Else create a Desktop client.",
			Sources: []string{"https://support.google.com/a/answer/162106", "https://www.rfc-editor.org/rfc/rfc6749#section-5.2"},
		},
		{
			Text:    "restricted_client",
			Also:    []string{"unregistered scope"},
			Means:   "This client may not ask for these scopes, or not with this flow.",
			Causes:  []string{"the scopes are ones that Google keeps for its own or for approved clients", "a published client of another program is used for scopes that it was not made for"},
			Remedy:  "Use a client of your own, and ask for fewer scopes: `scopeaudit explain gmail.readonly` says what reading takes.",
			Sources: []string{overviewPage},
		},
		{
			Text:  "origin_mismatch",
			Also:  []string{"idpiframe_initialization_failed", "Not a valid origin for the client"},
			Means: "The page that asks for the token has another origin (scheme, host and port) than those registered for the client.",
			Causes: []string{
				"the port is another one than in the console: http://localhost:8000 and http://localhost are two origins",
				"localhost is registered and the page was opened as 127.0.0.1, or from a file",
			},
			Remedy:  "In the console, under Clients, add the very origin to the authorized JavaScript origins, without a path, and wait some minutes.",
			Sources: []string{"https://developers.google.com/identity/protocols/oauth2/javascript-implicit-flow"},
		},
		{
			Text:    "This app is blocked",
			Also:    []string{"tried to access sensitive info in your Google Account"},
			Means:   "Google lets nobody sign in to this app with these scopes.",
			Causes:  []string{"the app is not verified and asks for restricted scopes, beyond what Google tolerates for that", "the account is in the Advanced Protection Program, or belongs to a child"},
			Remedy:  "Ask for narrower scopes, of a client of your own with the publishing status Testing and yourself as test user. `scopeaudit needs FOLDER` says what the program can do with.",
			Sources: []string{unverifiedPage, audiencePage},
		},
		{
			Text:    "disallowed_useragent",
			Means:   "The sign-in page was opened in a browser that is part of an app. Google refuses those, since the app could read the password.",
			Causes:  []string{"the program shows the page in a web view of its own", "the link was opened inside a chat or mail app"},
			Remedy:  "Open the link in the system's browser.",
			Sources: []string{nativeAppPage, "https://www.rfc-editor.org/rfc/rfc8252#section-8.12"},
		},
	}
}
