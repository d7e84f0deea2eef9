package main

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
	"scopeaudit/tokeninfo/google"
	"scopeaudit/tokeninfo/login"
)

const demoLong = `Tell the whole story of a token on this computer only: a stand-in for Google gives
a student a token for everything; it is audited, it leaks, a thief uses it, it is
revoked, and a read-only one takes its place, with which sending fails.

  scopeaudit demo
  scopeaudit demo --write story
  scopeaudit demo --browser
  scopeaudit demo --browser --attacker

No account, no network: all that is asked is asked of 127.0.0.1. --write leaves
the student's files in a new folder, with tokens of full length that open
nothing anywhere. With --browser you are the student, and tick the boxes.
--attacker is for a class: a page with the leaked token, a toy mailbox and what a
thief does, of which less and less works as the scope is narrowed.`

func (a *app) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "the whole story on a stand-in for Google, no account needed",
		Long:  demoLong,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.write, "write", "", "leave the student's files in the new folder `DIR`")
	cmd.Flags().BoolVar(&o.browser, "browser", false, "answer the consent pages yourself, in the browser; with --attacker, open that page")
	cmd.Flags().BoolVar(&o.attacker, "attacker", false, "for a class: serve a page with a leaked token and a button for each thing that a thief does, until interrupted")
	obeys(cmd, "no-color")
	return cmd
}

// demoOptions say how the story is told.
type demoOptions struct {
	write             string
	browser, attacker bool
}

// demo tells the story, or lets the class play it.
func (a *app) demo(ctx context.Context, o demoOptions) error {
	if !o.attacker {
		return a.tell(ctx, o)
	}
	if o.write != "" {
		return usage("leave one of them out", "--attacker writes no files")
	}
	return a.attacker(ctx, o.browser)
}

// browse opens an address of ours in the user's browser.
func (a *app) browse(address string) error {
	if a.env.browse != nil {
		return a.env.browse(address)
	}
	return login.OpenBrowser(address)
}

// demoClock is the system's, with the hours that the story skips.
type demoClock struct{ skipped atomic.Int64 }

func (c *demoClock) Now() time.Time        { return time.Now().Add(time.Duration(c.skipped.Load())) }
func (c *demoClock) skip(by time.Duration) { c.skipped.Add(int64(by)) }

// Sleep waits for nothing: the time is skipped.
func (c *demoClock) Sleep(ctx context.Context, d time.Duration) error {
	c.skip(d)
	return ctx.Err()
}

// demoStage is what every scene of the demonstration needs.
type demoStage struct {
	app       *app
	clock     *demoClock
	fake      *fakegoogle.Server
	google    *google.Client // the real one, which asks the stand-in
	catalogue *scopes.Catalogue
	policy    *policies.Policy
	client    tokeninfo.Client
	// audience says that a browser takes part: what it asks for of itself is no
	// fault of ours.
	audience bool
}

// newStage opens the stand-in; close it with its Close.
func (a *app) newStage(audience bool) (*demoStage, error) {
	s := &demoStage{app: a, audience: audience, clock: &demoClock{}, client: tokeninfo.Client{
		ID: "518274930165-demo.apps.googleusercontent.com", Secret: tokeninfo.NewSecret("GOCSPX-" + randomText(28)),
	}}
	var err error
	if s.catalogue, err = a.catalogue(); err != nil {
		return nil, err
	}
	if s.policy, err = a.policy(); err != nil {
		return nil, err
	}
	if s.fake, err = fakegoogle.Start(s.clock.Now); err != nil {
		return nil, unfinished("the demonstration needs a port of 127.0.0.1", "%v", err)
	}
	s.fake.Open(s.catalogue, fakegoogle.Client{ID: s.client.ID, Secret: s.client.Secret, Name: "Homework"})
	s.refill()
	if s.google, err = google.New(google.Options{Endpoint: s.fake.URL(), Now: s.clock.Now}); err != nil {
		s.fake.Close()
		return nil, err
	}
	return s, nil
}

// refill puts the mailbox back into its first state.
func (s *demoStage) refill() { s.fake.OpenGmail(s.catalogue, toyMail(s.clock.Now())...) }

// Close ends the stand-in. A request that it did not expect is a fault of ours.
func (s *demoStage) Close() error {
	s.fake.Close()
	if wrong := s.fake.Unexpected(); len(wrong) > 0 && !s.audience {
		return unfinished("please report this", "the demonstration made a request that it should not: %s", wrong[0])
	}
	return nil
}

// consent obtains a token as login does. Without a browser, somebody clicks
// Continue on whatever is asked.
func (s *demoStage) consent(ctx context.Context, asked ...string) (tokeninfo.Token, error) {
	s.fake.AnswerConsent(everything)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	token, err := s.login(ctx, s.patience(), func(consent, _ string) {
		go func() {
			if err := follow(ctx, consent); err != nil {
				stop(unfinished("nothing may stand between this program and 127.0.0.1", "the stand-in cannot be reached"))
			}
		}()
	}, asked...)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return token, err
}

// patience is how long a consent may take: a person's, or a moment.
func (s *demoStage) patience() time.Duration {
	if s.audience {
		return login.DefaultTimeout
	}
	return 10 * time.Second
}

// everything is the answer of somebody who does not read consent pages.
func everything(c fakegoogle.Consent) ([]scopes.Scope, bool) { return c.Asked, true }

// login runs the flow.
func (s *demoStage) login(ctx context.Context, wait time.Duration, started func(consent, start string), asked ...string) (token tokeninfo.Token, err error) {
	err = login.Run(ctx, login.Options{
		Provider: s.google, Client: s.client, Scopes: asked, Timeout: wait, Started: started,
		Finish: func(_ context.Context, t tokeninfo.Token) (login.Page, error) {
			token = t
			return login.Page{Good: true, Title: "The student has a token", Text: "The story goes on in the terminal."}, nil
		},
	})
	return token, err
}

// follow is a browser that nobody sees: it goes where it is sent. What the pages
// say shows in whether a code arrives; the error is that there is none.
func follow(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	direct := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: all is on this computer
	res, err := direct.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return nil
}
