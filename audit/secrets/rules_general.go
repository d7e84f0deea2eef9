package secrets

import "scopeaudit/audit/rules"

// generalRules are about forms that no single service owns.
func generalRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.JWT, Title: "signed token (JWT) in the open",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "Text holds two JSON objects in base64url and a signature, joined by dots, and the first names an algorithm. One that " +
				"has ended by its exp claim is low; the sample of RFC 7519 is left alone.",
			Why:    "Whoever presents it is taken for its subject by every service that trusts its issuer, until it ends.",
			Before: `Authorization: Bearer eyJ(header).eyJ(claims).(signature)`, After: `Authorization: Bearer $TOKEN`,
			Remedy:  "end the session or rotate the key at the issuer that the token names" + thenClean,
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc7519", "https://www.rfc-editor.org/rfc/rfc8725"},
		},
		{
			ID: rules.PrivateKey, Title: "private key in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What: "Text holds a PEM block that ends its first line in \"PRIVATE KEY\" and has 64 or more characters of a key, plain, with " +
				"escaped line ends or in base64. A block that a passphrase protects is medium; constants without a body are left alone.",
			Why:    "It signs, decrypts or signs in as whoever it belongs to, and no one can tell who copied it.",
			Before: "-----BEGIN PRIVATE KEY-----\n(64 or more characters)\n-----END PRIVATE KEY-----", After: `the key in a file outside the repository, readable by its owner alone`,
			Remedy:  "make a new key pair, replace the public key wherever the old one is trusted, and revoke its certificates" + thenClean,
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc7468", "https://www.rfc-editor.org/rfc/rfc5958"},
		},
		{
			ID: rules.URLPassword, Title: "password in a URL",
			Severity: rules.Medium, Confidence: rules.MediumConfidence,
			What: "Text holds scheme://user:password@host, and the password is no word that stands for one, no variable and " +
				"no part of a template.",
			Why:    "It opens the database, queue or repository that the URL names; URLs land in logs and process lists.",
			Before: "DATABASE_URL=postgres://app:(password)@db/app", After: "DATABASE_URL from the environment",
			Remedy:  "change the password" + thenClean,
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"},
		},
		{
			ID: rules.GenericSecret, Title: "value that looks like a secret",
			Severity: rules.Medium, Confidence: rules.LowConfidence,
			What: "Under a name with secret, token, password, credential or a kind of key in it stands a value of 10 to 150 " +
				"characters that looks random. Any rule that knows what the value is comes before this one.",
			Why:    "Names like these hold what opens something; what, only its owner knows.",
			Before: `api_token = "(20 random characters)"`, After: `api_token = os.environ["API_TOKEN"]`,
			Remedy:  "if it is a secret, replace it where it was given out" + thenClean,
			Sources: []string{"https://www.rfc-editor.org/rfc/rfc6819#section-5.1.6"},
		},
	}
}
