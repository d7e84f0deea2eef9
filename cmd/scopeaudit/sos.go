package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo"
)

const sosLong = `A token got out. This finds it, in files and in git's history, even if it was
deleted since; says what it opens and since when; ends it; asks Google until it is
dead; and writes a receipt without secrets, to show to whoever must know.

  scopeaudit sos
  scopeaudit sos --output receipt.txt ~/course/homework

Each step asks first, and a no goes on to the next. Nothing is deleted. What was
found is sent to Google alone, and only after you agreed.`

func (a *app) sosCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "sos [PATH]",
		Short: "a token got out: find it, end it, prove it dead",
		Long:  sosLong,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && args[0] == "-" {
				return usage("run it once for each folder", "sos looks into one folder or file")
			}
			return a.sos(cmd.Context(), args, yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "agree beforehand to what would be asked, if one token is found")
	return cmd
}

func (a *app) sos(ctx context.Context, paths []string, yes bool) error {
	p, q, err := a.prepareEnding("sos", yes)
	if err != nil {
		return err
	}
	sources, err := a.sources(paths, nil)
	if err != nil {
		return err
	}
	o := p.gather()
	if o.History == collect.HistoryOfTop {
		o.History = collect.HistoryAll
	}
	out := newPlainText(a.env.stdout, tokeninfo.Credential{})
	evidence, err := a.collect(ctx, sources, o)
	if err != nil {
		return inputFailure(err)
	}
	finds, lost, err := gatherFinds(ctx, evidence, o)
	if err != nil {
		return err
	}
	if info, err := os.Stat(sources.Paths[0]); err == nil && info.Mode().IsRegular() {
		// Of the history around a file, only what is in the file counts.
		finds = slices.DeleteFunc(finds, func(f *find) bool {
			return !slices.ContainsFunc(f.locations, func(l rules.Location) bool { return l.Blob == "" })
		})
	}
	out.line("Looked at %s and %s; nothing was sent.", plural(evidence.Coverage.Files, "file"), plural(evidence.Coverage.Blobs, "object")+" of git's history")
	if evidence.Coverage.Failed() {
		out.line("! Not everything could be read: `scopeaudit scan` tells what not.")
	}
	for _, what := range lost {
		out.line("! %s", what)
	}
	others, keys := beside(evidence)
	for _, what := range others {
		out.line("! %s", what)
	}
	if keys {
		lost = append(lost, others...) // alive still, and not for us to end
	}
	if len(finds) == 0 {
		out.lines("", noFinds)
		if evidence.Coverage.Failed() || evidence.Coverage.Files+evidence.Coverage.Blobs == 0 || len(lost) > 0 {
			a.outcome = exitUnfinished
		}
		return nil
	}
	if yes && len(finds) > 1 {
		return usage("name each: `scopeaudit revoke --yes --leak FINGERPRINT`, or run sos in a terminal", "%d tokens were found, and --yes agrees to one", len(finds))
	}
	err = a.endFinds(ctx, p, q, finds)
	if err == nil {
		err = a.hideFiles(ctx, q, out, evidence, finds)
	}
	if err == nil {
		out.lines("", whyRevoke)
	}
	// What was ended is on the receipt, whatever came after.
	if err != nil && !slices.ContainsFunc(finds, func(f *find) bool { return !f.ended.revokedAt.IsZero() }) {
		return err
	}
	if written := a.receipt(p, finds, out); written != nil {
		return written
	}
	a.outcome = exitClean
	for _, f := range finds {
		if f.ended.deadAt.IsZero() || evidence.Coverage.Failed() || len(lost) > 0 {
			a.outcome = exitUnfinished
		}
	}
	return err
}

// beside tells of what was found and cannot be revoked; keys says that a
// service-account key is among it.
func beside(e audit.Evidence) (lines []string, keys bool) {
	first := make(map[rules.ID]secrets.Leak)
	for _, l := range e.Leaks {
		if _, met := first[l.Rule]; !met {
			first[l.Rule] = l
		}
	}
	if l, ok := first[rules.GoogleServiceAccountKey]; ok {
		keys = true
		lines = append(lines, "A service-account key at "+where(l.Location)+" cannot be revoked: delete the key in the Cloud console (IAM, Service accounts, Keys).")
	}
	if l, ok := first[rules.GoogleTokenCutShort]; ok {
		lines = append(lines, "What looks like a token cut short, at "+where(l.Location)+", names no token; if the whole of it was ever there, end the grant at "+connections)
	}
	if l, ok := first[rules.GoogleClientSecret]; ok {
		lines = append(lines, "The client secret at "+where(l.Location)+" stays as it is: reset it in the console if the client is a web application's.")
	}
	return lines, keys
}

