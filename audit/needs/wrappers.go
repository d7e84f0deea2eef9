package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// wrapper is a library that calls Google's APIs for its user: what it asks for
// by itself, and which methods its own come down to.
type wrapper struct {
	modules []string // import names
	apis    []string
	// asks are the scopes that it asks for where it is given none, by the
	// function that does.
	asks map[string][]string
	// calls are the methods that its functions come down to; an empty list is
	// for one that calls nothing.
	calls map[string][]string
	// source is where the scopes and calls are documented.
	source string
}

const (
	getValues    = "sheets.spreadsheets.values.get"
	updateValues = "sheets.spreadsheets.values.update"
	appendValues = "sheets.spreadsheets.values.append"
	batchSheets  = "sheets.spreadsheets.batchUpdate"
	getSheet     = "sheets.spreadsheets.get"
)

// wrappers are the libraries that are common in public programs.
var wrappers = [...]wrapper{{
	modules: []string{"gspread"},
	apis:    []string{"sheets", "drive"},
	asks: map[string][]string{
		"service_account": {"spreadsheets", "drive"}, "service_account_from_dict": {"spreadsheets", "drive"},
		"oauth": {"spreadsheets", "drive"}, "oauth_from_dict": {"spreadsheets", "drive"},
	},
	calls: map[string][]string{
		"authorize": {}, "service_account": {}, "service_account_from_dict": {}, "oauth": {}, "oauth_from_dict": {}, "Client": {}, "login": {},
		"open": {"drive.files.list", getSheet}, "openall": {"drive.files.list"}, "list_spreadsheet_files": {"drive.files.list"},
		"open_by_key": {getSheet}, "open_by_url": {getSheet}, "worksheet": {getSheet}, "worksheets": {getSheet}, "get_worksheet": {getSheet}, "get_worksheet_by_id": {getSheet},
		"get_all_records": {getValues}, "get_all_values": {getValues}, "get_values": {getValues}, "get": {getValues}, "row_values": {getValues}, "col_values": {getValues},
		"cell": {getValues}, "acell": {getValues}, "range": {getValues}, "find": {getValues}, "findall": {getValues}, "batch_get": {"sheets.spreadsheets.values.batchGet"},
		"update": {updateValues}, "update_cell": {updateValues}, "update_acell": {updateValues}, "update_cells": {updateValues}, "batch_update": {"sheets.spreadsheets.values.batchUpdate"},
		"append_row": {appendValues}, "append_rows": {appendValues}, "insert_row": {batchSheets, updateValues}, "insert_rows": {batchSheets, updateValues},
		"delete_rows": {batchSheets}, "delete_row": {batchSheets}, "clear": {"sheets.spreadsheets.values.clear"}, "batch_clear": {"sheets.spreadsheets.values.batchClear"},
		"format": {batchSheets}, "sort": {batchSheets}, "add_worksheet": {batchSheets}, "del_worksheet": {batchSheets}, "resize": {batchSheets}, "freeze": {batchSheets},
		"add_rows": {batchSheets}, "add_cols": {batchSheets}, "update_title": {batchSheets}, "duplicate_sheet": {batchSheets},
		"create": {"drive.files.create"}, "copy": {"drive.files.copy"}, "del_spreadsheet": {"drive.files.delete"}, "share": {"drive.permissions.create"},
		"list_permissions": {"drive.permissions.list"}, "export": {"drive.files.export"},
	},
	source: "https://docs.gspread.org/en/latest/oauth2.html",
}, {
	modules: []string{"pydrive", "pydrive2"},
	apis:    []string{"drive"},
	asks:    map[string][]string{"GoogleAuth": {"drive"}},
	calls: map[string][]string{
		"GoogleAuth": {}, "GoogleDrive": {}, "LocalWebserverAuth": {}, "CommandLineAuth": {}, "LoadCredentialsFile": {}, "SaveCredentialsFile": {}, "Authorize": {}, "Refresh": {},
		"LoadClientConfigFile": {}, "ServiceAuth": {}, "CreateFile": {}, "SetContentFile": {}, "SetContentString": {}, "FetchMetadata": {"drive.files.get"},
		"ListFile": {"drive.files.list"}, "GetList": {"drive.files.list"}, "Upload": {"drive.files.create", "drive.files.update"},
		"GetContentFile": {"drive.files.export"}, "GetContentString": {"drive.files.export"}, "Delete": {"drive.files.delete"}, "Trash": {"drive.files.update"}, "UnTrash": {"drive.files.update"},
		"InsertPermission": {"drive.permissions.create"}, "GetPermissions": {"drive.permissions.list"}, "DeletePermission": {"drive.permissions.delete"},
	},
	source: "https://docs.iterative.ai/PyDrive2/oauth/",
}, {
	modules: []string{"simplegmail"},
	apis:    []string{"gmail"},
	asks:    map[string][]string{"Gmail": {"gmail.modify", "gmail.settings.basic"}},
	calls: map[string][]string{
		"Gmail": {}, "construct_query": {}, "send_message": {"gmail.users.messages.send"},
		"get_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_unread_inbox": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_unread_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_starred_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_important_messages": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_sent_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"get_drafts": {"gmail.users.messages.list", "gmail.users.messages.get"}, "get_spam_messages": {"gmail.users.messages.list", "gmail.users.messages.get"},
		"list_labels": {"gmail.users.labels.list"}, "create_label": {"gmail.users.labels.create"}, "delete_label": {"gmail.users.labels.delete"},
		"mark_as_read": {"gmail.users.messages.modify"}, "mark_as_unread": {"gmail.users.messages.modify"}, "add_label": {"gmail.users.messages.modify"},
		"add_labels": {"gmail.users.messages.modify"}, "remove_label": {"gmail.users.messages.modify"}, "archive": {"gmail.users.messages.modify"}, "trash": {"gmail.users.messages.trash"},
		"download": {"gmail.users.messages.attachments.get"}, "save": {"gmail.users.messages.attachments.get"},
	},
	source: "https://github.com/jeremyephron/simplegmail",
}, {
	modules: []string{"ezgmail"},
	apis:    []string{"gmail"},
	asks:    map[string][]string{"init": {string(fullMail)}, "send": {string(fullMail)}, "unread": {string(fullMail)}, "search": {string(fullMail)}, "recent": {string(fullMail)}},
	calls: map[string][]string{
		"init": {"gmail.users.getProfile"}, "send": {"gmail.users.messages.send"}, "unread": {"gmail.users.threads.list", "gmail.users.threads.get"},
		"recent": {"gmail.users.threads.list", "gmail.users.threads.get"}, "search": {"gmail.users.threads.list", "gmail.users.threads.get"}, "summary": {},
		"trash": {"gmail.users.threads.trash"}, "markAsRead": {"gmail.users.threads.modify"}, "markAsUnread": {"gmail.users.threads.modify"},
		"addLabel": {"gmail.users.threads.modify"}, "removeLabel": {"gmail.users.threads.modify"},
		"downloadAttachment": {"gmail.users.messages.attachments.get"}, "downloadAllAttachments": {"gmail.users.messages.attachments.get"},
	},
	source: "https://github.com/asweigart/ezgmail",
}}

