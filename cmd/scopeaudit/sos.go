package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

const sosLong = `A token got out. This finds it, in files and in git's history, even if it was
deleted since; says what it opens and since when; ends it; asks Google until it is
dead; and writes a receipt without secrets, to show to whoever must know.

  scopeaudit sos
  scopeaudit sos --output receipt.txt ~/course/homework
  scopeaudit sos --format json=receipt.json token.json

Each step asks first, and a no goes on to the next. Nothing is deleted. What was
found is sent to Google alone, and only after you agreed. The history is that of
the whole repository around PATH, which is what others have when they have it.

--yes agrees to all three questions: to ask Google what the token opens, to revoke
it, and to add a line to .gitignore. It counts only where one token is found.

Exit status: 0 all tokens that were found are dead, and Google said so, or none was
found in all that there is; 2 nothing was sent, because of the command; 3 a token or
a key is not known to be dead, or not everything could be read.`

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
	// As every verb's, but for what is written.
	cmd.Flags().StringArrayVar(&a.flags.formats, "format", nil, "text or json; `F=FILE` writes the receipt to a file, and the flag may repeat")
	cmd.Flags().StringVar(&a.flags.output, "output", "", "write the receipt to `FILE` instead of standard output")
	obeys(cmd, "exclude", "no-history", "history-only", "no-color", "endpoint")
	return cmd
}

func (a *app) sos(ctx context.Context, paths []string, yes bool) error {
	p, q, err := a.prepareEnding("sos", yes)
	if err != nil {
		return err
	}
	receipts, err := a.receipts()
	if err != nil {
		return err
	}
	found, err := a.search(ctx, p, paths)
	if err != nil {
		return beforeSending(err)
	}
	out := a.plain(receipts.story, tokeninfo.Credential{})
	found.tell(out)
	if len(found.finds) == 0 {
		out.lines("", found.nothing())
		a.outcome = found.outcome()
		return a.write(receipts, p, found)
	}
	if yes && len(found.finds) > 1 {
		for i, f := range found.finds {
			f.server = p.google
			out.line("")
			describe(out, p, f, i+1, len(found.finds))
			out.field("  ", 8, "Named", "%s", f.fingerprint)
		}
		return usage("name each: `scopeaudit revoke --yes --leak FINGERPRINT`, or run sos in a terminal", "%d tokens were found, and --yes agrees to one", len(found.finds))
	}
	err = a.endFinds(ctx, p, q, out, found.finds)
	if err == nil {
		err = a.hideFiles(ctx, q, out, found.evidence, found.finds)
	}
	if err == nil {
		out.lines("", whyRevoke)
	}
	// What was ended is on the receipt, whatever came after.
	if err != nil && !slices.ContainsFunc(found.finds, func(f *find) bool { return !f.ended.revokedAt.IsZero() }) {
		return err
	}
	if written := a.write(receipts, p, found); written != nil {
		return written
	}
	a.outcome = found.outcome()
	return err
}

// outcome is clean where all was looked at, and nothing that was found is alive.
func (s *searched) outcome() exitCode {
	alive := s.keys || slices.ContainsFunc(s.finds, func(f *find) bool { return f.ended.deadAt.IsZero() })
	if alive || !s.complete() {
		return exitUnfinished
	}
	return exitClean
}

const whyRevoke = `Why "git rm" alone would have achieved nothing: the commits that hold the file
keep it, in your clone, on the server, and in every clone and fork. Revoking ends
the token wherever its copies are; to take it out of history as well
(git filter-repo) is tidiness after that.

If the app's status is Testing, its refresh tokens die by themselves seven days
after they were made. Until then whoever has one can use it, so it has to end now.`

// endFinds tells of each token that was found, and ends it.
func (a *app) endFinds(ctx context.Context, p *prepared, q *asker, story *plainText, finds []*find) error {
	for i, f := range finds {
		f.server = p.google
		out := a.plain(story.to, f.Credential)
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
		f.ended, err = end(ctx, f.server, a.clock(), f.Credential, a.waiting)
		told(out, f.target, &f.ended)
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
	out.field("  ", 8, "It opens", "%s", power)
	out.field("  ", 8, "Exposed", "%s", f.exposed())
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

// deleted reports whether files of history alone hold it.
func (f *find) deleted() bool {
	return !slices.ContainsFunc(f.locations, func(l rules.Location) bool {
		return l.Origin != rules.History || l.Object != "" || l.InHead != nil && *l.InHead
	})
}

// exposed says since when others could have it, as far as files can tell.
func (f *find) exposed() string {
	if f.since.IsZero() {
		return "since when is not known: no commit holds it; whoever can read it there has it"
	}
	return "since " + f.brought() + "; " + f.pushed()
}

// brought is when a commit brought it first. Git has no other clock than that of
// who commits.
func (f *find) brought() string {
	return fmt.Sprintf("%s, the date of commit %s", moment(f.since), shortCommit(f.commit))
}

// pushed says whether others have had it for certain.
func (f *find) pushed() string {
	if refs := f.remotes(); len(refs) > 0 {
		return refs[len(refs)-1] + " holds it, so it was pushed, or came from there"
	}
	if !slices.ContainsFunc(f.locations, func(l rules.Location) bool { return l.Blob == "" || !l.RefsKnown || len(l.Refs) > 0 }) {
		return "no branch or tag holds it any more; whether it was pushed before does not show here"
	}
	return "whether it was pushed does not show here"
}

// remotes are the refs of remotes that hold it.
func (f *find) remotes() (refs []string) {
	for _, l := range f.locations {
		for _, ref := range l.Refs {
			if strings.Contains(ref, "remotes/") && !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// moment writes a time as receipts and stories do.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
