package tokeninfo

// Describe gives the human name of a kind, with its article, and a sentence
// about what such a thing is. Both are empty for an unknown kind.
func (k Kind) Describe() (name, whatItIs string) {
	switch k {
	case GoogleAuth:
		return "a token file of google-auth for Python", "It holds a user's grant to a program: an access token, the refresh token that renews it, and the program's client secret."
	case ADCUser:
		return "gcloud's application default credentials", "They hold a refresh token by which programs on this computer act as the user."
	case NodeUser:
		return "an authorized-user file", "The Node quickstart and gcloud write it: a refresh token together with the client that may use it."
	case NodeCredentials:
		return "a token file of google-auth-library for Node", "It holds tokens and the scopes that were granted with them; the client stands in another file."
	case GoToken:
		return "a token file of Go's oauth2 package", "It holds tokens only; the client stands in another file."
	case ClientSecrets:
		return "an OAuth client secrets file", "It names a program to Google; it holds no token and no one's grant."
	case OAuth2Client:
		return "a storage file of oauth2client", "The retired Python library writes it: tokens, the client, and the last answer of the server."
	case OAuth2ClientMultistore:
		return "a multistore of oauth2client", "It holds the credentials of several clients and users in one file."
	case Pickle:
		return "a pickled credential of google-auth", "It is a token file as a Python pickle, a format that runs code when it is loaded; it was not loaded."
	case JavaStored:
		return "a stored credential of Google's Java client", "It is a serialised Java object that holds an access token and a refresh token; it was not deserialised."
	case GcloudDB:
		return "gcloud's credential database", "It holds the credentials of every account that gcloud has signed in."
	case ServiceAccount:
		return "a service-account key", "It holds a private key by which anyone acts as that service account, without a time limit."
	case ExternalAccount:
		return "an external-account configuration", "It says where a workload outside Google gets the token that it exchanges for a Google one."
	case ExternalUser:
		return "an external authorized-user file", "It holds the refresh token of a user who signs in through a company's own identity provider."
	case ImpersonatedAccount:
		return "an impersonated service account", "It holds another credential that is used to act as a service account."
	case GDCHAccount:
		return "a service-account key of Google Distributed Cloud", "It holds a private key for a cloud on someone's own premises."
	case ClaspLocal:
		return "a project's login file of clasp", "It holds tokens for Apps Script together with the project's own client."
	case ClaspGlobal:
		return "a login file of clasp", "It holds tokens for Apps Script that belong to clasp's published client."
	case ClaspV3:
		return "a login file of clasp 3", "It holds the logins of one or more users."
	case Rclone:
		return "a configuration of rclone", "Each remote of it holds a grant to Google Drive, Photos or Cloud Storage."
	case GAMOAuth2:
		return "GAM's OAuth file", "It holds an administrator's grant to GAM."
	case GAMService:
		return "GAM's service-account key", "It holds a private key and the scopes for which GAM uses domain-wide delegation."
	case OAuth2L:
		return "a token cache of oauth2l", "Each entry holds the client that asked and the token that it got."
	case OAuthlibTool:
		return "a credentials file of google-oauthlib-tool", "It holds a refresh token and its client, without an access token."
	case MuttOAuth2:
		return "a token file of mutt_oauth2", "It holds tokens for a mail account's IMAP, POP and SMTP."
	case GWSCache:
		return "a token cache of gws", "It holds one token for each set of scopes that was asked for."
	case FirebaseTools:
		return "a login file of firebase-tools", "It holds tokens that belong to the published client of firebase-tools."
	case TokenResponse:
		return "a token endpoint's answer", "It is what the server sent when the token was made."
	case TextCredential:
		return "a credential written into text", "It was found by its keys in source, a settings file or a notebook."
	case BareAccessToken:
		return "a bare access token", "It is the token alone, given by hand."
	}
	return "", ""
}
