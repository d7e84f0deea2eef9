package needs_test

import (
	"reflect"
	"testing"
	"unicode/utf16"

	"scopeaudit/audit/needs"
)

// Nothing of the bytes that Read is given is kept: whoever walks a tree uses them
// again for the next file.
func TestReadKeepsNothing(t *testing.T) {
	const python = "from googleapiclient.discovery import build\n" +
		"creds = Credentials.from_authorized_user_file('t', ['https://mail.google.com/'])\n" +
		"build('gmail', 'v1', credentials=creds).users().messages().list(userId='me', q='x').execute()\n"
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(python)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for name, data := range map[string][]byte{
		"a.py":    []byte(python),
		"wide.py": wide,
		"b.ipynb": []byte(`{"cells": [{"cell_type": "code", "source": ["from googleapiclient.discovery import build\n",
 "creds = Credentials.from_authorized_user_file('t', ['https://mail.google.com/'])\n",
 "build('gmail', 'v1', credentials=creds).users().messages().list(userId='me', q='x').execute()\n"]},
 {"cell_type": "code", "source": "!curl -H \"Authorization: Bearer $T\" https://gmail.googleapis.com/gmail/v1/users/me/labels\n"}], "nbformat": 4}`),
		"appsscript.json": []byte(`{"oauthScopes": ["https://mail.google.com/"]}`),
	} {
		want := load(t).Infer([]*needs.Source{needs.Read(name, data)}, needs.Options{})
		buffer := append([]byte(nil), data...)
		source := needs.Read(name, buffer)
		for i := range buffer {
			buffer[i] = '\n'
		}
		if got := load(t).Infer([]*needs.Source{source}, needs.Options{}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		if len(want.Programs) == 0 {
			t.Errorf("%s says nothing", name)
		}
	}
}
