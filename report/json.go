package report

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// formatVersion is the version of the JSON document. Within one, names are
// neither renamed nor removed; readers must ignore names they do not know and
// take enumerations as open.
const formatVersion = 1

// text is a string of the document. Encoding cleans it, so that no field can be
// forgotten.
type text string

// MarshalText makes s safe to show.
func (s text) MarshalText() ([]byte, error) { return []byte(Clean(string(s))), nil }

// The document, format version 1. The order of the fields is that of the
// output; null means that it is not known, or was not asked or examined, and
// lists are never null.
type (
	document struct {
		Version     int              `json:"version"`
		Tool        text             `json:"tool"`
		Complete    bool             `json:"complete"`
		Sandbox     text             `json:"sandbox"`
		Coverage    coverageJSON     `json:"coverage"`
		Policy      policyJSON       `json:"policy"`
		Scopes      []scopeJSON      `json:"scopes"`
		Credentials []credentialJSON `json:"credentials"`
		Needs       *needsJSON       `json:"needs"` // null where no code was examined
		Programs    []programJSON    `json:"programs"`
		Findings    []findingJSON    `json:"findings"`
		Baselines   []baselineJSON   `json:"baselines"`
		Advice      []adviceJSON     `json:"advice"` // what may go wrong next, from `client`
		Notes       []text           `json:"notes"`  // sentences for people: no program should lean on their words
	}

	coverageJSON struct {
		Files      int           `json:"files"`
		Bytes      int64         `json:"bytes"`
		Blobs      int           `json:"blobs"`
		Changed    *int          `json:"changed_files"` // null unless only what is new was asked for
		Suppressed int           `json:"suppressed"`
		Skipped    []skippedJSON `json:"skipped"`
	}

	skippedJSON struct {
		Path   text `json:"path"`
		Reason text `json:"reason"`
		Kind   text `json:"kind"`
	}

	policyJSON struct {
		Name   text `json:"name"`
		Source text `json:"source"`
		Digest text `json:"digest"`
	}

	scopeJSON struct {
		Scope     text   `json:"scope"`
		Power     []text `json:"power"`
		Tier      text   `json:"tier"`
		Allowed   *bool  `json:"allowed"`
		Requested *bool  `json:"requested"`
		Granted   *bool  `json:"granted"`
		Needed    *bool  `json:"needed"`
	}

	credentialJSON struct {
		ID           text                  `json:"id"`
		Location     locationJSON          `json:"location"`
		Kind         text                  `json:"kind"`
		ClientID     text                  `json:"client_id"`
		Server       text                  `json:"server,omitempty"` // absent where it is Google
		Account      text                  `json:"account"`
		RefreshToken bool                  `json:"refresh_token"`
		Access       text                  `json:"access"`
		Refresh      text                  `json:"refresh"`
		ExpiresAt    *text                 `json:"expires_at"`
		Scopes       []credentialScopeJSON `json:"scopes"`
		Client       *clientJSON           `json:"client"` // null but for a client's own file
		Probe        *probeJSON            `json:"probe"`  // null where nothing was tried
	}

	probeJSON struct {
		AskedAt *text        `json:"asked_at"`
		Account text         `json:"account"` // empty unless it was asked for
		Calls   []probedJSON `json:"calls"`
		Follows []text       `json:"follows"`
	}

	probedJSON struct {
		Method  text `json:"method"`
		Search  bool `json:"search"`
		Outcome text `json:"outcome"`
		Reason  text `json:"reason"`
	}

	clientJSON struct {
		Type          text   `json:"type"`
		Project       text   `json:"project"`
		ProjectNumber text   `json:"project_number"`
		Secret        text   `json:"secret"`
		RedirectURIs  []text `json:"redirect_uris"`
	}

	adviceJSON struct {
		Text   text   `json:"text"`
		Means  text   `json:"means"`
		Causes []text `json:"causes"`
		Remedy text   `json:"remedy"`
	}

	credentialScopeJSON struct {
		Scope   text  `json:"scope"`
		Claimed bool  `json:"claimed"`
		Granted *bool `json:"granted"`
		Allowed *bool `json:"allowed"`
		Needed  *bool `json:"needed"`
	}

	findingJSON struct {
		Rule        text             `json:"rule"`
		Severity    text             `json:"severity"`
		Confidence  text             `json:"confidence"`
		Message     text             `json:"message"`
		Remedy      text             `json:"remedy"`
		InGit       text             `json:"in_git"` // what follows from where git holds it
		Masked      text             `json:"masked"`
		Fingerprint text             `json:"fingerprint"`
		Secret      text             `json:"secret"`
		Subject     subjectJSON      `json:"subject"`
		Locations   []locationJSON   `json:"locations"`
		Parts       []text           `json:"parts"`
		Suppressed  *suppressionJSON `json:"suppressed"`
		Lowered     *loweringJSON    `json:"lowered"`
	}

	subjectJSON struct {
		Scope      text `json:"scope"`
		Credential text `json:"credential"`
		Program    text `json:"program"`
		Method     text `json:"method"`
	}

	// suppressionJSON has a location only where there is one to look at, and
	// the last day on which it holds.
	suppressionJSON struct {
		By       text          `json:"by"`
		Reason   text          `json:"reason"`
		Location *locationJSON `json:"location"`
		Until    *text         `json:"until"`
	}

	// loweringJSON is the comment that lowered a finding to info.
	loweringJSON struct {
		From     text         `json:"from"` // the severity without it
		Marker   text         `json:"marker"`
		Location locationJSON `json:"location"`
	}

	// baselineJSON is what became of a baseline. Entries is the sum of matched,
	// outside (about what was not examined) and those in unmatched.
	baselineJSON struct {
		Name      text            `json:"name"`
		Format    text            `json:"format"`
		Entries   int             `json:"entries"`
		Matched   int             `json:"matched"`
		Outside   int             `json:"outside"`
		Unmatched []unmatchedJSON `json:"unmatched"`
	}

	// unmatchedJSON is an entry that nothing matches any more. Line is that of the
	// entry in its baseline.
	unmatchedJSON struct {
		Line        *int `json:"line"`
		Rule        text `json:"rule"`
		Path        text `json:"path"`
		PathLine    *int `json:"path_line"`
		Commit      text `json:"commit"`
		Fingerprint text `json:"fingerprint"`
		Reason      text `json:"reason"`
	}

	locationJSON struct {
		Origin    text   `json:"origin"`
		Path      text   `json:"path"`
		Member    text   `json:"member"`
		Line      *int   `json:"line"`
		Column    *int   `json:"column"`
		EndLine   *int   `json:"end_line"`
		EndColumn *int   `json:"end_column"`
		Cell      *int   `json:"cell"`
		Output    bool   `json:"output"`
		Blob      text   `json:"blob"`
		Commit    text   `json:"commit"`
		Committed *text  `json:"commit_date"`
		InHead    *bool  `json:"in_head"`
		Refs      []text `json:"refs"`
		Git       *text  `json:"git"` // what git does with the file
	}
)

