package audit

import "scopeaudit/audit/rules"

// fileRules are about the file that holds a credential.
func fileRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.CredentialTracked, Title: "credential file that git tracks",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "The index of the enclosing work tree holds the file: it is committed, or will be with the next commit. " +
				"Medium for the client secrets of an installed app, which Google does not treat as confidential.",
			Why:     "Everyone who can clone the repository has the credential, and deleting the file later leaves it in history.",
			Before:  "git add . && git commit -m \"it works\"",
			After:   "printf '%s\\n' token.json client_credentials.json >> .gitignore",
			Remedy:  "End the token first, then untrack the file with git rm --cached and name it in .gitignore. The commits that hold it still do.",
			Sources: []string{gitIgnorePage, "https://git-scm.com/docs/git-rm"},
		},
		{
			ID: rules.CredentialNotIgnored, Title: "credential file that the next git add would commit",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "The file lies in a work tree, git does not track it, and no ignore file names it.",
			Why:     "One `git add .` publishes it.",
			Remedy:  "Name the file in .gitignore.",
			Sources: []string{gitIgnorePage},
		},
		{
			ID: rules.FileReadable, Title: "credential file that others on this machine can read",
			Severity: rules.Low, Confidence: rules.HighConfidence,
			What: "The file's permission bits allow more than the policy's file_mode. Judged for files that you named or that git does not track; " +
				"systems without permission bits are reported as not checked.",
			Why:     "open('token.json', 'w') makes a file that every account on a shared machine can read.",
			Before:  "-rw-r--r-- token.json",
			After:   "-rw------- token.json",
			Remedy:  "Run chmod 600 on the file.",
			Sources: []string{"https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html"},
		},
	}
}

// policyRules are about the policy itself.
func policyRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.ExceptionExpired, Title: "exception of the policy has expired",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:    "The policy's exception was good until a day that has passed, so it silences nothing.",
			Why:     "An exception is a debt with a date. This one is due.",
			Remedy:  "Mend what it excused and delete it, or give it a new reason and a new day.",
			Sources: nil,
		},
		{
			ID: rules.ExceptionUnused, Title: "exception of the policy matches nothing",
			Severity: rules.Low, Confidence: rules.HighConfidence,
			What:    "No finding of this run matches the exception.",
			Why:     "What it excused is gone, or its path or fingerprint is misspelt; left standing, it may one day silence something new.",
			Remedy:  "Delete it, or correct its path or fingerprint.",
			Sources: nil,
		},
	}
}
