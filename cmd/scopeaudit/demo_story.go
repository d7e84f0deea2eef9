package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/login"
	"scopeaudit/tokeninfo/store"
)

const (
	fullMailScope = "https://mail.google.com/"
	readonlyScope = "https://www.googleapis.com/auth/gmail.readonly"
)

// demoStory tells the demonstration on standard output.
type demoStory struct {
	*demoStage
	out   io.Writer
	width int
	color bool
	scene int
	dir   string // where the files lie
}

// tell tells the demonstration from beginning to end.
func (a *app) tell(ctx context.Context, o demoOptions) (err error) {
	s, err := a.newStage(o.browser)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	dir, remove, err := demoFolder(o.write)
	if err != nil {
		return err
	}
	defer remove()
	look := a.look()
	t := &demoStory{demoStage: s, out: a.env.stdout, width: look.Width, color: look.Color, dir: dir}
	t.tell("", "The life of a token, on this computer only: a stand-in for Google answers at "+s.fake.URL()+". No account, no network.")
	if err := t.scenes(ctx); err != nil {
		return err
	}
	t.say("", "What this was made of:")
	t.command("  scopeaudit explain " + fullMailScope)
	t.command("  scopeaudit explain gmail.readonly")
	if o.write != "" {
		t.command("  scopeaudit audit " + audit.ShellQuote(filepath.Join(dir, "homework")))
		t.say("", "The tokens in "+dir+" have their full length and open nothing.")
	}
	return nil
}

// scenes goes through them in order.
func (t *demoStory) scenes(ctx context.Context) error {
	wide, err := t.carelessness(ctx)
	if err != nil {
		return err
	}
	if err := t.audits(ctx); err != nil {
		return err
	}
	if err := t.leak(ctx); err != nil {
		return err
	}
	if err := t.theft(ctx, wide); err != nil {
		return err
	}
	if err := t.revocation(ctx, wide); err != nil {
		return err
	}
	return t.wayOut(ctx)
}

// carelessness is how the student gets the token.
func (t *demoStory) carelessness(ctx context.Context) (tokeninfo.Token, error) {
	t.heading("A student asks for everything", "")
	info, _ := t.catalogue.Info(fullMailScope)
	t.tell("   ", "gmail_connect.py has SCOPES = ['"+fullMailScope+"'], so the consent page says: “"+info.Text+"”.")
	token, err := t.signIn(ctx, fullMailScope)
	if err != nil {
		return token, err
	}
	if err := t.homework(filepath.Join(t.dir, "homework"), token); err != nil {
		return token, err
	}
	t.say("   Continue. token.json: an access token for an hour, a refresh token for good.")
	return token, nil
}

// signIn obtains a token: somebody clicks Continue, or the reader does.
func (t *demoStory) signIn(ctx context.Context, scope string) (tokeninfo.Token, error) {
	if !t.audience {
		return t.consent(ctx, scope)
	}
	t.answer()
	token, err := t.login(ctx, t.patience(), func(_, start string) { t.invite(start) }, scope)
	var refused *tokeninfo.Refusal
	if errors.As(err, &refused) {
		err = unfinished("tick the box and choose Continue; nothing is at stake here", "the story ends here: the consent page answered %s", refused.Code)
	} else if errors.Is(err, login.ErrTimeout) {
		err = unfinished("`scopeaudit demo` tells it without a browser", "%v", err)
	}
	return token, err
}

// answer says who answers the next consent page.
func (t *demoStory) answer() {
	if t.audience {
		t.fake.AnswerConsent(nil)
	} else {
		t.fake.AnswerConsent(everything)
	}
}

// verb runs another verb of the program, as somebody would type it. What it says
// shows only where it fails.
func (t *demoStory) verb(ctx context.Context, args ...string) error {
	var said bytes.Buffer
	env := t.app.env
	env.stdin, env.stdout, env.stderr, env.clock = strings.NewReader(""), &said, &said, t.clock
	env.browse = func(address string) error { go follow(ctx, address); return nil }
	if t.audience {
		env.browse = t.invite
	}
	if code := run(ctx, slices.Insert(args, 1, "--endpoint", t.fake.URL()), env); ctx.Err() != nil {
		return ctx.Err()
	} else if code != int(exitClean) {
		t.app.env.stderr.Write(said.Bytes())
		return unfinished("nothing is at stake here: tell it again", "the story ends here: %s ended with exit status %d", args[0], code)
	}
	return nil
}

