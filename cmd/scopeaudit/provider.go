package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/collect"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/google"
	"scopeaudit/tokeninfo/oidc"
)

// issuerHelp is the text of --issuer, which several verbs have.
const issuerHelp = "the server is not Google but the standard one that names itself `URL` (https, or loopback)"

// provider is the server that a verb speaks to: Google, or the one that the user
// named. No connection is opened.
func (a *app) provider(issuer string, client tokeninfo.Client) (tokeninfo.Provider, error) {
	if issuer == "" {
		p, err := google.New(google.Options{Endpoint: a.flags.endpoint})
		if err != nil {
			return nil, usage("--endpoint is for tests: http://127.0.0.1:PORT", "--endpoint: %v", err)
		}
		return p, nil
	}
	if a.flags.endpoint != "" {
		return nil, usage("--issuer takes a loopback address too", "--endpoint stands in for Google, and --issuer names another server")
	}
	p, err := oidc.New(oidc.Options{Issuer: issuer, Client: client})
	if err != nil {
		return nil, usage(hintOf(err), "--issuer: %v", err)
	}
	return p, nil
}

// readClient reads a client's file. One may hold a client of each type: an
// installed one is what our flow is for.
func readClient(file string) (tokeninfo.Credential, error) {
	if file == "-" {
		return tokeninfo.Credential{}, usage("name the file; one that is called - is ./-", "a client's file is not read from standard input")
	}
	evidence, err := collect.Credential(file)
	if err != nil {
		return tokeninfo.Credential{}, inputFailure(err)
	}
	var found []tokeninfo.Credential
	for _, h := range evidence.Credentials {
		found = append(found, h.Credential)
	}
	if err := credfile.Expect(credfile.WantClient, found, nil); err != nil {
		return tokeninfo.Credential{}, inputFailure(err)
	}
	client := found[0]
	if i := slices.IndexFunc(found, func(c tokeninfo.Credential) bool { return c.ClientType == "installed" }); i >= 0 {
		client = found[i]
	}
	if client.ClientID == "" {
		return client, usage("download the client's file from the console again", "%q names no client ID", file)
	}
	return client, nil
}

// hintOf is what an error says to do about it.
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// clientOf is the client that a credential names.
func clientOf(c tokeninfo.Credential) tokeninfo.Client {
	return tokeninfo.Client{ID: c.ClientID, Secret: c.ClientSecret}
}

// How much is told of a list that a file or a server made, and may have made too
// long to be read.
const (
	maxSome = 10  // of its items
	maxItem = 200 // bytes of one
)

// some is such a list for a sentence.
func some[T ~string](list []T) string {
	var items []string
	for _, item := range list[:min(len(list), maxSome)] {
		items = append(items, clipped(string(item)))
	}
	if more := len(list) - maxSome; more > 0 {
		return fmt.Sprintf("%s and %d more", joined(items), more)
	}
	return joined(items)
}

func clipped(item string) string {
	if len(item) > maxItem {
		return strings.ToValidUTF8(item[:maxItem], "") + "…"
	}
	return item
}

// joined is a list for a sentence.
func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return strings.Join(texts, ", ")
}
