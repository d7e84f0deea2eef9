package audit

import "scopeaudit/audit/rules"

// Pages that several rules rest on.
const (
	gmailScopesPage   = "https://developers.google.com/workspace/gmail/api/auth/scopes"
	connectionsPage   = "https://myaccount.google.com/connections"
	nativeAppPage     = "https://developers.google.com/identity/protocols/oauth2/native-app"
	bestPracticePage  = "https://developers.google.com/identity/protocols/oauth2/resources/best-practices"
	googleOAuthPage   = "https://developers.google.com/identity/protocols/oauth2"
	bestCurrentPract  = "https://www.rfc-editor.org/rfc/rfc9700"
	delegationPage    = "https://support.google.com/a/answer/162106"
	granularPage      = "https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions"
	discoveryModule   = "https://pkg.go.dev/google.golang.org/api"
	metadataIssue     = "https://github.com/googleapis/google-api-python-client/issues/582"
	gitIgnorePage     = "https://git-scm.com/docs/gitignore"
	pythonQuickstart  = "https://developers.google.com/workspace/gmail/api/quickstart/python"
	testingExpiryPage = "https://support.google.com/cloud/answer/15549945"
)

// scopeRules are about what a credential may do against what the policy allows.
func scopeRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.ScopeExcess, Title: "scope wider than the policy allows",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "A credential holds, its file claims or a program asks for a scope that the policy does not list and that no single listed scope covers. " +
				"High if the scope lets its holder send, write, delete or change settings, medium if it lets it read, low if it only identifies.",
			Why: "Whoever gets hold of the token can do everything its scopes allow, not only what your program does. " +
				"A program that reads mail needs no token that can delete it.",
			Before:  "SCOPES = ['https://mail.google.com/']",
			After:   "SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']",
			Remedy:  "Ask for the narrower scope in the code, remove the old grant at " + connectionsPage + ", delete the token file and sign in again: a token that exists keeps its scopes.",
			Sources: []string{gmailScopesPage, bestPracticePage, bestCurrentPract + "#section-2.3"},
		},
		{
			ID: rules.ScopeDenied, Title: "scope that the policy denies",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What:    "A credential holds, its file claims or a program asks for a scope that the policy names under deny, or one that covers a denied scope.",
			Why:     "Somebody wrote down that this power must not exist here. Deny wins over every allow.",
			Before:  "scopes: [https://mail.google.com/]    # policy: deny gmail.send",
			After:   "scopes: [https://www.googleapis.com/auth/gmail.readonly]",
			Remedy:  "Remove the grant at " + connectionsPage + " and sign in again with a scope that the policy allows.",
			Sources: []string{gmailScopesPage},
		},
		{
			ID: rules.ScopeRequired, Title: "scope that the policy requires is missing",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "The policy requires a scope and nothing that the credential holds covers it.",
			Why:     "The program will fail with 403 insufficientPermissions. Often a box on the consent screen was left unticked: Google lets people grant part of what was asked.",
			Remedy:  "Sign in again and tick every box, or take the scope out of the policy's require list.",
			Sources: []string{granularPage},
		},
		{
			ID: rules.ScopeConflict, Title: "scopes that spoil each other",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "Two scopes are held or asked for together of which one takes away what the other would allow.",
			Why:     "Holding gmail.metadata beside gmail.readonly makes Google refuse searches (q=) and full messages: more scopes, less access.",
			Before:  "SCOPES = ['…/gmail.readonly', '…/gmail.metadata']",
			After:   "SCOPES = ['…/gmail.readonly']",
			Remedy:  "Drop the scope that restricts, remove the grant at " + connectionsPage + " and sign in again.",
			Sources: []string{gmailScopesPage, metadataIssue},
		},
		{
			ID: rules.ScopeUnknown, Title: "no scope that Google documents",
			Severity: rules.Medium, Confidence: rules.MediumConfidence,
			What:    "The text stands where a scope is wanted, and no API of Google's lists it.",
			Why:     "It may be misspelt, which ends in invalid_scope; a string split into letters; retired; or of another provider. What it lets its holder do cannot be judged.",
			Before:  "\"scopes\": [\"https://www.googleapis.com/auth/gmail.read\"]",
			After:   "\"scopes\": [\"https://www.googleapis.com/auth/gmail.readonly\"]",
			Remedy:  "Correct the spelling: `scopeaudit explain gmail.readonly` shows a scope as Google writes it.",
			Sources: []string{discoveryModule},
		},
		{
			ID: rules.ScopeNotJudged, Title: "scope of an API that the default policy does not judge",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "No policy was named, and the default one speaks about Gmail only.",
			Why:     "Silence about it is no approval: nobody has said whether this scope is wanted.",
			Remedy:  "Name a policy that judges it: `scopeaudit policy list` shows the built-in ones, `scopeaudit policy init` writes one to start from.",
			Sources: []string{discoveryModule},
		},
		{
			ID: rules.ScopeNoted, Title: "scope that is allowed and worth knowing about",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "The policy allows the scope and asks for it to be mentioned, as the built-in ones do for email and profile.",
			Why:     "Identity scopes are harmless to data, and tell whoever holds the token whose it is.",
			Remedy:  "Nothing needs to be done; leave the scope out if the program never asks who the user is.",
			Sources: []string{googleOAuthPage},
		},
		{
			ID: rules.PowerExcess, Title: "more power than the policy's greatest",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "A scope lets its holder do more than the policy's max_power, whatever list it stands on.",
			Why:     "max_power is the promise of the policy in one word: a policy that says read promises that nothing is written.",
			Remedy:  "Ask for a scope within that power, or raise max_power and say why.",
			Sources: []string{gmailScopesPage},
		},
		{
			ID: rules.ClaimDiffers, Title: "file claims other than what Google says",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "The scopes or the client written in the file are not those of Google's answer about its token.",
			Why:     "Token files hold what a script asked for, not what was granted: a refused box stays in the file, an older, wider grant does not show in it.",
			Remedy:  "Trust the server's answer. Sign in again so that file and grant agree.",
			Sources: []string{granularPage},
		},
	}
}
