package needs

import (
	"testing"

	"scopeaudit/audit/scopes"
)

func TestWords(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex(cat)
	for name, want := range map[string]string{
		"gmail.GmailReadonlyScope": "gmail.readonly", "gmail.MailGoogleComScope": "https://mail.google.com/", "drive.DriveScope": "drive",
		"GmailScopes.GMAIL_READONLY": "gmail.readonly", "GmailScopes.MAIL_GOOGLE_COM": "https://mail.google.com/",
		"gmail.readonly": "", "GMAIL_READONLY": "", "gmail.NoScope": "", "scope": "",
	} {
		s, known := x.Constant(name)
		if known != (want != "") || s.Short() != want {
			t.Errorf("%s is %q, %t; want %q", name, s.Short(), known, want)
		}
	}
	for name, want := range map[string]scopes.Scope{"GmailApp.search": fullMail, "DriveApp.getFiles": scopePrefix + "drive.readonly", "DriveApp.createFile": scopePrefix + "drive"} {
		c, known := x.BuiltIn(name)
		if least := cat.LeastFirst(c.Permitted); !known || len(least) == 0 || least[0] != want {
			t.Errorf("%s takes %v, want %s first", name, least, want)
		}
	}
	c := x.Content("drive.files.get")
	if least, _ := x.Least([]Call{c}); len(c.Notes) != 1 || len(least) != 1 || least[0][0].Short() != "drive.readonly" {
		t.Errorf("the content of a file takes %v: %v", least, c.Notes)
	}
	for _, name := range []string{"GmailApp", "GmailApp.", "Nothing.search", ""} {
		if c, known := x.BuiltIn(name); known {
			t.Errorf("%q is taken for %v", name, c)
		}
	}
}
