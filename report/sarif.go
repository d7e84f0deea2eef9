package report

import (
	"cmp"
	"io"
	"strings"

	"scopeaudit/audit"
)

// What GitHub's code scanning takes of one upload. Above the first three it
// rejects the file; of the results it shows no more than MaxSARIFResults, so
// the report is cut there, worst first, and says so itself.
const (
	MaxSARIFResults    = 5000
	maxSARIFLocations  = 1000
	maxSARIFText       = 1024
	maxSARIFNotices    = 1000
	sarifSchema        = "https://json.schemastore.org/sarif-2.1.0.json"
	sarifFingerprint   = "scopeaudit/v1"
	sarifCategoryStart = "scopeaudit/"
)

// The parts of SARIF 2.1.0 that we write. The names are OASIS's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}

	sarifRun struct {
		Tool              sarifTool         `json:"tool"`
		AutomationDetails sarifAutomation   `json:"automationDetails"`
		Invocations       []sarifInvocation `json:"invocations"`
		ColumnKind        string            `json:"columnKind"`
		Results           []sarifResult     `json:"results"`
		Properties        sarifCounts       `json:"properties"`
	}

	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}

	sarifDriver struct {
		Name            text        `json:"name"`
		SemanticVersion text        `json:"semanticVersion,omitempty"`
		Version         text        `json:"version,omitempty"`
		Rules           []sarifRule `json:"rules"`
	}

	sarifRule struct {
		ID               text            `json:"id"`
		Name             text            `json:"name"`
		ShortDescription sarifText       `json:"shortDescription"`
		FullDescription  sarifText       `json:"fullDescription"`
		Help             sarifText       `json:"help"`
		Default          sarifConfig     `json:"defaultConfiguration"`
		Properties       sarifProperties `json:"properties"`
	}

	// sarifText is a message string. Markdown is made by us of our own words,
	// so it keeps its line breaks.
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}

	sarifConfig struct {
		Level string `json:"level"`
	}

	sarifProperties struct {
		Tags             []text `json:"tags"`
		Precision        text   `json:"precision,omitempty"`
		SecuritySeverity string `json:"security-severity,omitempty"`
		ProblemSeverity  string `json:"problem.severity,omitempty"`
	}

	sarifAutomation struct {
		ID text `json:"id"`
	}

	sarifInvocation struct {
		ExecutionSuccessful bool          `json:"executionSuccessful"`
		Notifications       []sarifNotice `json:"toolExecutionNotifications"`
	}

	sarifNotice struct {
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}

	sarifMessage struct {
		Text text `json:"text"`
	}

	sarifResult struct {
		RuleID       text               `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifMessage       `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]text    `json:"partialFingerprints,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   *sarifResultBag    `json:"properties,omitempty"`
	}

	sarifResultBag struct {
		Confidence text `json:"confidence"`
		Secret     text `json:"secret,omitempty"`
		Git        text `json:"git,omitempty"` // what git does with the file
	}

	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}

	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}

	sarifArtifact struct {
		URI string `json:"uri"`
	}

	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}

	sarifSuppression struct {
		Kind          string         `json:"kind"`
		Status        string         `json:"status"`
		Justification text           `json:"justification,omitempty"`
		Location      *sarifLocation `json:"location,omitempty"`
	}

	// sarifCounts is the proof of work that every format carries, and what a
	// reader needs to judge the report itself.
	sarifCounts struct {
		Complete     bool   `json:"complete"`
		Files        int    `json:"files"`
		Bytes        int64  `json:"bytes"`
		Blobs        int    `json:"blobs"`
		Changed      *int   `json:"changedFiles,omitempty"`
		Skipped      int    `json:"skipped"`
		Suppressed   int    `json:"suppressed"`
		Findings     int    `json:"findings"`
		Policy       text   `json:"policy"`
		PolicyDigest text   `json:"policyDigest"`
		Sandbox      text   `json:"sandbox"`
		Notes        []text `json:"notes"`
	}
)

// writeSARIF writes SARIF 2.1.0 as GitHub's code scanning wants it.
//
// GitHub tells alerts apart by partialFingerprints.primaryLocationLineHash. We
// leave that key to its upload action, which reads the line: a report does not
// hold file content, and a hash of a line that holds a secret should not be
// made public by us. Our own fingerprint stands beside it, so the property is
// there for uploads by other ways; those may then show an alert twice when
// lines move.
func writeSARIF(w io.Writer, r audit.Report, _ Options) error {
	rules := newSARIFRules(r)
	return encode(w, sarifLog{
		Schema:  sarifSchema,
		Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{Driver: driver(r.Tool, rules.list)},
			// GitHub reads all before the last slash as the category: runs under
			// two policies stand side by side instead of replacing each other.
			AutomationDetails: sarifAutomation{ID: text(sarifCategoryStart + strings.ReplaceAll(r.Policy.Name, "/", "-") + "/")},
			Invocations:       []sarifInvocation{invocation(r)},
			ColumnKind:        "unicodeCodePoints",
			Results:           results(r.Findings, rules),
			Properties: sarifCounts{
				Complete: r.Complete, Files: r.Coverage.Files, Bytes: r.Coverage.Bytes, Blobs: r.Coverage.Blobs, Changed: changed(r.Coverage),
				Skipped: len(r.Coverage.Skipped), Suppressed: r.Coverage.Suppressed, Findings: len(r.Findings),
				Policy: text(r.Policy.Name), PolicyDigest: text(r.Policy.Digest), Sandbox: text(r.Sandbox),
				Notes: texts(r.Notes),
			},
		}},
	})
}

// driver splits "scopeaudit 1.2.3" into name and version. A build without a
// version number ("devel") has no semantic one.
func driver(tool string, rules []sarifRule) sarifDriver {
	name, version, _ := strings.Cut(tool, " ")
	d := sarifDriver{Name: text(cmp.Or(name, "scopeaudit")), Rules: rules}
	if version != "" && '0' <= version[0] && version[0] <= '9' {
		d.SemanticVersion = text(version)
	} else {
		d.Version = text(version)
	}
	return d
}
