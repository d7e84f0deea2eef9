package scopes

import (
	"slices"
	"strings"
)

// caution is a caveat with the scopes that it is about, as short names; one
// that ends in * stands for all that begin so.
type caution struct {
	scopes  []string
	text    string
	sources []string

	// narrow says that the scope serves part of what its methods touch, or only
	// some of their arguments: Least leaves it out unless the code shows that
	// this part is all it needs.
	narrow bool
	// spoils are the scopes that holding one of these takes something from.
	spoils []string
	why    string
}

// Pages that several cautions cite.
const (
	gmailScopes      = "https://developers.google.com/workspace/gmail/api/auth/scopes"
	gmailDrafts      = "https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.drafts/delete"
	gmailDiscovery   = "https://gmail.googleapis.com/$discovery/rest?version=v1"
	driveScopes      = "https://developers.google.com/workspace/drive/api/guides/api-specific-auth"
	driveAppData     = "https://developers.google.com/workspace/drive/api/guides/appdata"
	driveDiscovery   = "https://www.googleapis.com/discovery/v1/apis/drive/v3/rest"
	calendarScopes   = "https://developers.google.com/workspace/calendar/api/auth"
	restrictedScopes = "https://support.google.com/cloud/answer/13464325"
	scriptScopes     = "https://developers.google.com/apps-script/concepts/scopes"
	pythonClient     = "https://github.com/googleapis/google-api-python-client/issues/"
	workspaceCLI     = "https://github.com/googleworkspace/cli/issues/"
)