// writeJSON writes the document that every verb and every later format shares.
func writeJSON(w io.Writer, r audit.Report, _ Options) error {
	return encode(w, document{
		Version:  formatVersion,
		Tool:     text(r.Tool),
		Complete: r.Complete,
		Sandbox:  text(r.Sandbox),
		Coverage: coverageJSON{
			Files:      r.Coverage.Files,
			Bytes:      r.Coverage.Bytes,
			Blobs:      r.Coverage.Blobs,
			Changed:    changed(r.Coverage),
			Suppressed: r.Coverage.Suppressed,
			Skipped: list(r.Coverage.Skipped, func(s rules.Skipped) skippedJSON {
				return skippedJSON{text(s.Path), text(s.Reason), text(s.Kind)}
			}),
		},
		Policy:      policyJSON{text(r.Policy.Name), text(r.Policy.Source), text(r.Policy.Digest)},
		Scopes:      list(r.Scopes, newScopeJSON),
		Credentials: list(r.Credentials, newCredentialJSON),
		Needs:       treeNeeds(r),
		Programs:    list(r.Programs, newProgramJSON),
		Findings:    list(r.Findings, newFindingJSON),
		Baselines:   list(r.Baselines, newBaselineJSON),
		Advice: list(r.Advice, func(a rules.Advice) adviceJSON {
			return adviceJSON{Text: text(a.Text), Means: text(a.Means), Causes: texts(a.Causes), Remedy: text(a.Remedy)}
		}),
		Notes: texts(r.Notes),
	})
}

func newScopeJSON(s audit.ScopeRow) scopeJSON {
	return scopeJSON{
		Scope: text(s.Scope), Power: texts(s.Powers), Tier: text(s.Tier),
		Allowed: s.Allowed, Requested: s.Requested, Granted: s.Granted, Needed: s.Needed,
	}
}

