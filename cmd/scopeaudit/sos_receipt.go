package main

import (
	"bytes"
	"errors"
	"io"

	reports "scopeaudit/report"
	"scopeaudit/tokeninfo"
)

// receipts is where the receipt goes, and where the story is told: what is for
// programs has standard output for itself.
type receipts struct {
	sinks []sink
	story io.Writer
}

// receipts reads --format and --output, and sees that the receipt can be written,
// before anything is sent.
func (a *app) receipts() (receipts, error) {
	r := receipts{story: a.env.stdout}
	var err error
	if r.sinks, err = a.flags.sinks(); err != nil {
		return r, err
	}
	for _, s := range r.sinks {
		switch {
		case s.format != reports.Text && s.format != reports.JSON:
			return r, usage("the receipt of sos is text or json", "--format: sos writes no %s", s.format)
		case s.file == "" && s.format == reports.JSON:
			r.story = a.env.stderr
		case s.file != "":
			if err := canSave(s.file); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// write writes the receipt: what happened, without any secret. Where a file takes
// it no more, it is printed all the same; where nothing was found, programs alone
// need one.
func (a *app) write(to receipts, p *prepared, found *searched) (err error) {
	for _, s := range to.sinks {
		var text bytes.Buffer
		switch {
		case s.format == reports.JSON:
			err = errors.Join(err, a.receiptJSON(&text, found))
		case len(found.finds) == 0:
			continue
		default:
			width := receiptWidth
			if s.file == "" {
				width = min(width, a.look().Width)
			}
			a.receiptText(&text, p, found.finds, width)
		}
		if s.file != "" {
			failed := saveReport(s.file, text.Bytes())
			if failed == nil {
				a.plain(to.story, tokeninfo.Credential{}).lines("", "The receipt, without secrets, is in the file that you named.")
				continue
			}
			err = errors.Join(err, failed)
		}
		out := a.env.stdout
		if s.format == reports.Text {
			out = to.story
			io.WriteString(out, "\n")
		}
		_, failed := out.Write(text.Bytes())
		err = errors.Join(err, failed)
	}
	return err
}

// receiptWidth is that of a receipt, wherever it is read; on a narrower terminal it
// is that of the terminal.
const receiptWidth = 80

func (a *app) receiptText(to io.Writer, p *prepared, finds []*find, width int) {
	out := a.plain(to, tokeninfo.Credential{})
	out.width = width
	out.line("Receipt of scopeaudit %s, %s", toolVersion(), moment(a.clock().Now()))
	for _, f := range finds {
		out.hide = a.plain(nil, f.Credential).hide
		out.line("")
		field := func(label, text string) { out.field("", 17, label, "%s", text) }
		field("found", f.what())
		field("fingerprint", f.fingerprint)
		field("where", f.places())
		if f.since.IsZero() {
			field("exposed since", "not known: no commit holds it")
		} else {
			field("exposed since", f.brought()+", by the clock of who made it")
			field("pushed", f.pushed())
		}
		field("power", f.power(p))
		field("revoked at", f.revoked())
		field("confirmed dead at", f.confirmed())
	}
}

// revoked says when it was revoked, by whomever.
func (f *find) revoked() string {
	switch {
	case f.ended.revokedAt.IsZero():
		return "not revoked"
	case f.ended.allDeadBefore():
		return "before " + moment(f.ended.revokedAt) + ": it was dead already"
	}
	return moment(f.ended.revokedAt)
}

// held are the scopes of a token, and who says so.
func (f *find) held() (scopes []string, who string) {
	switch {
	case f.live():
		return f.grant.Scopes, "granted"
	case len(f.Scopes) > 0 && f.Claim == tokeninfo.ClaimGranted:
		return f.Scopes, "copied"
	case len(f.Scopes) > 0:
		return f.Scopes, "claimed"
	}
	return nil, "unknown"
}

// power is what the token let its holder do, and who says so.
func (f *find) power(p *prepared) string {
	held, who := f.held()
	words := f.scopeWords(p.catalogue, held)
	switch who {
	case "granted":
		return words + " (granted, as Google said)"
	case "copied":
		return words + " (copied from Google's last answer)"
	case "claimed":
		return words + " (claimed by the file)"
	}
	return "not known"
}

// confirmed says since when it is known to be dead, or why it is not.
func (f *find) confirmed() string {
	switch {
	case !f.ended.deadAt.IsZero():
		return moment(f.ended.deadAt)
	case f.ended.pending != "":
		return "not confirmed: " + f.ended.pending
	}
	return "not confirmed"
}
