package report

import (
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }

const (
	fullMail = scopes.Scope("https://mail.google.com/")
	readMail = scopes.Scope("https://www.googleapis.com/auth/gmail.readonly")
	drive    = scopes.Scope("https://www.googleapis.com/auth/drive")
)

// sampleRules are shaped like the real ones.
func sampleRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.ScopeExcess, Title: "scope wider than the policy allows",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "A credential claims or holds a scope that the policy does not list and that no listed scope covers.",
			Why:     "Whoever gets hold of the credential can do all that its widest scope permits, whatever the code does with it.",
			Before:  `SCOPES = ["https://mail.google.com/"]`,
			After:   `SCOPES = ["https://www.googleapis.com/auth/gmail.readonly"]`,
			Remedy:  "Ask for the narrower scope, delete the token file and sign in again.",
			Sources: []string{"https://developers.google.com/workspace/gmail/api/auth/scopes", "RFC 6749, section 3.3"},
		},
		{
			ID: rules.GoogleFullCredential, Title: "client ID, client secret and refresh token together",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What:   "The three values that make new access tokens stand in one place.",
			Why:    "They work from any machine until somebody revokes them.",
			Remedy: "Remove the account's grant and make a new client secret.",
		},
		{
			ID: rules.GoogleRefreshToken, Title: "refresh token", Severity: rules.Critical,
			Confidence: rules.HighConfidence, What: "A refresh token of Google's shape.", Why: "It outlives every access token.",
			Remedy: "Revoke it.",
		},
		{
			ID: rules.GoogleClientSecret, Title: "client secret", Severity: rules.High,
			Confidence: rules.HighConfidence, What: "A client secret.", Why: "Others can pose as the program.",
			Remedy: "Reset it.",
		},
		{
			ID: rules.GoogleAccessToken, Title: "access token", Severity: rules.High,
			Confidence: rules.HighConfidence, What: "An access token.", Why: "It works for an hour.",
			Remedy: "Revoke it.",
		},
		{
			ID: rules.GoogleClientID, Title: "client ID", Severity: rules.Info,
			Confidence: rules.HighConfidence, What: "A client ID.", Why: "It names a program.", Remedy: "Nothing.",
		},
	}
}

