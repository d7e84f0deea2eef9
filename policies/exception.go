package policies

import (
	"time"

	"scopeaudit/audit/rules"
)

// Exception silences one finding until a day, for a reason that someone owns.
// It names the finding by rule and either path or fingerprint.
type Exception struct {
	Rule        rules.ID
	Path        string // a pattern as MatchPath takes it
	Fingerprint string // 32 hex digits, as reports print it
	Reason      string
	Owner       string
	Until       time.Time // the last day on which it holds (UTC)
	// File, Line and Column are where it stands.
	File         string
	Line, Column int
}

// Matches reports whether the exception names a finding of this rule, at this
// path and with this fingerprint. An expired one matches as before: that it no
// longer silences is for the caller to say.
func (e Exception) Matches(rule rules.ID, path, fingerprint string) bool {
	if e.Rule != rule {
		return false
	}
	if e.Fingerprint != "" {
		return e.Fingerprint == fingerprint
	}
	return e.Path != "" && MatchPath(e.Path, path)
}

// Expired reports whether the exception's last day is over at the time now.
func (e Exception) Expired(now time.Time) bool {
	return !now.Before(e.Until.AddDate(0, 0, 1))
}
