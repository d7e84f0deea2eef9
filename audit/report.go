package audit

import (
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// Finding is one difference between what is and what should be.
type Finding struct {
	Rule       rules.ID
	Severity   rules.Severity
	Confidence rules.Confidence
	Message    string // what is wrong, one sentence, no secret
	Remedy     string // the one command or act that mends it
	InGit      string // what follows from where git holds it; empty where that is not known
	Masked     string // the secret's masked form, for leaks
	// Fingerprint names the finding across runs and machines: 32 hex digits.
	Fingerprint string
	// Secret is equal for equal secrets within a run ("s1"); empty if the
	// finding is not about a secret.
	Secret  string
	Subject Subject
	// Locations are where it is, in order; the first is where to look.
	Locations []rules.Location
	// Parts are the fingerprints of the findings a composite is made of.
	Parts []string
	// PartOf is the fingerprint of the composite that names this finding.
	PartOf string
	// Prints are the fingerprints at each of Locations, for a secret at several
	// places; nil where all are Fingerprint.
	Prints []string
	// Suppressed is why the finding does not count, nil if it does.
	Suppressed *Suppression
	// Lowered is by what its severity was lowered to info, nil if it was not.
	Lowered *Lowering
}

// fingerprintAt is the fingerprint at the place n.
func (f *Finding) fingerprintAt(n int) string {
	if n < len(f.Prints) {
		return f.Prints[n]
	}
	return f.Fingerprint
}

// Subject is what a finding is about, where that is not a secret.
type Subject struct {
	Scope      scopes.Scope
	Credential string // the report's ID of the credential: "c1"
	Program    string
	Method     string
}

// Suppression names who silenced a finding and why.
type Suppression struct {
	By       string // "policy", "baseline" or "comment"
	Reason   string
	Location rules.Location
	Until    time.Time
}

// Lowering names the comment that lowered a finding to info.
type Lowering struct {
	From     rules.Severity
	Marker   string // what the comment begins with: "gitleaks:allow"
	Location rules.Location
}

// BaselineUse is what became of one baseline.
type BaselineUse struct {
	Name   string
	Format BaselineFormat
	// Entries is how many it has: Matched, Outside and those in Unmatched.
	Entries, Matched int
	// Outside is how many are about what this run did not examine.
	Outside int
	// Unmatched are those that nothing matches: most of them can go.
	Unmatched []UnmatchedEntry
	// Kept are the others, of a baseline of ours: it is written anew with them.
	Kept []BaselineEntry
}

// UnmatchedEntry is an entry of a baseline that no finding matches.
type UnmatchedEntry struct {
	BaselineEntry
	Why string // where there is more to say than that it is gone
}

// ScopeRow is one line of the table in which the four sets of scopes meet. A
// nil set was not examined.
type ScopeRow struct {
	Scope  scopes.Scope
	Short  string
	Powers []scopes.Power
	Tier   scopes.Tier
	// Allowed is nil where the policy does not judge the scope's API.
	Allowed   *bool
	Requested *bool // claimed by a file or asked for by code
	Granted   *bool // only ever Google's answer
	Needed    *bool // by the code; nil: none was examined, or it is not known
}

// RefreshState is what is known about a refresh token; the values are part of
// the JSON format and those of tokeninfo.Access plus "dead".
type RefreshState string

const (
	RefreshLive     RefreshState = "live"
	RefreshDead     RefreshState = "dead"
	RefreshUnknown  RefreshState = "unknown"
	RefreshNotAsked RefreshState = "not_asked"
	RefreshNone     RefreshState = "none"
)

// CredentialRow is one credential in the report; it holds no secret.
type CredentialRow struct {
	ID              string // "c1"
	Location        rules.Location
	Kind            tokeninfo.Kind
	Label           string
	ClientID        string
	PublishedClient string
	Server          string // that was asked in Google's place, by its issuer
	Account         string
	RefreshToken    bool
	Access          tokeninfo.Access
	AccessReason    string // why unknown
	Refresh         RefreshState
	ExpiresAt       time.Time // zero: not known
	// Left is how long the access token still lived when the evidence was
	// taken, negative if it had ended; it means nothing while ExpiresAt is zero.
	Left       time.Duration
	Claim      tokeninfo.Claim
	Scopes     []CredentialScope
	CannotTell []string
	Warnings   []string
	// Client is what a client's own file says about it; nil for other files.
	Client *ClientRow
	// Probe is what the access token opened; nil where nothing was tried.
	Probe *ProbeRow
}

// ProbeRow is what was tried with a token, and what follows.
type ProbeRow struct {
	tokeninfo.Probe
	// Follows are sentences.
	Follows []string
}

// ClientRow is an OAuth client, as its file claims it to be.
type ClientRow struct {
	Type          string // "installed" or "web"
	Project       string // the Cloud project's ID
	ProjectNumber string // the same project, as the client ID names it
	Secret        tokeninfo.SecretForm
	Redirects     []string
}

// CredentialScope is one scope of one credential.
type CredentialScope struct {
	Scope   scopes.Scope
	Short   string
	Powers  []scopes.Power
	Tier    scopes.Tier
	Claimed bool
	Granted *bool // nil: Google was not asked
	Allowed *bool // nil: not judged
	Needed  *bool // by the programs that it lies with; nil: not known
}

// PolicyRef says which policy judged, and how it came to apply.
type PolicyRef struct {
	Name   string
	Source string // "default", "built-in" or "file"
	Digest string
	APIs   []string
}

// Report is the outcome of one run. Every format renders this value.
type Report struct {
	Tool     string // "scopeaudit 0.1.0"
	Complete bool
	Sandbox  string // "landlock+seccomp", "partial" or "none"
	Coverage rules.Coverage
	Policy   PolicyRef
	Scopes   []ScopeRow
	// Credentials are in the order of their IDs.
	Credentials []CredentialRow
	// Code is nil where no code was looked at. Programs are in the order of
	// their paths.
	Code     *CodeRow
	Programs []ProgramRow
	// Findings are gravest first, then by place.
	Findings []Finding
	// Baselines are in the order in which they were named.
	Baselines []BaselineUse
	// Rules documents every rule that can fire, found or not.
	Rules []rules.Rule
	// Advice is about what may go wrong next, likeliest first; most reports have
	// none.
	Advice []rules.Advice
	// Notes are sentences for the reader: which policy applied and how to
	// choose another, what no one can tell from a token.
	Notes []string
}
