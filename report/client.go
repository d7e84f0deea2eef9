package report

import (
	"regexp"
	"strings"

	"scopeaudit/audit"
)

// The values of tokeninfo.SecretForm, which are part of the JSON format.
const (
	secretCurrent = "current"
	secretOld     = "old"
	secretCut     = "cut"
	noSecret      = "none"
)

// client says what an OAuth client is, and what its secret is worth.
func (p *page) client(c audit.CredentialRow) {
	client := c.Client
	switch client.Type {
	case "installed":
		p.field("type", "installed (Desktop app): for a program on the user's own computer")
	case "web":
		p.field("type", "web (Web application): for a server; a program on the user's computer needs the type Desktop app")
	default:
		p.field("type", orUnknown(client.Type))
	}
	p.field("project", project(client))
	if len(client.Redirects) == 0 {
		p.field("redirects", "no redirect URI in the file")
	}
	for i, uri := range client.Redirects {
		p.field(onlyFirst("redirects", i), name(uri))
	}
	p.field("secret", clientSecret(c))
	p.field("tokens", "none here")
}

// projectID is a Cloud project's ID as Google allows them: what else a file says
// is put into no link.
var projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func project(c *audit.ClientRow) string {
	text := orUnknown(c.Project)
	if c.ProjectNumber != "" {
		text += ", number " + name(c.ProjectNumber)
	}
	if projectID.MatchString(c.Project) {
		text += "; its clients: https://console.cloud.google.com/auth/clients?project=" + c.Project
	}
	return text
}

// clientSecret says of which generation the secret is, and what its secrecy is
// worth for this type of client.
func clientSecret(c audit.CredentialRow) string {
	var form, worth string
	switch c.Client.Secret {
	case secretCurrent:
		form = "of the current form (GOCSPX-), whole"
	case secretOld:
		form = "of the old form (24 characters): the client is from before Google gave out GOCSPX-"
	case secretCut:
		form = "of the current form (GOCSPX-), and cut short: Google will answer invalid_client"
	case noSecret:
		return "none in the file"
	default:
		form = "of no form that Google is known to give out"
	}
	switch {
	case c.PublishedClient != "":
		worth = "it is published with " + Clean(c.PublishedClient) + ", so everybody has it"
	case c.Client.Type == "installed":
		worth = "Google does not count on its secrecy, for whoever has the program has it; alone it lets others use the app's name and quota, beside a refresh token it makes access tokens"
	case c.Client.Type == "web":
		worth = "it must stay secret: with it others pose as the web application. If it got out, reset it on the client's page in the console"
	}
	return strings.TrimSuffix(form+"; "+worth, "; ")
}