// cautions are what the lists of methods do not tell.
func cautions() []caution {
	return []caution{{
		scopes: []string{"gmail.metadata"},
		text: "refuses the search parameter q of messages.list and threads.list, even empty, and the formats full and raw; " +
			"full is the default of messages.get",
		sources: []string{gmailDiscovery, "https://github.com/dacastro4/laravel-gmail/issues/50", "https://github.com/bytechefhq/bytechef/issues/5394"},
		narrow:  true,
	}, {
		scopes:  []string{"gmail.metadata"},
		text:    "takes away: held beside readonly, modify or full mail it still blocks search and message bodies, so it stands alone or not at all",
		sources: []string{pythonClient + "582", workspaceCLI + "104", workspaceCLI + "174", workspaceCLI + "265"},
		spoils:  []string{string(fullMail), "gmail.modify", "gmail.readonly"},
		why:     "gmail.metadata blocks search (q) and message bodies even where another scope allows them",
	}, {
		scopes: []string{"gmail.modify"},
		text: "moves messages to the trash but cannot delete them for good: messages.delete, messages.batchDelete and threads.delete " +
			"need full mail; drafts and labels have no trash, and those it does delete",
		sources: []string{gmailDiscovery, pythonClient + "2710", gmailDrafts},
	}, {
		scopes: []string{string(fullMail)},
		text: "does not cover settings: filters, delegates, forwarding, send-as addresses, vacation and IMAP/POP switches " +
			"need gmail.settings.basic or gmail.settings.sharing",
		sources: []string{gmailDiscovery, workspaceCLI + "639"},
	}, {
		scopes:  []string{"gmail.settings.sharing"},
		text:    "delegates, forwarding and new send-as addresses work only for service accounts with domain-wide delegation",
		sources: []string{gmailScopes},
	}, {
		scopes:  []string{"gmail.addons.*", "calendar.addons.*", "drive.addons.*"},
		text:    "works only inside a Google Workspace add-on, while it runs or the user acts in it",
		sources: []string{gmailScopes, "https://developers.google.com/workspace/add-ons/concepts/workspace-scopes"},
		narrow:  true,
	}, {
		scopes:  []string{"drive.file"},
		text:    "reaches only files that the app created or that the user picked for it; files.list shows only those",
		sources: []string{driveScopes},
		narrow:  true,
	}, {
		scopes:  []string{"drive", "drive.file"},
		text:    "can share the files it reaches with anyone (permissions.create)",
		sources: []string{driveDiscovery},
	}, {
		scopes:  []string{"drive"},
		text:    "covers all methods of Docs, Sheets and Slides, so asking for their scopes beside it is redundant",
		sources: []string{discoverySource},
	}, {
		scopes:  []string{"drive"},
		text:    "does not open the app data folder, for which drive.appdata is the scope",
		sources: []string{driveAppData},
	}, {
		scopes:  []string{"drive.metadata", "drive.metadata.readonly"},
		text:    "never gives the content of a file: files.get refuses it with alt=media (get_media, Download), and so does files.export",
		sources: []string{driveScopes},
	}, {
		scopes:  []string{"drive.appdata"},
		text:    "reaches only the hidden folder of the app's own data, which no other scope opens",
		sources: []string{driveScopes, driveAppData},
		narrow:  true,
	}, {
		scopes:  []string{"drive.photos.readonly"},
		text:    "shows only the photos, whatever else lies in the Drive",
		sources: []string{discoverySource},
		narrow:  true,
	}, {
		scopes:  []string{"drive.meet.readonly"},
		text:    "reaches only files that Google Meet made or changed",
		sources: []string{driveScopes},
		narrow:  true,
	}, {
		scopes:  []string{"drive.apps.readonly"},
		text:    "is for the list of apps that can open files; it reads no file",
		sources: []string{driveScopes},
		narrow:  true,
	}, {
		scopes:  []string{"drive.scripts"},
		text:    "is for changing what Apps Script projects do; it reaches no other file",
		sources: []string{driveScopes},
		narrow:  true,
	}, {
		scopes:  []string{"calendar.app.created"},
		text:    "reaches only secondary calendars that the app made",
		sources: []string{calendarScopes},
		narrow:  true,
	}, {
		scopes:  []string{"calendar.events.owned", "calendar.events.owned.readonly"},
		text:    "reaches only the calendars that the user owns, not those that others share: the same call answers with less",
		sources: []string{calendarScopes},
		narrow:  true,
	}, {
		scopes:  []string{"calendar.events.public.readonly"},
		text:    "reaches only public calendars: the same call answers with less",
		sources: []string{calendarScopes},
		narrow:  true,
	}, {
		scopes:  []string{"calendar.events.freebusy"},
		text:    "shows when the user is busy and not with what: the same call answers with less",
		sources: []string{calendarScopes},
		narrow:  true,
	}, {
		scopes:  []string{"user.addresses.read", "user.birthday.read", "user.emails.read", "user.gender.read", "user.organization.read", "user.phonenumbers.read"},
		text:    "reaches only this one field of the user's own profile: the same call answers with less",
		sources: []string{"https://developers.google.com/people/api/rest/v1/people/get"},
		narrow:  true,
	}, {
		scopes:  []string{"youtubepartner", "youtubepartner-*", "youtube.channel-memberships.creator"},
		text:    "is for partners of YouTube and creators with members: what is everybody's goes by the other scopes",
		sources: []string{"https://developers.google.com/youtube/v3/guides/auth/installed-apps#identify-access-scopes"},
		narrow:  true,
	}, {
		scopes:  []string{"gmail.labels"},
		text:    "is non-sensitive and yet writes labels; gmail.readonly, which is restricted, also lists them and writes nothing",
		sources: []string{gmailScopes},
	}, {
		scopes:  []string{"gmail.compose"},
		text:    "also sends mail and reads drafts, and is restricted; gmail.send alone is sensitive",
		sources: []string{gmailScopes, restrictedScopes},
	}, {
		scopes:  []string{string(fullMail)},
		text:    "is the only scope for IMAP, SMTP and POP; a program that uses the Gmail API can do with less",
		sources: []string{gmailScopes, "https://github.com/rustmailer/bichon/issues/206", "https://github.com/jstedfast/MailKit/issues/1032"},
	}, {
		scopes:  []string{"gmail.readonly"},
		text:    "opens two methods that are POST and still change no mail: users.watch and users.stop, for notifications",
		sources: []string{gmailDiscovery},
	}, {
		scopes:  []string{"calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"},
		text:    "opens freebusy.query, which is POST and still changes nothing",
		sources: []string{discoverySource},
	}, {
		scopes:  []string{"gmail.modify"},
		text:    "is called gmail.modify.restricted in the description of messages.modify; no such scope exists",
		sources: []string{gmailDiscovery},
	}, {
		scopes: []string{"script.external_request", "script.send_mail", "script.scriptapp", "script.storage", "script.container.ui",
			"spreadsheets.currentonly", "documents.currentonly", "presentations.currentonly", "forms.currentonly", "forms", "groups"},
		text:    "is for Apps Script's built-in services, which no discovery document lists; automatic detection may ask for more than a script needs",
		sources: []string{scriptScopes},
	}, {
		scopes:  []string{"contacts"},
		text:    "old files name it by its feed, https://www.google.com/m8/feeds",
		sources: []string{discoverySource},
	}, {
		scopes:  []string{"calendar"},
		text:    "old files name it by its feed, https://www.google.com/calendar/feeds",
		sources: []string{discoverySource},
	}, {
		scopes:  []string{"spreadsheets"},
		text:    "old files name it by its feed, https://spreadsheets.google.com/feeds",
		sources: []string{"https://developers.google.com/workspace/sheets/api/guides/migration"},
	}, {
		scopes: []string{"cloud-platform"},
		text: "sets no limit of its own: the token can do whatever the IAM roles of the account behind it allow, " +
			"in every project that the account can reach",
		sources: []string{"https://cloud.google.com/sdk/gcloud/reference/compute/instances/set-service-account"},
	}, {
		scopes:  []string{"https://apps-apis.google.com/*", "https://docs.google.com/feeds/"},
		text:    "belongs to a Google Data API that was shut down: it opens nothing",
		sources: []string{"https://developers.google.com/gdata/docs/directory"},
	}, {
		scopes:  []string{"photoslibrary", "photoslibrary.readonly", "photoslibrary.sharing"},
		text:    "was withdrawn on 31 March 2025: it opens nothing",
		sources: []string{"https://developers.google.com/photos/support/updates"},
	}, {
		scopes:  []string{"plus.*"},
		text:    "belongs to Google+, which was shut down in 2019: all that plus.me and plus.login still give is who the user is",
		sources: []string{"https://developers.google.com/+/api-shutdown"},
	}}
}

