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
	}
}
