package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// What people paste, worded as servers, pages and libraries word it, explains
// itself, and nothing of it is printed back.
func TestPastedErrors(t *testing.T) {
	// A token as a traceback shows it, put together so that none stands here.
	token := "ya29" + "." + strings.Repeat("aB3-", 12)
	const scopeBody = `{
  "error": {
    "code": 403,
    "message": "Request had insufficient authentication scopes.",
    "errors": [{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}],
    "status": "PERMISSION_DENIED",
    "details": [{
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
      "domain": "googleapis.com",
      "metadata": {"service": "gmail.googleapis.com", "method": "caribou.api.proto.MailboxService.TrashMessage"}
    }]
  }
}`
	tests := []struct{ pasted, means string }{
		// The token lacks a scope.
		{scopeBody, "insufficientPermissions"},
		{`google.api_core.exceptions.PermissionDenied: 403 Request had insufficient authentication scopes.`, "insufficientPermissions"},
		{`googleapi: Error 403: Request had insufficient authentication scopes., insufficientPermissions`, "insufficientPermissions"},
		{`GaxiosError: Insufficient Permission`, "insufficientPermissions"},
		{`gspread.exceptions.APIError: {'code': 403, 'message': 'Request had insufficient authentication scopes.', 'status': 'PERMISSION_DENIED', 'details': [{'@type': 'type.googleapis.com/google.rpc.ErrorInfo', 'reason': 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'}]}`, "insufficientPermissions"},
		{`WWW-Authenticate: Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="https://www.googleapis.com/auth/gmail.modify"`, "insufficientPermissions"},
		{`Metadata scope doesn't allow format FULL`, "Metadata scope does not support 'q' parameter"},

		// It has the scope, and something else is in the way.
		{`<HttpError 403 when requesting https://www.googleapis.com/drive/v3/files/f?alt=json returned "The user does not have sufficient permissions for this file.". Details: "[{'reason': 'insufficientFilePermissions'}]">`, "insufficientFilePermissions"},
		{`googleapi: Error 403: Insufficient permissions for this file, forbidden`, "insufficientFilePermissions"},
		{`The authenticated user has not granted the app 000000000000 read access to the file f`, "appNotAuthorizedToFile"},
		{`<HttpError 403 when requesting https://sheets.googleapis.com/v4/spreadsheets/s?alt=json returned "The caller does not have permission">`, "The caller does not have permission"},
		{`<HttpError 400 when requesting https://gmail.googleapis.com/gmail/v1/users/me/messages?alt=json returned "Precondition check failed.". Details: "[{'message': 'Precondition check failed.', 'domain': 'global', 'reason': 'failedPrecondition'}]">`, "failedPrecondition"},
		{`Delegation denied for teacher@example.com`, "Delegation denied"},
		{`Gmail API has not been used in project 000000000000 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/gmail.googleapis.com/overview`, "accessNotConfigured"},
		{`googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com', rateLimitExceeded`, "rateLimitExceeded"},
		{`Exception: You do not have permission to call GmailApp.search. Required permissions: https://mail.google.com/`, "You do not have permission to call"},
		{`Exception: Specified permissions are not sufficient to call DriveApp.getFiles.`, "You do not have permission to call"},

		// The token is dead, or none.
		{"Traceback (most recent call last):\n  File \"inbox.py\", line 19, in <module>\n    creds.refresh(Request())\n  File \"google/oauth2/_client.py\", line 60, in _handle_error_response\n    raise exceptions.RefreshError(error_details, response_data)\n" +
			"google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {'error': 'invalid_grant', 'error_description': 'Token has been expired or revoked.'})", "invalid_grant"},
		{`('invalid_grant: Bad Request', '{\n  "error": "invalid_grant",\n  "error_description": "Bad Request"\n}')`, "invalid_grant"},
		{`oauth2: cannot fetch token: 400 Bad Request Response: {"error": "invalid_grant", "error_description": "Malformed auth code."}`, "invalid_grant"},
		{`oauth2: "invalid_grant" "reauth related error (invalid_rapt)" "https://support.google.com/a/answer/9368756"`, "invalid_rapt"},
		{`com.google.api.client.auth.oauth2.TokenResponseException: 401 Unauthorized {"error" : "invalid_client", "error_description" : "Unauthorized"}`, "invalid_client"},
		{`HttpError 401 when requesting https://gmail.googleapis.com/gmail/v1/users/me/profile returned "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."`, "invalid_token"},
		{`Error: No access, refresh token, API key or refresh handler callback is set.`, "No access, refresh token"},
		{`Error: No refresh token is set.`, "No access, refresh token"},
		{`google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found. To set up Application Default Credentials, see https://cloud.google.com/docs/authentication/external/set-up-adc`, "default credentials were not found"},
		{`google: could not find default credentials. See https://cloud.google.com/docs/authentication/external/set-up-adc for more information`, "default credentials were not found"},
		{`imaplib.IMAP4.error: b'[AUTHENTICATIONFAILED] Invalid credentials (Failure)'`, "AUTHENTICATIONFAILED"},
		{`smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted.')`, "AUTHENTICATIONFAILED"},

		// The sign-in failed.
		{"Access blocked: This app’s request is invalid\nYou can’t sign in because this app sent an invalid request.\nError 400: redirect_uri_mismatch", "redirect_uri_mismatch"},
		{"Access blocked: Authorization Error\nError 400: invalid_request\nYou can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy for keeping apps secure.", "invalid_request"},
		{`The out-of-band (OOB) flow has been blocked in order to keep users secure.`, "invalid_request"},
		{"Error 400: invalid_request\nMissing required parameter: redirect_uri", "invalid_request"},
		{"Access blocked: Homework has not completed the Google verification process\nError 403: access_denied", "access_denied"},
		{`oauthlib.oauth2.rfc6749.errors.AccessDeniedError: (access_denied)`, "access_denied"},
		{"Access blocked: Homework can only be used within its organization\nError 403: org_internal", "org_internal"},
		{`Error 400: admin_policy_enforced`, "admin_policy_enforced"},
		{"Access blocked: Your institution's admin needs to review Homework", "admin_policy_enforced"},
		{"Error 401: deleted_client\nThe OAuth client was deleted.", "deleted_client"},
		{"Error 401: invalid_client\nThe OAuth client was not found.", "invalid_client"},
		{"Error 403: disallowed_useragent\nYou can't sign in from this screen because this app doesn't comply with Google's secure browsers policy.", "disallowed_useragent"},
		{"Error 403: restricted_client\nUnregistered scope(s) in the request: https://www.googleapis.com/auth/gmail.readonly", "restricted_client"},
		{"Error 400: invalid_scope\nSome requested scopes were invalid. {valid=[], invalid=[h, t, p, s]}", "invalid_scope"},
		{`Some requested scopes cannot be shown: [https://www.googleapis.com/auth/gmail.readnoly]`, "invalid_scope"},
		{`Uncaught {error: "idpiframe_initialization_failed", details: "Not a valid origin for the client: http://localhost:8000 has not been registered for client ID"}`, "origin_mismatch"},
		{"This app is blocked\nThis app tried to access sensitive info in your Google Account. To keep your account safe, Google blocked this access.", "This app is blocked"},
		{`oauthlib.oauth2.rfc6749.errors.MismatchingStateError: (mismatching_state) CSRF Warning! State not equal in request and response.`, "mismatching_state"},
		{`oauthlib.oauth2.rfc6749.errors.InsecureTransportError: (insecure_transport) OAuth 2 MUST utilize https.`, "insecure_transport"},
		{`webbrowser.Error: could not locate runnable browser`, "could not locate runnable browser"},
		{`Warning: Scope has changed from "https://www.googleapis.com/auth/gmail.send" to "openid https://www.googleapis.com/auth/gmail.send".`, "Scope has changed"},

		// A file is not what it should be.
		{`FileNotFoundError: [Errno 2] No such file or directory: 'credentials.json'`, "credentials.json is not there"},
		{`Unable to read client secret file: open credentials.json: no such file or directory`, "credentials.json is not there"},
		{`ValueError: Authorized user info was not in the expected format, missing fields refresh_token.`, "Authorized user info was not in the expected format"},
		{`ValueError: Client secrets must be for a web or installed app.`, "Client secrets must be for a web or installed app"},
		{`google.auth.exceptions.RefreshError: The credentials do not contain the necessary fields need to refresh the access token.`, "do not contain the necessary fields need to refresh"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		a := &app{env: environment{stdout: &out, stdin: strings.NewReader(test.pasted + "\n" + token + "\n"), stderr: io.Discard, getenv: func(string) string { return "" }}}
		if err := a.explain(context.Background(), needsFlags{}, []string{"-"}); err != nil {
			t.Errorf("%q: %v", test.pasted, err)
			continue
		}
		page := out.String()
		if first, _, _ := strings.Cut(page, "\n"); first != test.means {
			t.Errorf("%q is taken for %q, want %q", test.pasted, first, test.means)
		}
		if strings.Contains(page, token) || strings.Contains(page, "ya29") {
			t.Errorf("%q: the token beside it is printed:\n%s", test.pasted, page)
		}
	}
}

// What nothing is known of is not printed back either.
func TestPastedTextThatNobodyKnows(t *testing.T) {
	token := "ya29" + "." + strings.Repeat("aB3-", 12)
	for _, pasted := range []string{"nothing here is an error\n" + token, strings.Repeat("no error at all ", 20) + token} {
		a := &app{env: environment{stdout: io.Discard, stdin: strings.NewReader(pasted), getenv: func(string) string { return "" }}}
		err := a.explain(context.Background(), needsFlags{}, []string{"-"})
		if err == nil || strings.Contains(err.Error(), "ya29") || strings.Contains(err.Error(), "nothing here") {
			t.Errorf("the complaint is %v", err)
		}
	}
}
