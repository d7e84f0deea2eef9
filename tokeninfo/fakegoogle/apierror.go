package fakegoogle

import "net/http"

// apiFault is an error as Google's APIs word it, its fields in their order. The
// older form, errors, and the newer one, details, stand side by side.
type apiFault struct {
	Code    int         `json:"code"`
	Message string      `json:"message"`
	Errors  []apiReason `json:"errors"`
	Status  string      `json:"status"`
	Details []apiDetail `json:"details,omitempty"`
}

type apiReason struct {
	Message      string `json:"message"`
	Domain       string `json:"domain"`
	Reason       string `json:"reason"`
	Location     string `json:"location,omitempty"`
	LocationType string `json:"locationType,omitempty"`
}

type apiDetail struct {
	Type     string      `json:"@type"`
	Reason   string      `json:"reason"`
	Domain   string      `json:"domain"`
	Metadata *apiService `json:"metadata"`
}

type apiService struct {
	Service string `json:"service"`
	Method  string `json:"method,omitempty"`
}

// errorInfo says which method was called, by the name that Gmail has for it.
func errorInfo(reason string, c call) []apiDetail {
	about := &apiService{Service: "gmail.googleapis.com"}
	if name := rpcNames()[c.ID]; name != "" {
		about.Method = "caribou.api.proto.MailboxService." + name
	}
	return []apiDetail{{"type.googleapis.com/google.rpc.ErrorInfo", reason, "googleapis.com", about}}
}

func (f apiFault) answer() answer {
	return answer{status: f.Code, fields: map[string]any{"error": f}}
}

// apiError is an error that says the same twice.
func apiError(status int, state, message, reason string) answer {
	return apiFault{
		Code: status, Message: message, Status: state,
		Errors: []apiReason{{Message: message, Domain: "global", Reason: reason}},
	}.answer()
}

func forbidden(message string) answer {
	return apiError(http.StatusForbidden, "PERMISSION_DENIED", message, "forbidden")
}

// insufficient is Google's answer to a token without the method's scope.
func insufficient(c call) answer {
	a := apiFault{
		Code: http.StatusForbidden, Message: "Request had insufficient authentication scopes.", Status: "PERMISSION_DENIED",
		Errors:  []apiReason{{Message: "Insufficient Permission", Domain: "global", Reason: "insufficientPermissions"}},
		Details: errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", c),
	}.answer()
	a.challenge = `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="` + join(c.Scopes) + `"` // RFC 6750 §3.1
	return a
}

// rpcNames are the names that Gmail's errors have for the methods, where they
// were seen in reports.
func rpcNames() map[string]string {
	return map[string]string{
		"gmail.users.getProfile":           "GetProfile",
		"gmail.users.messages.list":        "ListMessages",
		"gmail.users.messages.batchDelete": "BatchDeleteMessages",
		"gmail.users.history.list":         "ListHistory",
		"gmail.users.drafts.create":        "CreateDraft",
	}
}

// unauthenticated is Google's answer to a call without a token that lives.
func (q Question) unauthenticated(c call) answer {
	f := apiFault{
		Code: http.StatusUnauthorized, Message: "Request had invalid authentication credentials.", Status: "UNAUTHENTICATED",
		Errors: []apiReason{{"Invalid Credentials", "global", "authError", "Authorization", "header"}},
	}
	if q.access == "" {
		f.Message = "Request is missing required authentication credential."
		f.Errors[0].Message, f.Errors[0].Reason = "Login Required.", "required"
		f.Details = errorInfo("CREDENTIALS_MISSING", c)
	}
	f.Message += " Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	return f.answer()
}