// invite sends the reader to a page.
func (t *demoStory) invite(address string) error {
	t.say("   Your turn, in the browser: " + address)
	go t.app.browse(address) // where that fails, the address is there to be opened
	return nil
}

// audits asks what the token opens.
func (t *demoStory) audits(ctx context.Context) error {
	t.heading("Google says what it opens", "scopeaudit token token.json")
	r, err := t.report(ctx, collect.Sources{Credentials: []string{filepath.Join(t.dir, "homework", "token.json")}})
	if err != nil {
		return err
	}
	t.credential(r)
	return nil
}

// leak finds the copies.
func (t *demoStory) leak(ctx context.Context) error {
	t.heading("It leaks: the notebook printed it", "scopeaudit audit homework")
	r, err := t.report(ctx, collect.Sources{Paths: []string{filepath.Join(t.dir, "homework")}})
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		if f.Severity >= rules.Medium && f.PartOf == "" {
			t.say(fmt.Sprintf("   %s %-8s  %s", t.bad("✗"), f.Severity, f.Rule), "               "+places(f.Locations))
		}
	}
	return nil
}

// theft is what somebody does who found the notebook an hour later.
func (t *demoStory) theft(ctx context.Context, leaked tokeninfo.Token) error {
	t.heading("An hour later somebody finds it", "")
	t.clock.skip(time.Hour)
	grant, err := t.google.Lookup(ctx, leaked.Access)
	if err != nil || grant.Access != tokeninfo.NotValid {
		return unexpected("the access token should be dead after an hour", err)
	}
	t.say("   The access token is dead. The refresh token makes a new one, without asking:")
	stolen, err := t.google.Refresh(ctx, t.client, leaked.Refresh)
	if err != nil {
		return err
	}
	outcomes, err := t.tries(ctx, stolen.Access)
	if err != nil {
		return err
	}
	if !outcomes["delete"].Worked() || outcomes["filter"].Worked() {
		return unexpected("full mail deletes mail and sets no filter", nil)
	}
	t.say("   All but the settings, which are another scope. Full mail is not “everything”.")
	t.refill()
	return nil
}

// revocation ends the grant, and proves it.
func (t *demoStory) revocation(ctx context.Context, leaked tokeninfo.Token) error {
	t.heading("The student ends it", "scopeaudit revoke token.json")
	minted, err := t.google.Refresh(ctx, t.client, leaked.Refresh) // the thief's
	if err != nil {
		return err
	}
	if err := t.verb(ctx, "revoke", "--yes", "--", filepath.Join(t.dir, "homework", "token.json")); err != nil {
		return err
	}
	t.say("   " + t.good("✓") + " revoked: the whole grant of this account to this program, on all machines")
	grant, err := t.google.Lookup(ctx, minted.Access)
	if err != nil || grant.Access != tokeninfo.NotValid {
		return unexpected("the thief's access token should be dead", err)
	}
	t.say("   " + t.good("✓") + " the thief's access token: not valid any more")
	_, err = t.google.Refresh(ctx, t.client, leaked.Refresh)
	var refused *tokeninfo.Refusal
	if !errors.As(err, &refused) {
		return unexpected("the refresh token should be dead", err)
	}
	t.say("   " + t.good("✓") + " the refresh token in every copy: " + refused.Code)
	t.say("   Deleting token.json would have ended none of them.")
	return nil
}

// wayOut obtains a token that can only read, and proves it.
func (t *demoStory) wayOut(ctx context.Context) error {
	t.heading("The way out: read-only", "scopeaudit login client_credentials.json")
	t.answer()
	file := filepath.Join(t.dir, "readonly", tokenFile)
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := t.verb(ctx, "login", "--timeout", t.patience().String(), "--output", file, "--", filepath.Join(t.dir, "homework", "client_credentials.json")); err != nil {
		return err
	}
	saved, _, err := store.Load(file)
	if err != nil {
		return err
	}
	r, err := t.report(ctx, collect.Sources{Credentials: []string{file}})
	if err != nil {
		return err
	}
	t.credential(r)
	t.heading("The proof", "")
	outcomes, err := t.tries(ctx, saved[0].AccessToken)
	if err != nil {
		return err
	}
	if send := outcomes["send"]; send.Status != 403 || !outcomes["read"].Worked() {
		return unexpected("a read-only token reads and does not send", nil)
	}
	t.say("   Google's words: “"+outcomes["send"].Text+"”",
		"   "+t.good("✓")+" it reads, and whoever steals it can do no more than that")
	return nil
}