const noFinds = `No whole token of Google's was found, neither in files nor in history.
If you know that one got out (it was pasted into a chat, or lies on another
computer): https://myaccount.google.com/connections shows which programs have
access to your account, and ends it.`

const whyRevoke = `Why "git rm" alone would have achieved nothing: the commits that hold the file
keep it, in your clone, on the server, and in every clone and fork. Revoking ends
the token wherever its copies are; to take it out of history as well
(git filter-repo) is tidiness after that.
If the app's status is Testing, its refresh tokens die by themselves seven days
after they were made. Until then whoever has one can use it, so it had to end now.`

// endFinds tells of each token that was found, and ends it.
func (a *app) endFinds(ctx context.Context, p *prepared, q *asker, finds []*find) error {
	for _, f := range finds {
		f.server = p.google
	}
	for i, f := range finds {
		out := newPlainText(a.env.stdout, f.Credential)
		out.line("")
		describe(out, p, f, i+1, len(finds))
		if err := endable(f.server, f.Credential); err != nil {
			out.line("! %v; end it at %s", err, connections)
			continue
		}
		if f.AccessToken.Present() {
			agreed, err := q.confirm(ctx, "Ask Google what it opens? The token goes to Google in a header, and to nobody else.")
			if err == nil && agreed {
				err = f.lookUp(ctx)
			}
			if err != nil {
				return interruptedAt("what was done until then stands above")
			}
			answered(out, p, f)
		}
		out.lines("", warning)
		agreed, err := q.confirm(ctx, "Revoke it now?")
		if err != nil {
			return interruptedAt("what was done until then stands above")
		}
		if !agreed {
			out.lines("", "It was not revoked, and is as dangerous as before.")
			continue
		}
		f.ended, err = end(ctx, f.server, a.clock(), f.Credential)
		told(out, f.target, f.ended)
		if err != nil {
			return interruptedAt("what was done until then stands above")
		}
	}
	return nil
}

// describe says in three lines what a token is, what it opens, and since when.
func describe(out *plainText, p *prepared, f *find, n, of int) {
	out.line("%d of %d: %s, %s", n, of, f.what(), f.places())
	power := "not known from the file"
	if len(f.Scopes) > 0 {
		power = f.scopeWords(p.catalogue, f.Scopes) + ", as the file claims"
	}
	out.line("  It opens  %s", power)
	out.line("  Exposed   %s", f.exposed())
}

// answered says what Google said.
func answered(out *plainText, p *prepared, f *find) {
	if f.grant == nil {
		return
	}
	switch f.grant.Access {
	case tokeninfo.Live:
		out.line("  Google says: live, opens %s", f.scopeWords(p.catalogue, f.grant.Scopes))
	case tokeninfo.NotValid:
		text := "  Google says: the access token is not valid now"
		if f.RefreshToken.Present() {
			text += "; the refresh token beside it makes new ones, so this is no comfort"
		}
		out.line("%s", text)
	default:
		out.line("  Google's answer is unknown: %s", f.grant.Reason)
	}
}

// what names the tokens of a find.
func (f *find) what() string {
	var kinds []string
	if f.RefreshToken.Present() {
		kinds = append(kinds, "a refresh token")
	}
	if f.AccessToken.Present() {
		kinds = append(kinds, "an access token")
	}
	return strings.Join(kinds, " and ") + " " + f.masked
}

// places says where it is.
func (f *find) places() string {
	text := "in " + f.name
	if more := len(f.locations) - 1; more > 0 {
		text += " and " + plural(more, "more place")
	}
	if f.deleted() {
		text += ", deleted since"
	}
	return text
}

// deleted reports whether only history holds it.
func (f *find) deleted() bool {
	return !slices.ContainsFunc(f.locations, func(l rules.Location) bool {
		return l.Origin != rules.History || l.InHead != nil && *l.InHead
	})
}

// exposed says since when others could have it, as far as files can tell.
func (f *find) exposed() string {
	if f.since.IsZero() {
		return "since when is not known: no commit holds it; whoever can read the file has it"
	}
	text := fmt.Sprintf("since %s, when commit %s brought it", moment(f.since), cmp.Or(f.commit[:min(len(f.commit), 12)], "?"))
	for _, l := range f.locations {
		for _, ref := range l.Refs {
			if strings.Contains(ref, "remotes/") {
				return text + "; " + ref + " holds it, so it was pushed, or came from there"
			}
		}
	}
	return text + "; whether it was pushed does not show here"
}

// moment writes a time as receipts and stories do.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
