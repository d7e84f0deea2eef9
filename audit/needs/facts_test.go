package needs_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestWhatArgumentsTell holds the notes on calls, and whether drive.file may be
// enough, to their arguments.
func TestWhatArgumentsTell(t *testing.T) {
	const head = "from googleapiclient.discovery import build\nCredentials.from_authorized_user_file('t', ['https://www.googleapis.com/auth/drive', 'https://mail.google.com/'])\nd, g = build('drive', 'v3'), build('gmail', 'v1')\n"
	for _, c := range []struct {
		call, note string
		possible   bool
	}{
		{"d.files().list()", "", true},
		{"d.files().list(corpora='user')", "", true},
		{"d.files().list(corpora='allDrives')", "corpora looks beyond", false},
		{"d.files().list(includeItemsFromAllDrives=True)", "includeItemsFromAllDrives looks beyond", false},
		{"d.files().list(includeItemsFromAllDrives=False)", "", true},
		{"d.files().list(driveId=x)", "driveId looks beyond", false},
		{"g.users().messages().list(userId='me', labelIds=['INBOX'])", "labelIds is passed and no q", false},
		{"g.users().messages().list(userId='me', labelIds=['INBOX'], q='x')", "q is passed", false},
	} {
		r := infer(t, []txtar.File{{Name: "a.py", Data: []byte(head + c.call + ".execute()\n")}}, true)
		p := r.Programs[0]
		if len(p.Calls) != 1 {
			t.Fatalf("%s: %v", c.call, p.Calls)
		}
		if notes := strings.Join(p.Calls[0].Notes, "; "); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
			t.Errorf("%s: %q, want %q", c.call, notes, c.note)
		}
		if got := len(p.Possible) > 0; got != c.possible {
			t.Errorf("%s: possible: %q", c.call, p.Possible)
		}
	}
}
