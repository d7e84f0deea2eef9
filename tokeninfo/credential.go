package tokeninfo

import (
	"time"

	"scopeaudit/audit/rules"
)

// Kind is the format of a credential, one for each row of the table in
// testdata/vectors/credfile/README.md. The names are part of the JSON format.
type Kind string

// The kinds of credential that credfile recognises.
const (
	GoogleAuth             Kind = "google-auth"              // token.json of google-auth for Python
	ADCUser                Kind = "adc-authorized-user"      // gcloud's application default credentials
	NodeUser               Kind = "node-authorized-user"     // token.json of the Node quickstart
	NodeCredentials        Kind = "node-credentials"         // access_token with expiry_date in milliseconds
	GoToken                Kind = "go-oauth2-token"          // golang.org/x/oauth2.Token
	ClientSecrets          Kind = "client-secrets"           // installed or web client
	OAuth2Client           Kind = "oauth2client-storage"     // the retired Python library
	OAuth2ClientMultistore Kind = "oauth2client-multistore"  // several of them in one file
	Pickle                 Kind = "google-auth-pickle"       // token.pickle; never unpickled
	JavaStored             Kind = "java-stored-credential"   // Java-serialised; never deserialised
	GcloudDB               Kind = "gcloud-database"          // SQLite; bytes searched, never opened as a database
	ServiceAccount         Kind = "service-account-key"      //
	ExternalAccount        Kind = "external-account"         // workload identity federation
	ExternalUser           Kind = "external-authorized-user" // workforce identity federation
	ImpersonatedAccount    Kind = "impersonated-service-account"
	GDCHAccount            Kind = "gdch-service-account"
	ClaspLocal             Kind = "clasp-local"
	ClaspGlobal            Kind = "clasp-global"
	ClaspV3                Kind = "clasp-v3"
	Rclone                 Kind = "rclone"
	GAMOAuth2              Kind = "gam-oauth2"
	GAMService             Kind = "gam-service-account"
	OAuth2L                Kind = "oauth2l-cache"
	OAuthlibTool           Kind = "google-oauthlib-tool"
	MuttOAuth2             Kind = "mutt-oauth2"
	GWSCache               Kind = "gws-token-cache"
	FirebaseTools          Kind = "firebase-tools"
	TokenResponse          Kind = "token-response"    // the raw answer of a token endpoint
	TextCredential         Kind = "text"              // found by its keys in source, .env or a notebook
	BareAccessToken        Kind = "bare-access-token" // given by hand: nothing but the token
)

// Claim says what the scopes written in a file are worth.
type Claim string

const (
	ClaimNone       Claim = "none"       // the format holds no scopes
	ClaimRequested  Claim = "requested"  // what a script asked for
	ClaimGranted    Claim = "granted"    // copied from the server's last answer: true then
	ClaimDelegation Claim = "delegation" // what a service account plans to use by delegation
)

// Endpoint is a URL or host that a file names. It is compared, never dialled.
type Endpoint struct {
	Field   string // "token_uri"
	Value   string
	Foreign bool // not one of Google's for this field
}

// Credential is one credential as a file claims it to be.
type Credential struct {
	Kind Kind
	// Label tells several credentials of one file apart: the account or the
	// section they stand under. Empty where a file holds one.
	Label string

	ClientID     string
	ClientSecret Secret
	AccessToken  Secret
	RefreshToken Secret
	IDToken      Secret
	PrivateKey   Secret

	Account   string // e-mail address or service account, if the file says
	ProjectID string

	// ClientType is "installed" or "web" for client secrets, else empty.
	ClientType   string
	RedirectURIs []string

	// Scopes are as the file writes them, split but not normalised.
	Scopes []string
	Claim  Claim
	// Requested are the scopes that were asked for, in the formats that hold
	// them beside the granted ones. Where Claim is ClaimRequested, it is empty
	// and Scopes says it.
	Requested []string

	// Expiry is when the access token ends; zero if the file does not say.
	Expiry time.Time
	// Lifetime is how long the access token lives in all, of a token that was just
	// made. It is not read from files.
	Lifetime time.Duration

	Endpoints []Endpoint
	// PublishedClient names the well-known program whose client ID this is.
	PublishedClient string
	// CannotTell lists what nobody can learn from this file, in sentences.
	CannotTell []string
	// Warnings are oddities met while reading: a duplicate key, NaN, a lost
	// offset. They quote no content.
	Warnings []string
	// Place is where the credential stands in its file: Line 1 for a whole
	// file, and Cell, Execution, Output in a notebook. What names the file is
	// left for the caller to fill in. Line is zero in binary formats.
	Place rules.Location
}

// CanMint reports whether the file alone suffices to make new access tokens.
func (c Credential) CanMint() bool {
	return c.RefreshToken.Present() && c.ClientID != "" || c.PrivateKey.Present()
}
