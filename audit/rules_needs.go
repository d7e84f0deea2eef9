package audit

import "scopeaudit/audit/rules"

// needsRules are about what code asks for against what its calls need.
func needsRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.ScopeUnneeded, Title: "scope that no call of the program needs",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "A program asks for a scope, and none of its calls is permitted by it. Said only where every call that could use the scope was followed; " +
				"calls that are commented out or never reached do not count.",
			Why:     "Each scope is a line on the consent screen and a power for whoever gets hold of the token. One that nothing uses is all cost.",
			Before:  "SCOPES = ['…/gmail.readonly', '…/drive']   # and no call of Drive",
			After:   "SCOPES = ['…/gmail.readonly']",
			Remedy:  "Take the scope out of the list, remove the old grant at " + connectionsPage + " and sign in again: a token that exists keeps its scopes.",
			Sources: []string{discoveryModule, bestPracticePage},
		},
		{
			ID: rules.ScopeNarrower, Title: "narrower scope would be enough",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "A program asks for a set of scopes, and another set permits all of its calls and allows strictly less. " +
				"Scopes that cannot be compared are alternatives and no finding; where a call could not be followed that may use the API, nothing is said.",
			Why:     "A program that reads mail with a token that can delete it is one mistake, or one leak, away from an empty mailbox.",
			Before:  "SCOPES = ['https://mail.google.com/']\nservice.users().messages().list(userId='me', q='label:help').execute()",
			After:   "SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']\nservice.users().messages().list(userId='me', q='label:help').execute()",
			Remedy:  "Ask for the narrower scope, remove the old grant at " + connectionsPage + ", delete the token file and sign in again.",
			Sources: []string{discoveryModule, gmailScopesPage},
		},
		{
			ID: rules.ScopeMissing, Title: "call that none of the scopes permits",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "A program calls a method of an API, and no scope that it asks for is one that the method accepts.",
			Why:     "Google answers 403 insufficientPermissions, often only after the program was handed in. Wide scopes are no ladder: full mail does not permit filters.",
			Before:  "SCOPES = ['…/gmail.readonly']\nservice.users().messages().trash(userId='me', id=i).execute()",
			After:   "SCOPES = ['…/gmail.modify']\nservice.users().messages().trash(userId='me', id=i).execute()",
			Remedy:  "Ask for a scope that permits the call, delete the token file and sign in again; or take the call out.",
			Sources: []string{discoveryModule},
		},
		{
			ID: rules.CallUnresolved, Title: "call that could not be followed",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "Something of a Google API is called, and what it is was not found out: a name made at run time, an unknown request that is executed, an API outside the catalogue.",
			Why:     "It may need a scope that nothing else needs: the verdict is then a lower bound, and no scope is called unneeded that it could use.",
			Before:  "getattr(service.users().messages(), action)(userId='me', id=i).execute()",
			After:   "service.users().messages().trash(userId='me', id=i).execute()",
			Remedy:  "Nothing needs to be done; write the call out to get an exact verdict.",
			Sources: []string{discoveryModule},
		},
		{
			ID: rules.PriceRaised, Title: "change that needs more than the lock has",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "With --locked: a call that none of the scopes in scopes.lock permits, or a call that can no longer be followed in a program that was known exactly. " +
				"The finding is at the line that raises what the program needs.",
			Why:     "One added line can turn a program that reads mail into one that can send it in the user's name. Somebody should agree to that, not find out.",
			Before:  "program \"mail\" exact\nscope https://www.googleapis.com/auth/gmail.readonly\n\nservice.users().messages().send(userId='me', body=b).execute()",
			After:   "program \"mail\" exact\nscope https://www.googleapis.com/auth/gmail.readonly",
			Remedy:  "Take the line out, or agree to what it costs: `scopeaudit needs --lock` writes the lock anew, for review with the change.",
			Sources: []string{discoveryModule},
		},
	}
}
