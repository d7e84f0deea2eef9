package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// toyMail is what lies in the demonstration's mailbox.
func toyMail(now time.Time) []fakegoogle.Message {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const me = "student@example.com"
	return []fakegoogle.Message{
		{ID: "m1", To: me, Date: ago(72 * time.Hour), From: "County Court <clerk@court.example>", Subject: "Hearing moved to Friday",
			Text: "The hearing is now on Friday at nine. Please tell the family."},
		{ID: "m2", To: me, Date: ago(50 * time.Hour), From: "Rosa <rosa@family.example>", Subject: "Thank you",
			Text: "He is home. I do not know how to thank you all. My address, for the receipt: 12 Elm Street."},
		{ID: "m3", To: me, Date: ago(26 * time.Hour), From: "Donations <desk@fund.example>", Subject: "Donors of this month",
			Text: "The list with names and amounts, for your eyes only."},
		{ID: "m4", To: me, Date: ago(3 * time.Hour), From: "Your bank <no-reply@bank.example>", Subject: "Reset your password",
			Text: "Choose a new password: https://bank.example/reset"},
	}
}

// act is one thing that a thief does with a token: one call of Gmail.
type act struct {
	Name   string // in the page's address
	Label  string // on the button
	Does   string // what it means
	Method string
	do     func(context.Context, *gmail.UsersService) (string, error)
}

// acts are what a thief would do, mildest first.
func acts() []act {
	return []act{
		{"read", "Read a mail", "the whole of it, with the way into other accounts", "gmail.users.messages.get", readMail},
		{"search", "Search the mailbox", "for “password”, “bank”, a name", "gmail.users.messages.list", searchMail},
		{"send", "Send a mail", "in the student's name", "gmail.users.messages.send", sendMail},
		{"trash", "Hide a mail", "in the trash, before it is seen", "gmail.users.messages.trash", trashMail},
		{"filter", "Set a filter", "that hides what the bank writes from now on", "gmail.users.settings.filters.create", setFilter},
		{"delete", "Delete for ever", "everything, past the trash", "gmail.users.messages.batchDelete", deleteMail},
	}
}

func readMail(ctx context.Context, u *gmail.UsersService) (string, error) {
	m, err := u.Messages.Get("me", "m4").Context(ctx).Do()
	if err != nil {
		return "", err
	}
	text, err := base64.URLEncoding.DecodeString(m.Payload.Body.Data)
	return fmt.Sprintf("“%s”", text), err
}

func searchMail(ctx context.Context, u *gmail.UsersService) (string, error) {
	l, err := u.Messages.List("me").Q("password").Context(ctx).Do()
	if err != nil {
		return "", err
	}
	return plural(len(l.Messages), "mail") + " with “password”", nil
}

func sendMail(ctx context.Context, u *gmail.UsersService) (string, error) {
	raw := base64.URLEncoding.EncodeToString([]byte("To: Rosa <rosa@family.example>\r\nSubject: Please pay again\r\n\r\nThe first payment got lost. Use this account instead."))
	_, err := u.Messages.Send("me", &gmail.Message{Raw: raw}).Context(ctx).Do()
	return "to Rosa: “Please pay again”", err
}

func trashMail(ctx context.Context, u *gmail.UsersService) (string, error) {
	_, err := u.Messages.Trash("me", "m3").Context(ctx).Do()
	return "“Donors of this month” is in the trash", err
}

func setFilter(ctx context.Context, u *gmail.UsersService) (string, error) {
	_, err := u.Settings.Filters.Create("me", &gmail.Filter{
		Criteria: &gmail.FilterCriteria{From: "bank.example"},
		Action:   &gmail.FilterAction{AddLabelIds: []string{"TRASH"}},
	}).Context(ctx).Do()
	return "mail from the bank goes to the trash", err
}

func deleteMail(ctx context.Context, u *gmail.UsersService) (string, error) {
	all := &gmail.BatchDeleteMessagesRequest{Ids: []string{"m1", "m2", "m3", "m4"}}
	return "4 mails are gone, past the trash", u.Messages.BatchDelete("me", all).Context(ctx).Do()
}

// outcome is how one act ended.
type outcome struct {
	Status int    // of the HTTP answer, 0 without one
	Text   string // what came of it, or the first sentence of why not
	Reason string // Google's, of a refusal
	Body   string // Google's whole refusal
}

// Worked reports whether the thief got what was wanted.
func (o outcome) Worked() bool { return o.Status >= 200 && o.Status < 300 }

// thief holds an access token and nothing else. It sends it to the stand-in.
type thief struct {
	users  *gmail.UsersService
	access tokeninfo.Secret
	status int // of the last answer
}

func newThief(ctx context.Context, endpoint string, access tokeninfo.Secret) (*thief, error) {
	t := &thief{access: access}
	service, err := gmail.NewService(ctx, option.WithHTTPClient(&http.Client{Transport: t, Timeout: 10 * time.Second}), option.WithEndpoint(endpoint))
	if err != nil {
		return nil, err
	}
	t.users = service.Users
	return t, nil
}

// RoundTrip puts the token into the header.
func (t *thief) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+t.access.Reveal())
	direct := &http.Transport{DisableKeepAlives: true} // no proxy: the stand-in is on this computer
	res, err := direct.RoundTrip(r)
	if err == nil {
		t.status = res.StatusCode
	}
	return res, err
}

// try does one act.
func (t *thief) try(ctx context.Context, a act) outcome {
	t.status = 0
	text, err := a.do(ctx, t.users)
	if err == nil {
		return outcome{Status: t.status, Text: text}
	}
	var refused *googleapi.Error
	if !errors.As(err, &refused) {
		return outcome{Text: "no answer"}
	}
	first, _, _ := strings.Cut(refused.Message, ". ")
	o := outcome{Status: refused.Code, Text: strings.TrimSuffix(first, "."), Body: refused.Body}
	if len(refused.Errors) > 0 {
		o.Reason = refused.Errors[0].Reason
	}
	return o
}
