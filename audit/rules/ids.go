package rules

// Rules about scopes: what a credential may do against what the policy allows.
const (
	ScopeExcess    ID = "scope-excess"     // held or claimed, not allowed
	ScopeDenied    ID = "scope-denied"     // held or claimed, and the policy denies it
	ScopeRequired  ID = "scope-required"   // the policy requires it, the token lacks it
	ScopeConflict  ID = "scope-conflict"   // two scopes that spoil each other
	ScopeUnknown   ID = "scope-unknown"    // no scope that Google documents
	ScopeNotJudged ID = "scope-not-judged" // of an API that the default policy does not judge
	ScopeNoted     ID = "scope-noted"      // allowed, and worth knowing about
	PowerExcess    ID = "power-excess"     // can do more than the policy's greatest power
	ClaimDiffers   ID = "claim-differs"    // the file claims other scopes or another client than Google says
)

// Rules about what code asks for against what its calls need.
const (
	ScopeUnneeded  ID = "scope-unneeded"        // asked for, and no call needs it
	ScopeNarrower  ID = "scope-narrower-exists" // a strictly narrower set permits every call
	ScopeMissing   ID = "scope-missing"         // a call that nothing asked for permits
	CallUnresolved ID = "call-unresolved"       // it may need what nothing else needs
	PriceRaised    ID = "price-raised"          // a change needs more than scopes.lock has
)

// Rules about how a program obtains and keeps its token.
const (
	FlowOutOfBand      ID = "flow-out-of-band"     // a redirect that Google shut
	FlowNeverRefreshes ID = "flow-never-refreshes" // each run asks anew
	FlowIncludedScopes ID = "flow-included-scopes" // the token gets what was granted before too
	FlowScopesAsText   ID = "flow-scopes-as-text"  // one text where a list is meant
	FlowLoaderScopes   ID = "flow-loader-scopes"   // the loader's scopes replace those of the file
	FlowTokenMode      ID = "flow-token-mode"      // a token file that others may read
	FlowWithoutState   ID = "flow-without-state"   // a foreign answer is taken for its own
	FlowWithoutPKCE    ID = "flow-without-pkce"    // the code verifier is turned off
)

// Rules about a credential as a whole.
const (
	ClientNotAllowed    ID = "client-not-allowed"
	AccountNotAllowed   ID = "account-not-allowed"
	RefreshTokenPresent ID = "refresh-token-present"
	LifetimeExcess      ID = "lifetime-excess"
	ForeignEndpoint     ID = "foreign-endpoint" // the file names a server that is not Google's
	TokenNotTested      ID = "token-not-tested" // a refresh token whose grant nobody asked about
	ProbeDiffers        ID = "probe-differs"    // the API opens other calls than the scopes permit
	TokenNotValid       ID = "token-not-valid"  // an access token that Google does not accept now
	PowerUnknown        ID = "power-unknown"    // the file cannot tell what the credential may do
)

// Rules about an OAuth client.
const (
	RedirectInsecure  ID = "redirect-insecure"    // http to another computer
	RedirectWildcard  ID = "redirect-wildcard"    // *
	RedirectOutOfBand ID = "redirect-out-of-band" // the flow that Google ended
	ClientWebAtHome   ID = "client-web-at-home"   // a web client of which all redirects lead to this computer
)

// Rules about the file that holds a credential.
const (
	CredentialTracked    ID = "credential-tracked"
	CredentialNotIgnored ID = "credential-not-ignored"
	FileReadable         ID = "file-readable"
	CredentialCopy       ID = "credential-copy" // `scan --find` met it elsewhere
)

// Rules about the policy itself.
const (
	ExceptionExpired ID = "exception-expired"
	ExceptionUnused  ID = "exception-unused"
)