// about reports whether a scope is among those named.
func about(names []string, s Scope) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		begin, wild := strings.CutSuffix(name, "*")
		return wild && strings.HasPrefix(string(s), string(expand(begin))) || expand(name) == s
	})
}

func (c *Catalogue) caveatsOf(s Scope) []Caveat {
	var caveats []Caveat
	for _, caution := range c.cautions {
		if about(caution.scopes, s) {
			caveats = append(caveats, Caveat{Text: caution.text, Sources: slices.Clone(caution.sources)})
		}
	}
	return caveats
}

// narrow reports whether Least leaves the scope out without evidence.
func (c *Catalogue) narrow(s Scope) bool {
	return slices.ContainsFunc(c.cautions, func(k caution) bool { return k.narrow && about(k.scopes, s) })
}

// Conflicts lists the pairs in held that spoil each other, once each, in order
// of the scopes.
func (c *Catalogue) Conflicts(held []Scope) []Conflict {
	held = slices.Compact(slices.Sorted(slices.Values(held)))
	var conflicts []Conflict
	for _, s := range held {
		for _, caution := range c.cautions {
			if len(caution.spoils) == 0 || !about(caution.scopes, s) {
				continue
			}
			for _, with := range held {
				if with != s && about(caution.spoils, with) {
					conflicts = append(conflicts, Conflict{Scope: s, With: with, Why: caution.why, Sources: slices.Clone(caution.sources)})
				}
			}
		}
	}
	return conflicts
}
