package audit

import "scopeaudit/audit/rules"

const oobPage = "https://developers.google.com/identity/protocols/oauth2/resources/oob-migration"

// clientRules are about the redirect URIs of an OAuth client: where Google sends
// the authorization code.
func clientRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.RedirectInsecure, Title: "authorization code sent in the clear to another computer",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "A redirect URI of the client uses http and does not lead to this computer (localhost, 127.0.0.1, [::1]).",
			Why: "Whoever is on the way, such as the café's network, reads the authorization code; with the client secret of the same file it " +
				"becomes a token.",
			Before:  `"redirect_uris": ["http://inbox.example.org/callback"]`,
			After:   `"redirect_uris": ["https://inbox.example.org/callback"]`,
			Remedy:  "Take the URI out of the client in the console, or serve it with https.",
			Sources: []string{bestCurrentPract + "#section-2.1", "https://developers.google.com/identity/protocols/oauth2/web-server#uri-validation"},
		},
		{
			ID: rules.RedirectWildcard, Title: "redirect URI with a wildcard",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What: "A redirect URI of the client holds an asterisk.",
			Why: "Google compares redirect URIs character for character and registers none with a wildcard: this file was edited, or is meant " +
				"for a server that does not compare, and there anyone who has a page under that pattern gets the code.",
			Before:  `"redirect_uris": ["https://*.example.org/callback"]`,
			After:   `"redirect_uris": ["https://inbox.example.org/callback"]`,
			Remedy:  "Download the client's file again from the console and register each URI by itself.",
			Sources: []string{bestCurrentPract + "#section-4.1.1", "https://developers.google.com/identity/protocols/oauth2/web-server#uri-validation"},
		},
		{
			ID: rules.RedirectOutOfBand, Title: "redirect by copying a code, which Google ended",
			Severity: rules.Info, Confidence: rules.HighConfidence,
			What:    "A redirect URI of the client is urn:ietf:wg:oauth:2.0:oob: the user was to copy the code from a page into the program.",
			Why:     "The file is an old one. Google has refused the flow since 2023; a program that still uses it gets invalid_request or redirect_uri_mismatch.",
			Remedy:  "Nothing, if the program uses the loopback address; else use run_local_server(port=0) in place of run_console().",
			Sources: []string{oobPage},
		},
		{
			ID: rules.ClientWebAtHome, Title: "web client for what looks like a program on this computer",
			Severity: rules.Low, Confidence: rules.MediumConfidence,
			What: "The client is of the type Web application, and has no redirect URI but such as lead to this computer.",
			Why: "A web client returns to exactly the registered URIs: run_local_server(port=0), which takes any free port, ends in " +
				"redirect_uri_mismatch. And its secret counts as confidential, which a program on people's computers cannot keep.",
			Before:  `{"web": {"redirect_uris": ["http://localhost:8080/"], ...}}`,
			After:   `{"installed": {"redirect_uris": ["http://localhost"], ...}}`,
			Remedy:  "For a program on a computer, create an OAuth client of the type Desktop app and download its file. For a web application under development there is nothing to do.",
			Sources: []string{nativeAppPage, "https://www.rfc-editor.org/rfc/rfc8252#section-8.5"},
		},
	}
}
