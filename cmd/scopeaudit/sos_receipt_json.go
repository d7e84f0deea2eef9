package main

import (
	"encoding/json"
	"io"
	"time"

	"scopeaudit/tokeninfo"
)

// receipt is the receipt for programs. Times are in UTC, null where there is none.
type receipt struct {
	Version  int            `json:"version"`
	Tool     string         `json:"tool"`
	Time     time.Time      `json:"time"`
	Complete bool           `json:"complete"` // all that there is was looked at
	Files    int            `json:"files"`    // that were looked at
	Objects  int            `json:"objects"`  // of git's history, the same
	Notes    []string       `json:"notes"`    // what else is there, and what could not be read
	Tokens   []receiptToken `json:"tokens"`
}

type receiptToken struct {
	Found       string     `json:"found"`
	Fingerprint string     `json:"fingerprint"`
	Where       []string   `json:"where"`
	Deleted     bool       `json:"deleted"` // only history holds it
	Since       *time.Time `json:"exposed_since"`
	Commit      string     `json:"commit"`
	Pushed      []string   `json:"pushed"` // the remotes' refs that hold it
	Scopes      []string   `json:"scopes"`
	// Power is who says so: granted, copied from Google's last answer, claimed by
	// the file, or nobody.
	Power       string     `json:"power"`
	RevokedAt   *time.Time `json:"revoked_at"`
	DeadBefore  bool       `json:"dead_before"` // then, revoked_at is when that was learnt
	ConfirmedAt *time.Time `json:"confirmed_dead_at"`
	Pending     string     `json:"pending"` // why it is not confirmed
}

func (a *app) receiptJSON(to io.Writer, found *searched) error {
	all := receipt{Version: 1, Tool: "scopeaudit " + toolVersion(), Time: a.clock().Now().UTC(), Complete: found.complete(),
		Files: found.evidence.Coverage.Files, Objects: found.evidence.Coverage.Blobs, Notes: []string{}, Tokens: []receiptToken{}}
	for _, note := range found.notes() {
		all.Notes = append(all.Notes, a.plain(nil, tokeninfo.Credential{}).clean(note))
	}
	for _, f := range found.finds {
		clean := a.plain(nil, f.Credential).clean
		held, who := f.held()
		t := receiptToken{
			Found: clean(f.what()), Fingerprint: f.fingerprint, Deleted: f.deleted(), Commit: f.commit,
			Where: []string{}, Pushed: []string{}, Scopes: []string{}, Power: who,
			Since: known(f.since), RevokedAt: known(f.ended.revokedAt), DeadBefore: f.ended.allDeadBefore(),
			ConfirmedAt: known(f.ended.deadAt), Pending: clean(f.ended.pending),
		}
		for _, l := range f.locations {
			t.Where = append(t.Where, clean(where(l)))
		}
		for _, ref := range f.remotes() {
			t.Pushed = append(t.Pushed, clean(ref))
		}
		for _, s := range held {
			t.Scopes = append(t.Scopes, clean(s))
		}
		all.Tokens = append(all.Tokens, t)
	}
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
