package audit

import "scopeaudit/audit/rules"

// flowRules are about how a program obtains and keeps its token. They are told
// where code is looked at, of Google's own libraries for Python first.
func flowRules() []rules.Rule {
	const flowModule = "https://google-auth-oauthlib.readthedocs.io/en/latest/reference/google_auth_oauthlib.flow.html"
	const userModule = "https://google-auth.readthedocs.io/en/master/reference/google.oauth2.credentials.html"
	return []rules.Rule{
		{
			ID: rules.FlowOutOfBand, Title: "redirect out of band, which Google shut",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "Code names the redirect urn:ietf:wg:oauth:2.0:oob, or runs the console flow that used it.",
			Why:     "Google answers such requests with 400 invalid_request since 2023: a code to copy was too easy to be talked out of.",
			Before:  "creds = flow.run_console()",
			After:   "creds = flow.run_local_server(port=0)",
			Remedy:  "Use the loopback redirect of an installed app; on a machine without a browser sign in elsewhere and bring the token file.",
			Sources: []string{"https://developers.google.com/identity/protocols/oauth2/resources/oob-migration", nativeAppPage},
		},
		{
			ID: rules.FlowNeverRefreshes, Title: "each run asks the user anew, and mints another refresh token",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What:   "A program runs the consent flow, and nothing in it loads a token or refreshes one.",
			Why:    "Google keeps 100 refresh tokens for one account and client, and ends the oldest without a word: another copy of the program stops working one day.",
			Before: "creds = flow.run_local_server(port=0)",
			After:  "if creds and creds.expired and creds.refresh_token:\n    creds.refresh(Request())\nelse:\n    creds = flow.run_local_server(port=0)",
			Remedy: "Keep the token in a file that only its owner can read, and refresh it while that works: before the flow, Credentials.from_authorized_user_file('token.json') " +
				"and creds.refresh(Request()) in Python; setDataStoreFactory(…) on the flow's builder in Java.",
			Sources: []string{googleOAuthPage + "#expiration"},
		},
		{
			ID: rules.FlowIncludedScopes, Title: "token gets what was granted before, too",
			Severity: rules.Low, Confidence: rules.HighConfidence,
			What:    "Code asks with include_granted_scopes, so that the new token holds every scope that the account ever granted to the client.",
			Why:     "What the program asks for is then not what its token can do: an older, wider grant comes back.",
			Before:  "flow.authorization_url(include_granted_scopes='true')",
			After:   "flow.authorization_url(include_granted_scopes='false')",
			Remedy:  "Leave it out, unless the program asks for its scopes one after the other and needs them together.",
			Sources: []string{"https://developers.google.com/identity/protocols/oauth2/web-server#incrementalAuth"},
		},
		{
			ID: rules.FlowScopesAsText, Title: "scopes are one text where a list is meant",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "A function of google-auth that joins the scopes it is given gets one text, and joins its letters.",
			Why:     "Google answers invalid_scope, often only when the token is refreshed an hour later.",
			Before:  "SCOPES = 'https://www.googleapis.com/auth/gmail.readonly'",
			After:   "SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']",
			Remedy:  "Make it a list.",
			Sources: []string{userModule},
		},
		{
			ID: rules.FlowLoaderScopes, Title: "scopes passed to the loader may not be those of the token",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What: "Code loads a token and names scopes, which take the place of those in the file and change nothing about the token; and no flow of the program " +
				"is seen to ask for just these. Where one does, nothing is said: the two differ only after the list was edited.",
			Why:     "The program seems to hold what it names, and the token keeps what it was made with: the call fails, or can do more than the code says.",
			Before:  "creds = Credentials.from_authorized_user_file('token.json', SCOPES)",
			After:   "creds = Credentials.from_authorized_user_file('token.json')\nif not creds.has_scopes(SCOPES):\n    creds = None",
			Remedy:  "Load what the file has, compare it with what is wanted, and sign in again where they differ.",
			Sources: []string{userModule},
		},
		{
			ID: rules.FlowTokenMode, Title: "token file is opened for writing with the default mode",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What:    "Code writes a token to a file that it opens without a mode, or with one that lets others read; it then has what the system gives all.",
			Why:     "On a shared machine every account can read the refresh token.",
			Before:  "with open('token.json', 'w') as f:",
			After:   "with open('token.json', 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as f:",
			Remedy:  "Create the file with mode 0600; one that is there already keeps its mode until chmod 600.",
			Sources: []string{"https://docs.python.org/3/library/functions.html#open", "https://docs.python.org/3/library/os.html#os.open"},
		},
		{
			ID: rules.FlowWithoutState, Title: "consent is asked for without a state",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What:    "Code sends the user to the consent page without the parameter state, or with one that is the same each time.",
			Why:     "An answer that somebody else began is taken for one's own: the program then works with the account of a stranger.",
			Before:  "config.AuthCodeURL(\"state\")",
			After:   "config.AuthCodeURL(rand.Text())",
			Remedy:  "Send a random state, keep it with the user's session, and refuse an answer that brings another.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6749#section-10.12", bestCurrentPract + "#section-4.7"},
		},
		{
			ID: rules.FlowWithoutPKCE, Title: "flow without a code challenge",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What:   "Code turns the code verifier and challenge (PKCE) of its flow off, or leaves them out where the library sends them only if it is told to.",
			Why:    "Whoever sees the authorization code, another program on the machine for one, can exchange it for the tokens.",
			Before: "InstalledAppFlow.from_client_secrets_file(f, SCOPES, autogenerate_code_verifier=False)",
			After:  "InstalledAppFlow.from_client_secrets_file(f, SCOPES)",
			Remedy: "Leave it on where the library sends one by itself, as google-auth-oauthlib does; elsewhere pass it: oauth2.S256ChallengeOption(verifier) in Go, " +
				"code_challenge from generateCodeVerifierAsync() in Node.",
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc7636", flowModule},
		},
	}
}
