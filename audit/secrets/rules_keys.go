package secrets

import "scopeaudit/audit/rules"

func keyRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.GoogleAPIKey, Title: "Google API key in the open",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "Text holds \"AIza\" and 35 random characters, plain or in base64; the sample keys of public documentation are left alone.",
			Why: "It names a project that is charged and rate-limited for what others call with it. It opens no one's account. In " +
				"web pages and apps it cannot be hidden, and must be restricted instead.",
			Before: `key = "AIza(35 characters)"`, After: `key = os.environ["GOOGLE_API_KEY"]`,
			Remedy:  "restrict or replace the key in the console, at https://console.cloud.google.com/apis/credentials",
			Sources: []string{"https://cloud.google.com/docs/authentication/api-keys"},
		},
		{
			ID: rules.GoogleExpressKey, Title: "Google Cloud express-mode or Gemini key in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"AQ.Ab8R\" and 46 or more characters.",
			Why:    "Whoever has it may use the models of its project, which pays for them.",
			Before: `client = genai.Client(api_key="AQ.EXAMPLE")`, After: `client = genai.Client(api_key=os.environ["GOOGLE_API_KEY"])`,
			Remedy:  "delete the key in the console, at https://console.cloud.google.com/apis/credentials",
			Sources: []string{"https://cloud.google.com/vertex-ai/generative-ai/docs/start/api-keys"},
		},
		{
			ID: rules.GoogleServiceAccountKey, Title: "Google service-account key in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What: "A private key stands beside the service account's address or certificate URL, in either order, plain or in base64.",
			Why: "It signs in as the account from anywhere and does not expire by itself. What the account may do, and whether it may " +
				"act for every user of a domain, is unknown from the file.",
			Before: `{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----…", "client_email": "…"}`,
			After:  `credentials, project = google.auth.default()  # no key file at all`,
			Remedy: "delete the key in the console, at https://console.cloud.google.com/iam-admin/serviceaccounts, then take it out " +
				"of the file and of its history",
			Sources: []string{"https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys"},
		},
		{
			ID: rules.GoogleFCMServerKey, Title: "Firebase Cloud Messaging server key in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "Text holds \"AAAA\", 7 characters, a colon and 140 characters.",
			Why:     "It sends messages to every device that has the application, in the application's name.",
			Before:  `headers = {"Authorization": "key=AAAA(7 characters):(140 characters)"}`,
			After:   `headers = {"Authorization": "key=" + os.environ["FCM_SERVER_KEY"]}`,
			Remedy:  "delete the server key in the Firebase console, under project settings, Cloud Messaging",
			Sources: []string{"https://firebase.google.com/docs/cloud-messaging/auth-server"},
		},
		{
			ID: rules.GoogleStorageHMAC, Title: "Cloud Storage HMAC key in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:    "Within 10 KiB of an access ID (\"GOOG\" and 20 or 57 capitals and digits) stands a secret of 40 characters.",
			Why:     "The pair reads and writes what its account may in Cloud Storage, and does not expire.",
			Before:  `aws_access_key_id = GOOG(20 characters), aws_secret_access_key = (40 characters)`,
			After:   `both in the environment, or no HMAC key at all`,
			Remedy:  "deactivate and delete the HMAC key in the console, at https://console.cloud.google.com/storage/settings",
			Sources: []string{"https://cloud.google.com/storage/docs/authentication/hmackeys"},
		},
	}
}