// wrapperOf finds the wrapper that a module belongs to.
func wrapperOf(name string) *wrapper {
	first, _, _ := strings.Cut(name, ".")
	for i := range wrappers {
		if slices.Contains(wrappers[i].modules, first) {
			return &wrappers[i]
		}
	}
	return nil
}

// wrapped records what a call of a wrapper comes down to.
func (r *recorder) wrapped(m *module, n *node) {
	name := lastName(n.kids[0])
	for _, c := range r.eval(n.kids[0]) {
		var w *wrapper
		switch c.kind {
		case vWrapper:
			w = wrapperOf(c.text) // none for what Apps Script has built in
		case vExternal:
			if w = wrapperOf(c.text); w == nil {
				continue
			}
			name = c.text[strings.LastIndexByte(c.text, '.')+1:]
		}
		if w == nil {
			continue
		}
		methods, known := w.calls[name]
		if !known {
			r.fail(m, n, "what "+w.modules[0]+" does here is not known", w.apis...)
			return
		}
		if c.kind == vExternal {
			if given, _ := scopeArgument(n); given == nil {
				r.byDefault(m, n, w.asks[name], w.modules[0])
			}
		}
		for _, id := range methods {
			api, _, _ := strings.Cut(id, ".")
			r.call(m, n, id, api)
		}
		return
	}
}

// byDefault records the scopes that a library asks for by itself.
func (r *recorder) byDefault(m *module, n *node, short []string, by string) {
	if len(short) == 0 {
		return
	}
	s := scopeSet{}
	for _, name := range short {
		scope, _ := r.index.cat.Normalise(name)
		s.scopes = append(s.scopes, asked{string(scope), n})
	}
	r.asked = append(r.asked, asking{module: m, node: n, by: by + ", by default", known: true, sets: []scopeSet{s}})
}