// Rules about secrets in source trees: the Google family.
const (
	GoogleAccessToken        ID = "google-access-token"         // ya29.…
	GoogleRefreshToken       ID = "google-refresh-token"        // 1//0…
	GoogleRefreshTokenLegacy ID = "google-refresh-token-legacy" // 1/…, by key name
	GoogleAuthorizationCode  ID = "google-authorization-code"   // 4/0A…, beside code=
	GoogleClientID           ID = "google-client-id"            // an identifier: info
	GoogleClientSecret       ID = "google-client-secret"        // GOCSPX-…
	GoogleClientSecretLegacy ID = "google-client-secret-legacy" // 24 characters, by key name
	GoogleAPIKey             ID = "google-api-key"              // AIza…
	GoogleExpressKey         ID = "google-express-key"          // AQ.Ab8R…
	GoogleServiceAccountKey  ID = "google-service-account-key"
	GoogleFCMServerKey       ID = "google-fcm-server-key"
	GoogleStorageHMAC        ID = "google-storage-hmac"
	GoogleTokenCutShort      ID = "google-token-cut-short" // a known prefix under a known key, too short to be whole
	GoogleOAuthClient        ID = "google-oauth-client"    // client ID and client secret together
	GoogleFullCredential     ID = "google-full-credential" // client ID, client secret and refresh token together
)

// Rules about secrets in source trees: developer platforms.
const (
	GitHubToken        ID = "github-token"        // ghp_…, gho_…, ghu_…, ghs_…, ghr_…
	GitHubFineGrained  ID = "github-fine-grained" // github_pat_…
	GitLabToken        ID = "gitlab-token"        // glpat-… and its kin
	SlackToken         ID = "slack-token"         // xoxb-…, xapp-…
	SlackWebhook       ID = "slack-webhook"
	AWSAccessKeyID     ID = "aws-access-key-id" // an identifier
	AWSSecretAccessKey ID = "aws-secret-access-key"
	AWSBedrockKey      ID = "aws-bedrock-key" // ABSK…
	StripeKey          ID = "stripe-key"      // sk_live_…, rk_live_…, whsec_…
	OpenAIKey          ID = "openai-key"
	AnthropicKey       ID = "anthropic-key"
	NPMToken           ID = "npm-token"
	PyPIToken          ID = "pypi-token"
	SendGridKey        ID = "sendgrid-key"
	TelegramToken      ID = "telegram-token"
	HuggingFaceToken   ID = "huggingface-token"
	DigitalOceanToken  ID = "digitalocean-token"
	DockerHubToken     ID = "docker-hub-token"
	ShopifyToken       ID = "shopify-token"
	AgeKey             ID = "age-key" // AGE-SECRET-KEY-1…
)

// Rules about secrets in source trees: identity providers other than Google.
const (
	FacebookAccessToken ID = "facebook-access-token" // EAA…
	FacebookAppToken    ID = "facebook-app-token"    // an ID, a pipe and a secret
	FacebookAppSecret   ID = "facebook-app-secret"
	InstagramToken      ID = "instagram-token" // IGQVJ…
	EntraClientSecret   ID = "entra-client-secret"
	EntraRefreshToken   ID = "entra-refresh-token"
	AzureStorageKey     ID = "azure-storage-key"
	AmazonLWAAccess     ID = "amazon-lwa-access-token"  // Atza|…
	AmazonLWARefresh    ID = "amazon-lwa-refresh-token" // Atzr|…
	AmazonLWAClient     ID = "amazon-lwa-client"        // its ID is an identifier
	AmazonMWSToken      ID = "amazon-mws-token"
	XBearerToken        ID = "x-bearer-token"
	XAccessToken        ID = "x-access-token"
)

// Rules about secrets in source trees: forms that no single service owns.
const (
	JWT           ID = "jwt"
	PrivateKey    ID = "private-key"    // a PEM block
	URLPassword   ID = "url-password"   // scheme://user:password@host
	GenericSecret ID = "generic-secret" // by key name and look alone
)
