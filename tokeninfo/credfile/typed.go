package credfile

import (
	"strings"

	"scopeaudit/tokeninfo"
)

// readTyped reads the formats that name themselves with a key "type": those of
// Google's application default credentials (rows 2, 3, 12 to 16 and 22).
func readTyped(f fields) ([]tokeninfo.Credential, *NotCredential) {
	v, ok := f.index["type"]
	if !ok || v.kind != text {
		return nil, nil
	}
	switch v.str {
	case "authorized_user":
		return readAuthorizedUser(f)
	case "service_account":
		return readServiceAccount(f)
	case "external_account":
		return readExternalAccount(f)
	case "external_account_authorized_user":
		return readExternalUser(f)
	case "impersonated_service_account":
		return readImpersonated(f)
	case "gdch_service_account":
		return readGDCH(f)
	}
	return nil, nil
}

func readAuthorizedUser(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("refresh_token", "client_id") {
		return nil, notCredential("an authorized-user file without refresh_token or client_id", hintNoRefresh)
	}
	// Without these keys the two cannot be told apart, and are treated alike.
	k := tokeninfo.NodeUser
	if f.has("account") || f.has("quota_project_id") || f.has("universe_domain") {
		k = tokeninfo.ADCUser
	}
	c := f.user(k)
	if !f.has("client_secret") {
		f.warn("client_secret is missing: google-auth refuses the file")
	}
	// google-auth reads these from such a file too, where someone added them.
	c.AccessToken = tokeninfo.NewSecret(f.text("token"))
	if f.has("scopes") {
		f.scopes(&c, "scopes", tokeninfo.ClaimRequested)
	}
	c.Expiry = f.expiryOf("expiry")
	return one(c)
}

func readServiceAccount(f fields) ([]tokeninfo.Credential, *NotCredential) {
	key := f.text("private_key")
	if key == "" {
		return nil, notCredential("a service-account key without its private key", "create a new key for the service account, or better none: ask its administrator")
	}
	c := tokeninfo.Credential{
		Kind:       tokeninfo.ServiceAccount,
		ClientID:   f.name("client_id"),
		PrivateKey: tokeninfo.NewSecret(key),
		Account:    f.name("client_email"),
		ProjectID:  f.name("project_id"),
		Endpoints:  f.endpoints(),
	}
	if f.has("key_type") || f.has("scopes") {
		c.Kind = tokeninfo.GAMService
		c.Scopes = f.plan("scopes")
		c.Claim = tokeninfo.ClaimDelegation
	}
	return one(c)
}

// plan reads the scopes of GAM: a list, or a list for each API.
func (f fields) plan(key string) []string {
	v := f.get(key)
	if v.kind != object {
		return f.scopesOf(key)
	}
	var out []string
	apis := fieldsOf(v, f.warnings)
	for _, api := range v.keys {
		out = append(out, apis.scopesOf(api)...)
	}
	return unique(out)
}

func readExternalAccount(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("audience", "credential_source") {
		return nil, notCredential("an external-account configuration without audience or credential_source", "create it again with gcloud iam workload-identity-pools create-cred-config")
	}
	return one(tokeninfo.Credential{
		Kind:         tokeninfo.ExternalAccount,
		ClientID:     f.name("client_id"),
		ClientSecret: tokeninfo.NewSecret(f.text("client_secret")),
		Account:      impersonated(f),
		ProjectID:    f.name("quota_project_id"),
		Endpoints:    f.endpoints(),
	})
}

func readExternalUser(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("refresh_token") {
		return nil, notCredential("an external authorized-user file without refresh_token", "sign in again with gcloud auth application-default login")
	}
	return one(f.user(tokeninfo.ExternalUser))
}

func readImpersonated(f fields) ([]tokeninfo.Credential, *NotCredential) {
	source, ok := f.inner("source_credentials")
	if !ok || !f.has("service_account_impersonation_url") {
		return nil, notCredential("an impersonated service account without its source credentials", "sign in again with gcloud auth application-default login --impersonate-service-account")
	}
	c := source.user(tokeninfo.ImpersonatedAccount)
	c.PrivateKey = tokeninfo.NewSecret(source.text("private_key"))
	c.Endpoints = append(f.endpoints(), c.Endpoints...)
	c.Account = impersonated(f)
	c.ProjectID = f.name("quota_project_id")
	return one(c)
}

// impersonated takes the service account's address from the URL that would be
// asked for its tokens.
func impersonated(f fields) string {
	_, account, ok := strings.Cut(f.text("service_account_impersonation_url"), "/serviceAccounts/")
	account, _, _ = strings.Cut(account, ":")
	if !ok || !strings.Contains(account, "@") || strings.ContainsAny(account, "/?#") || looksSecret(account) != "" {
		return ""
	}
	return account
}

func readGDCH(f fields) ([]tokeninfo.Credential, *NotCredential) {
	key := f.text("private_key")
	if key == "" || !f.has("name") {
		return nil, notCredential("a Distributed Cloud service-account key without its private key or name", "create the service identity's key again")
	}
	return one(tokeninfo.Credential{
		Kind:       tokeninfo.GDCHAccount,
		PrivateKey: tokeninfo.NewSecret(key),
		Account:    f.name("name"),
		ProjectID:  f.name("project"),
		Endpoints:  f.endpoints(),
	})
}

// readClientSecrets reads what Google's console gives for a program (row 6).
// Where both types stand in one file, each is a credential of its own.
func readClientSecrets(f fields) ([]tokeninfo.Credential, *NotCredential) {
	var out []tokeninfo.Credential
	var near *NotCredential
	for _, typ := range []string{"web", "installed"} { // Go prefers web
		in, ok := f.inner(typ)
		if !ok {
			continue
		}
		if in.name("client_id") == "" {
			near = notCredential("a client secrets file without client_id", hintClient)
			continue
		}
		const lacks = "no %s: google-auth-oauthlib for Python cannot sign in with the file"
		for _, key := range []string{"auth_uri", "token_uri"} {
			if in.text(key) == "" {
				in.warn(lacks, key)
			}
		}
		if !in.has("client_secret") { // an empty one will do
			in.warn(lacks, "client_secret")
		}
		out = append(out, tokeninfo.Credential{
			Kind:         tokeninfo.ClientSecrets,
			ClientID:     in.name("client_id"),
			ClientSecret: tokeninfo.NewSecret(in.text("client_secret")),
			ProjectID:    in.name("project_id"),
			ClientType:   typ,
			RedirectURIs: in.texts("redirect_uris"),
			Endpoints:    in.endpoints(),
		})
	}
	if len(out) > 1 {
		for i := range out {
			out[i].Label = out[i].ClientType
		}
	}
	return out, near
}