// mail records a sign-in to IMAP, SMTP or POP with a token, which only full mail
// permits. Source: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
func (r *recorder) mail(m *module, n *node) {
	signIn := false
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		for _, t := range texts(r.eval(arg)) {
			signIn = signIn || strings.HasPrefix(t, "XOAUTH2") || strings.HasPrefix(t, "OAUTHBEARER") || strings.Contains(t, "AUTH XOAUTH2")
		}
	}
	if !signIn {
		return
	}
	protocol, known := r.hosts[m]
	if !known {
		protocol = mailProtocol(m.text)
		r.hosts[m] = protocol
	}
	if name := strings.ToLower(lastName(n.kids[0])); protocol != "" && (name == "docmd" || name == "auth") {
		protocol = "smtp"
	}
	if protocol == "" {
		return
	}
	r.mailCall(m, n, protocol)
}

// mailCall records a sign-in to a mailbox.
func (r *recorder) mailCall(m *module, n *node, protocol string) {
	at := place{m, n.pos, "mail"}
	if r.seen[at] {
		return
	}
	r.seen[at] = true
	c := Call{Method: protocol, API: "gmail", At: m.location(int(n.pos), int(n.end)), Text: m.quote(n.pos, n.end), State: Live, Permitted: []scopes.Scope{fullMail},
		Notes: []string{"a token opens IMAP, SMTP and POP only with full mail; the API would do with less"}}
	if n.block.dead {
		c.State = Unreachable
	}
	r.program.Calls = append(r.program.Calls, c)
}

// mailProtocol is what a source signs in to, by what it mentions; empty if that
// is not Google's.
func mailProtocol(source []byte) string {
	lower := strings.ToLower(string(source))
	has := func(word string) bool { return strings.Contains(lower, word) }
	switch {
	case (has("office365") || has("outlook.")) && !has("gmail.com"):
		return ""
	case has("imap"):
		return "imap"
	case has("smtp"):
		return "smtp"
	case has("poplib"):
		return "pop"
	}
	return "imap"
}

// followed are modules that a client or a credential may be handed to: what
// they do with it is known, or nothing.
var followed = []string{"googleapiclient", "apiclient", "google", "google_auth_oauthlib", "google_auth_httplib2", "oauth2client", "oauthlib", "requests_oauthlib", "httplib2", "pickle", "json",
	"os", "sys", "io", "threading", "functools", "concurrent", "asyncio", "logging", "pprint", "copy", "time", "typing", "dataclasses", "contextlib", "multiprocessing",
	"unittest", "pytest", "collections", "itertools", "atexit", "signal", "dill", "joblib", "pathlib", "requests", "httpx", "aiohttp", "urllib"}

// signIns are libraries that obtain a token and call nothing by themselves.
var signIns = []string{"authlib", "flask_dance", "starlette", "fastapi", "allauth", "social_core", "streamlit", "streamlit_oauth", "oauth2", "rauth", "flask", "django", "click", "argparse"}

// escapes lists where a client or a credential is handed to a library that is
// not looked into.
func (r *recorder) escapes(m *module, n *node) {
	name := ""
	for _, c := range r.eval(n.kids[0]) {
		if c.kind == vExternal {
			name = c.text
		}
	}
	first, rest, _ := strings.Cut(name, ".")
	if name == "" {
		return
	}
	if rest, found := strings.CutPrefix(name, "cloud.google.com/go/"); found && strings.Contains(rest, ".New") {
		api, _, _ := strings.Cut(strings.NewReplacer(".", "/").Replace(rest), "/")
		r.fail(m, n, "what the library cloud.google.com/go/"+api+" does is not looked into", api)
		return
	}
	if first == "google" && strings.HasPrefix(rest, "cloud.") && strings.HasSuffix(name, "Client") {
		api := strings.Split(rest, ".")[1]
		r.fail(m, n, "what the library google.cloud."+api+" does is not looked into", strings.TrimRight(strings.TrimSuffix(api, "_v1"), "_"))
		return
	}
	if slices.Contains(followed, first) || wrapperOf(name) != nil {
		return
	}
	if m.language.jvm() {
		switch first {
		case "java", "javax", "kotlin", "kotlinx", "android", "androidx", "jakarta":
			return
		}
		if strings.HasPrefix(rest, "google.") {
			return
		}
		second, _, _ := strings.Cut(rest, ".")
		first += "." + second
	}
	if m.language == golang {
		library, _, _ := strings.Cut(name[:strings.LastIndexByte(name, '.')], "/")
		if first = name[:strings.LastIndexByte(name, '.')]; !strings.Contains(library, ".") || library == "golang.org" || library == "google.golang.org" {
			return // the standard library, and what is followed
		}
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if arg.kind != kName && arg.kind != kAttr && arg.kind != kCall {
			continue
		}
		for _, v := range r.eval(arg) {
			switch v.kind {
			case vService:
				r.fail(m, n, "what "+first+" does with the client is not looked into", v.api)
				return
			case vCredential:
				if _, client := r.namedAPI(n); !client {
					r.fail(m, n, "what "+first+" does with the credential is not looked into")
					return
				}
			}
		}
	}
}