func newCredentialJSON(c audit.CredentialRow) credentialJSON {
	out := credentialJSON{
		ID:           text(c.ID),
		Location:     newLocationJSON(c.Location),
		Kind:         text(c.Kind),
		ClientID:     text(c.ClientID),
		Server:       text(c.Server),
		Account:      text(c.Account),
		RefreshToken: c.RefreshToken,
		Access:       text(c.Access),
		Refresh:      text(c.Refresh),
		ExpiresAt:    moment(c.ExpiresAt, time.RFC3339),
		Scopes: list(c.Scopes, func(s audit.CredentialScope) credentialScopeJSON {
			return credentialScopeJSON{
				Scope: text(s.Scope), Claimed: s.Claimed,
				Granted: s.Granted, Allowed: s.Allowed, Needed: s.Needed,
			}
		}),
	}
	if client := c.Client; client != nil {
		out.Client = &clientJSON{
			Type: text(client.Type), Project: text(client.Project), ProjectNumber: text(client.ProjectNumber),
			Secret: text(client.Secret), RedirectURIs: texts(client.Redirects),
		}
	}
	if probe := c.Probe; probe != nil {
		out.Probe = &probeJSON{
			AskedAt: moment(probe.Asked, time.RFC3339), Account: text(probe.Account), Calls: []probedJSON{}, Follows: texts(probe.Follows),
		}
		for _, call := range probe.Calls {
			out.Probe.Calls = append(out.Probe.Calls, probedJSON{text(call.Method), call.Search, text(call.Outcome), text(call.Reason)})
		}
	}
	return out
}

func newFindingJSON(f audit.Finding) findingJSON {
	out := findingJSON{
		Rule:        text(f.Rule),
		Severity:    text(f.Severity.String()),
		Confidence:  text(f.Confidence.String()),
		Message:     text(f.Message),
		Remedy:      text(f.Remedy),
		InGit:       text(f.InGit),
		Masked:      text(f.Masked),
		Fingerprint: text(f.Fingerprint),
		Secret:      text(f.Secret),
		Subject: subjectJSON{
			Scope: text(f.Subject.Scope), Credential: text(f.Subject.Credential),
			Program: text(f.Subject.Program), Method: text(f.Subject.Method),
		},
		Locations: list(f.Locations, newLocationJSON),
		Parts:     texts(f.Parts),
	}
	if s := f.Suppressed; s != nil {
		out.Suppressed = &suppressionJSON{By: text(s.By), Reason: text(s.Reason), Until: moment(s.Until, time.DateOnly)}
		if s.Location.Path != "" {
			at := newLocationJSON(s.Location)
			out.Suppressed.Location = &at
		}
	}
	if l := f.Lowered; l != nil {
		out.Lowered = &loweringJSON{text(l.From.String()), text(l.Marker), newLocationJSON(l.Location)}
	}
	return out
}

func newBaselineJSON(b audit.BaselineUse) baselineJSON {
	return baselineJSON{
		Name: text(b.Name), Format: text(b.Format), Entries: b.Entries, Matched: b.Matched, Outside: b.Outside,
		Unmatched: list(b.Unmatched, func(e audit.UnmatchedEntry) unmatchedJSON {
			return unmatchedJSON{
				Line: known(e.Line), Rule: text(e.Rule), Path: text(e.Path), PathLine: known(e.First),
				Commit: text(e.Commit), Fingerprint: text(e.Fingerprint), Reason: text(e.Why),
			}
		}),
	}
}

func newLocationJSON(l rules.Location) locationJSON {
	out := locationJSON{
		Origin: text(l.Origin), Path: text(l.Path), Member: text(l.Member),
		Line: known(l.Line), Column: known(l.Column), EndLine: known(l.EndLine), EndColumn: known(l.EndColumn),
		Cell: known(l.Cell), Output: l.Output,
		Blob: text(l.Blob), Commit: text(l.Commit), InHead: l.InHead, Refs: texts(l.Refs),
	}
	out.Committed = moment(l.CommitTime, time.RFC3339)
	if l.Git != "" {
		git := text(l.Git)
		out.Git = &git
	}
	return out
}

// encode writes v as indented JSON and a newline. A CI runner reads what we
// print, and inside a JSON string a bracket may be written as an escape.
func encode(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, breakCommands(b.String(), `\u005b`))
	return err
}

// list converts every element; the result is never nil, so never null.
func list[From, To any](from []From, convert func(From) To) []To {
	to := make([]To, len(from))
	for i, v := range from {
		to[i] = convert(v)
	}
	return to
}

func texts[S ~string](from []S) []text {
	return list(from, func(s S) text { return text(s) })
}

// known is nil for the zero that means "not known".
func known(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

// changed is how many files were read of those that are new.
func changed(c rules.Coverage) *int {
	if !c.Changes {
		return nil
	}
	return &c.ChangedFiles
}

// moment is nil for the zero time, else t in UTC.
func moment(t time.Time, layout string) *text {
	if t.IsZero() {
		return nil
	}
	s := text(t.UTC().Format(layout))
	return &s
}