// sample is a report with something in every part, as the course's project
// would give.
func sample() audit.Report {
	notebook := rules.Location{
		Origin: rules.Tree, Path: "analysis.ipynb", Line: 88, Column: 14, EndLine: 88, EndColumn: 177,
		Cell: 5, Execution: 7, Output: true,
	}
	token := rules.Location{Origin: rules.Tree, Path: "token.json", Line: 1, Column: 1, Git: rules.GitTracked}
	at := func(column, end int) rules.Location {
		return rules.Location{Origin: rules.Tree, Path: "token.json", Line: 1, Column: column, EndLine: 1, EndColumn: end, Git: rules.GitTracked}
	}
	env := rules.Location{Origin: rules.Tree, Path: ".env", Line: 3, Column: 9, EndLine: 3, EndColumn: 29, Git: rules.GitIgnored}
	return audit.Report{
		Tool: "scopeaudit 0.1.0", Complete: true, Sandbox: "none",
		Coverage: rules.Coverage{
			Files: 5, Bytes: 12345, Suppressed: 3,
			Skipped: []rules.Skipped{{Path: "link", Reason: "a symbolic link", Kind: rules.ByDesign}},
		},
		Policy: audit.PolicyRef{Name: "gmail-readonly", Source: "default", Digest: "sha256:00ff", APIs: []string{"gmail"}},
		Scopes: []audit.ScopeRow{
			{
				Scope: fullMail, Short: "mail.google.com", Tier: scopes.Restricted,
				Powers:  []scopes.Power{scopes.Read, scopes.Send, scopes.Write, scopes.Delete},
				Allowed: no(), Requested: yes(),
			},
			{
				Scope: readMail, Short: "gmail.readonly", Tier: scopes.Restricted, Powers: []scopes.Power{scopes.Read},
				Allowed: yes(), Requested: no(),
			},
			{
				Scope: drive, Short: "drive", Tier: scopes.Restricted, Requested: yes(),
				Powers: []scopes.Power{scopes.Read, scopes.Write, scopes.Delete},
			},
			{
				Scope: "openid", Short: "openid", Tier: scopes.NonSensitive, Powers: []scopes.Power{scopes.Identity},
				Allowed: yes(), Requested: yes(),
			},
		},
		Credentials: []audit.CredentialRow{{
			ID: "c1", Location: token, Kind: tokeninfo.GoogleAuth,
			ClientID: "000000000000-example.apps.googleusercontent.com", RefreshToken: true,
			Access: tokeninfo.NotAsked, Refresh: audit.RefreshNotAsked,
			ExpiresAt: time.Date(2021, 9, 20, 18, 58, 27, 0, time.UTC), Left: -time.Hour, Claim: tokeninfo.ClaimRequested,
			Scopes: []audit.CredentialScope{
				{Scope: fullMail, Short: "mail.google.com", Claimed: true, Allowed: no()},
				{Scope: drive, Short: "drive", Claimed: true},
				{Scope: "openid", Short: "openid", Claimed: true, Allowed: yes()},
			},
			CannotTell: []string{
				"Which scopes Google really granted: the list is what the script asked for.",
				"Who else holds a copy.",
			},
		}},
		Findings: []audit.Finding{
			{
				Rule: rules.GoogleFullCredential, Severity: rules.Critical, Confidence: rules.HighConfidence,
				Message:     "a client ID, a client secret and a refresh token stand together: whoever reads the file can make access tokens until somebody revokes them",
				Remedy:      "open https://myaccount.google.com/connections, remove the program's access, and make a new client secret",
				Fingerprint: "000102030405060708090a0b0c0d0e0f",
				Locations:   []rules.Location{token},
				Parts:       []string{"10000000000000000000000000000000", "20000000000000000000000000000000"},
			},
			{
				Rule: rules.GoogleRefreshToken, Severity: rules.Critical, Confidence: rules.HighConfidence,
				Message: "a refresh token", Remedy: "revoke it", Masked: "1//0…(103)…x7Qk", Secret: "s1",
				Fingerprint: "10000000000000000000000000000000", PartOf: "000102030405060708090a0b0c0d0e0f",
				Locations: []rules.Location{at(120, 223), notebook},
			},
			{
				Rule: rules.GoogleClientSecret, Severity: rules.High, Confidence: rules.HighConfidence,
				Message: "a client secret", Remedy: "reset it", Masked: "GOCSPX-…(35)", Secret: "s2",
				Fingerprint: "20000000000000000000000000000000", PartOf: "000102030405060708090a0b0c0d0e0f",
				Locations: []rules.Location{at(250, 285)},
			},
			{
				Rule: rules.GoogleAccessToken, Severity: rules.High, Confidence: rules.HighConfidence,
				Message:     "an access token in the output of a notebook's cell, where it is saved with the file",
				Remedy:      "clear the cell's output, save, and remove the program's access",
				Masked:      "ya29.…(163)…x7Qk",
				Fingerprint: "30000000000000000000000000000000", Secret: "s3",
				Locations: []rules.Location{notebook},
			},
			{
				Rule: rules.ScopeExcess, Severity: rules.Medium, Confidence: rules.MediumConfidence,
				Message:     "the file claims https://mail.google.com/ (read, send, write, delete), and the policy allows no more than gmail.readonly",
				Remedy:      "ask for gmail.readonly, delete token.json and sign in again",
				Fingerprint: "40000000000000000000000000000000",
				Subject:     audit.Subject{Scope: fullMail, Credential: "c1"},
				Locations:   []rules.Location{token},
			},
			{
				Rule: rules.GoogleClientID, Severity: rules.Info, Confidence: rules.HighConfidence,
				Message: "a client ID, which names a program and is no secret", Remedy: "nothing to do",
				Fingerprint: "50000000000000000000000000000000",
				Locations:   []rules.Location{token},
				Suppressed: &audit.Suppression{
					By: "policy", Reason: "the course's own client", Until: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
					Location: rules.Location{Origin: rules.Policy, Path: "policy.yaml", Line: 12},
				},
			},
			{
				Rule: rules.GoogleAPIKey, Severity: rules.Medium, Confidence: rules.HighConfidence,
				Message: "an API key", Remedy: "restrict it", Masked: "AIza…(39)", Secret: "s4",
				Fingerprint: "60000000000000000000000000000000",
				Locations:   []rules.Location{at(300, 339), env},
				Suppressed: &audit.Suppression{
					By: "baseline", Reason: "restricted to one site", Location: rules.Location{Origin: rules.Policy, Path: "baseline.json", Line: 5},
				},
			},
			{
				Rule: rules.GenericSecret, Severity: rules.Info, Confidence: rules.LowConfidence,
				Message: "looks like a secret by its name, \"password\"; medium, lowered by the comment gitleaks:allow",
				Remedy:  "replace it", Masked: "(20)", Secret: "s5",
				Fingerprint: "70000000000000000000000000000000",
				Locations:   []rules.Location{env},
				Lowered: &audit.Lowering{
					From: rules.Medium, Marker: "gitleaks:allow", Location: rules.Location{Origin: rules.Tree, Path: ".env", Line: 3, Column: 32},
				},
			},
		},
		Baselines: []audit.BaselineUse{
			{
				Name: "baseline.json", Format: audit.OwnBaseline, Entries: 4, Matched: 2, Outside: 1,
				Unmatched: []audit.UnmatchedEntry{{BaselineEntry: audit.BaselineEntry{
					Line: 7, Rule: rules.GoogleAPIKey, Path: "old.py", Fingerprint: "80000000000000000000000000000000",
				}}},
			},
			{
				Name: ".gitleaksignore", Format: audit.GitleaksIgnore, Entries: 2,
				Unmatched: []audit.UnmatchedEntry{
					{BaselineEntry: audit.BaselineEntry{Line: 1, Rule: "generic-api-key", Path: "main.py", First: 12, Last: 12}},
					{
						BaselineEntry: audit.BaselineEntry{Line: 2, Rule: "jwt", Path: "main.py", First: 3, Last: 3, Commit: "0123456789abcdef0123456789abcdef01234567"},
						Why:           "it is about git's history, and only files are compared with it",
					},
				},
			},
		},
		Rules: sampleRules(),
		Notes: []string{
			"No policy was named, so gmail-readonly applied; choose another with --policy, and see them all with: scopeaudit policy list.",
			"No one can tell from a token who else holds it, or where copies are.",
		},
	}
}
