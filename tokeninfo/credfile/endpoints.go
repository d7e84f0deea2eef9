package credfile

import (
	"slices"
	"strings"

	"scopeaudit/tokeninfo"
)

// allowed lists, for each key that names a server, the values that Google's own
// files have. They are compared byte for byte: another case, a user part, a
// trailing dot, a port, http or a look-alike is another server. A value that
// ends in "/" allows what lies below it.
//
// Sources: the files that Google's console and clients write, and the discovery
// document at accounts.google.com.
func allowed(key string) []string {
	switch key {
	case "token_uri":
		return []string{
			"https://oauth2.googleapis.com/token",
			"https://accounts.google.com/o/oauth2/token",
			"https://www.googleapis.com/oauth2/v3/token",
			"https://www.googleapis.com/oauth2/v4/token",
		}
	case "auth_uri":
		return []string{
			"https://accounts.google.com/o/oauth2/auth",
			"https://accounts.google.com/o/oauth2/v2/auth",
		}
	case "revoke_uri":
		return []string{
			"https://oauth2.googleapis.com/revoke",
			"https://accounts.google.com/o/oauth2/revoke",
		}
	case "token_info_uri":
		return []string{
			"https://oauth2.googleapis.com/tokeninfo",
			"https://www.googleapis.com/oauth2/v1/tokeninfo",
			"https://www.googleapis.com/oauth2/v2/tokeninfo",
			"https://www.googleapis.com/oauth2/v3/tokeninfo",
		}
	case "auth_provider_x509_cert_url":
		return []string{
			"https://www.googleapis.com/oauth2/v1/certs",
			"https://www.googleapis.com/oauth2/v3/certs",
		}
	case "client_x509_cert_url":
		return []string{"https://www.googleapis.com/robot/v1/metadata/x509/"}
	case "token_url":
		return []string{
			"https://sts.googleapis.com/v1/token",
			"https://sts.googleapis.com/v1/oauthtoken",
			"https://sts.googleapis.com/v1/oauth/token",
		}
	case "token_info_url":
		return []string{"https://sts.googleapis.com/v1/introspect"}
	case "revoke_url":
		return []string{"https://sts.googleapis.com/v1/revoke"}
	case "service_account_impersonation_url":
		return []string{"https://iamcredentials.googleapis.com/"}
	case "universe_domain":
		return []string{"googleapis.com"}
	}
	return nil
}

// endpointKeys are the keys of a credential that name servers, in the order in
// which they are reported.
func endpointKeys() []string {
	return []string{
		"token_uri", "auth_uri", "revoke_uri", "token_info_uri",
		"token_url", "token_info_url", "revoke_url", "service_account_impersonation_url",
		"auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain",
	}
}

// judge compares one value. The value that is kept is fit to be shown.
func judge(key, val string) tokeninfo.Endpoint {
	ok := slices.ContainsFunc(allowed(key), func(a string) bool {
		if !strings.HasSuffix(a, "/") {
			return val == a
		}
		// Only a plain path may follow: no dot segment, no query, no fragment.
		rest, below := strings.CutPrefix(val, a)
		return below && !strings.Contains(rest, "..") && !strings.ContainsAny(rest, `?#\`)
	})
	return tokeninfo.Endpoint{Field: key, Value: showURL(val), Foreign: !ok}
}

// maxShown bounds what is kept of a foreign URL.
const maxShown = 200

// showURL cuts from a URL what may hold a secret: a password, the query, the
// fragment. What it is compared by stays recognisable.
func showURL(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i+1] + "…"
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = "", s
	} else {
		scheme += "://"
	}
	host, path, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = "…" + host[at:]
	}
	if strings.Contains(rest, refreshPrefix) {
		path = "…"
	}
	if slash {
		host += "/"
	}
	if s = scheme + host + path; looksSecret(s) != "" {
		return "…"
	}
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}

// endpoints lists the servers that an object names.
func (f fields) endpoints() []tokeninfo.Endpoint {
	var out []tokeninfo.Endpoint
	for _, key := range endpointKeys() {
		if val := f.text(key); val != "" {
			out = append(out, judge(key, val))
		}
	}
	return append(out, f.source()...)
}

// source lists what a credential_source would run or dial. Both are foreign
// whatever they hold: the file decides whom to ask for the subject's token.
func (f fields) source() []tokeninfo.Endpoint {
	src, ok := f.inner("credential_source")
	if !ok {
		return nil
	}
	var out []tokeninfo.Endpoint
	for _, key := range []string{"url", "region_url", "regional_cred_verification_url", "imdsv2_session_token_url"} {
		if val := src.text(key); val != "" {
			out = append(out, tokeninfo.Endpoint{Field: "credential_source." + key, Value: showURL(val), Foreign: true})
		}
	}
	if run, ok := src.inner("executable"); ok {
		// Arguments may hold secrets; the program is enough to judge by.
		program, _, _ := strings.Cut(strings.TrimSpace(run.text("command")), " ")
		out = append(out, tokeninfo.Endpoint{Field: "credential_source.executable", Value: showURL(program), Foreign: true})
	}
	return out
}