// tries does all that a thief would, and shows what came of it.
func (t *demoStory) tries(ctx context.Context, access tokeninfo.Secret) (map[string]outcome, error) {
	thief, err := newThief(ctx, t.fake.URL(), access)
	if err != nil {
		return nil, err
	}
	outcomes := make(map[string]outcome)
	for _, a := range acts() {
		o := thief.try(ctx, a)
		outcomes[a.Name] = o
		if o.Status == 0 {
			return nil, unexpected("the stand-in did not answer", ctx.Err())
		}
		line := fmt.Sprintf("   %d  %-18s  ", o.Status, a.Label)
		if o.Worked() {
			t.say(line + o.Text)
		} else {
			t.say(t.paint("2", line+o.Reason))
		}
	}
	return outcomes, nil
}

// report runs the audit: what is named is asked about, as `scopeaudit token`
// does.
func (t *demoStory) report(ctx context.Context, from collect.Sources) (audit.Report, error) {
	e, err := collect.Run(ctx, from, collect.Options{Key: randomKey(), Time: t.clock.Now(), History: collect.NoHistory})
	if err != nil {
		return audit.Report{}, err
	}
	if err := ask(ctx, t.google, &e); err != nil {
		return audit.Report{}, err
	}
	r := audit.Check(e, t.policy, t.catalogue)
	newRedactor(e.Credentials).report(&r)
	return r, nil
}

// credential shows what Google says about the one credential of a report.
func (t *demoStory) credential(r audit.Report) {
	for _, row := range r.Scopes {
		if row.Granted == nil || !*row.Granted {
			continue // the policy names it, and the token does not hold it
		}
		powers := make([]string, len(row.Powers))
		for i, p := range row.Powers {
			powers[i] = string(p)
		}
		t.say(fmt.Sprintf("   granted  %-24s  %s", row.Short, strings.Join(powers, ", ")))
	}
	fine := true
	for _, f := range r.Findings {
		if f.Severity >= rules.Medium && f.Subject.Scope != "" { // what git does with the file is another matter
			fine = false
			t.say(fmt.Sprintf("   %s %-8s  %s: the policy %s does not allow it", t.bad("✗"), f.Severity, f.Rule, r.Policy.Name))
		}
	}
	if fine {
		t.say("   " + t.good("✓") + " all that it holds is allowed by the policy " + r.Policy.Name)
	}
}

// places lists where something is, short enough for a line.
func places(at []rules.Location) string {
	var names []string
	for _, l := range at {
		name := fmt.Sprintf("%s:%d", path.Base(l.Path), l.Line)
		if l.Output {
			name += " (output)"
		}
		names = append(names, name)
	}
	if len(names) > 2 {
		names = append(names[:2], fmt.Sprintf("%d more", len(names)-2))
	}
	return strings.Join(names, ", ")
}

// unexpected ends the story where the stand-in did not play its part.
func unexpected(what string, err error) error {
	if err != nil {
		what += ": " + err.Error()
	}
	return unfinished("please report this", "the demonstration failed: %s", what)
}

// tell prints a paragraph.
func (t *demoStory) tell(indent, text string) {
	io.WriteString(t.out, reports.Fold(indent, indent, text, t.width))
}

// say prints lines, each as it is where there is room for it.
func (t *demoStory) say(lines ...string) {
	for _, l := range lines {
		body := strings.TrimLeft(l, " ")
		indent := l[:len(l)-len(body)]
		if t.width >= defaultWidth {
			fmt.Fprintln(t.out, l)
		} else {
			io.WriteString(t.out, reports.Fold(indent, indent+"  ", body, t.width))
		}
	}
}

// heading begins a scene, with the command that does on real files what happens
// in it.
func (t *demoStory) heading(title, command string) {
	t.scene++
	line := fmt.Sprintf("%d  %s", t.scene, title)
	room := defaultWidth - len([]rune(line)) - len(command) - 2
	beside := command != "" && t.width >= defaultWidth
	if beside {
		line += strings.Repeat(" ", max(2, room)) + "$ " + command
	}
	t.say("", t.paint("1", line))
	if command != "" && !beside {
		t.command("   $ " + command)
	}
}

// command prints what is to be typed, on one line.
func (t *demoStory) command(line string) { fmt.Fprintln(t.out, printable(line)) }

func (t *demoStory) good(s string) string { return t.paint("32", s) }
func (t *demoStory) bad(s string) string  { return t.paint("31", s) }

func (t *demoStory) paint(code, s string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
