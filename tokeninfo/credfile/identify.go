// Package credfile recognises, by content alone, every credential format that
// Google's clients write, and says what each claims and what it cannot tell.
// Nothing is unpickled, deserialised, dialled or followed.
package credfile

import (
	"bytes"

	"scopeaudit/audit/decode"
	"scopeaudit/tokeninfo"
)

// MaxFile is the size in bytes past which a file is not looked into.
const MaxFile = 16 << 20

// maxCredentials is how many credentials are taken from one file.
const maxCredentials = 1000

// Identify lists the credentials in data. Where there is none, the error is a
// *NotCredential that says what the data looks like and what to do.
//
// The order is: magic bytes, then JSON by its keys, then rclone's INI, then
// what stands under telling keys in any text. A name is never looked at.
func Identify(data []byte) ([]tokeninfo.Credential, error) {
	if !Maybe(data) {
		return nil, looksLike(data)
	}
	creds, err := identify(data)
	if err != nil {
		return nil, err
	}
	for i := range creds {
		finish(&creds[i])
	}
	return creds, nil
}

func identify(data []byte) ([]tokeninfo.Credential, error) {
	if len(data) > MaxFile {
		return nil, looksLike(data)
	}
	switch {
	case bytes.HasPrefix(data, []byte(sqliteMagic)):
		return found(readSQLite(data), "a SQLite database without Google credentials")
	case bytes.HasPrefix(data, []byte(javaMagic)):
		return found(readJava(data), "a Java serialised object without Google credentials")
	}
	if maybePickle(data) {
		creds, ok := readPickle(data)
		if len(creds) > 0 {
			return creds, nil
		}
		if data[0] == pickleProto { // else the first byte may be any text's
			if !ok {
				return nil, notCredential("a damaged or half-written Python pickle", hintAgain)
			}
			return nil, notCredential("a Python pickle of something else", "")
		}
	}
	views := decode.Views(data)
	if isNotebook(views) {
		return found(readText(views, false), "a notebook without Google credentials")
	}
	if len(views) != 1 {
		return nil, looksLike(data)
	}
	creds, err := readWhole(data, views[0])
	for i := range creds {
		if p := &creds[i].Place; p.Line == 0 && p.Cell == 0 {
			p.Line = 1
		}
	}
	return creds, err
}

// readWhole reads a text that is no notebook: JSON, INI, or anything else.
func readWhole(data []byte, view decode.View) ([]tokeninfo.Credential, error) {
	var notes []string
	if note := encodingNote(data); note != "" {
		notes = append(notes, note)
	}
	doc, p, bad := parseJSON(view.Data)
	if bad == nil {
		if p.nan {
			notes = append(notes, "NaN or Infinity, which is no JSON: google-auth reads it, Go does not")
		}
		if p.raw {
			notes = append(notes, "a control character inside a text: strict readers refuse the file")
		}
		creds, err := readJSON(doc)
		if err != nil {
			if creds = readText([]decode.View{view}, doc.kind != list); len(creds) == 0 {
				return nil, err
			}
		}
		return note(creds, notes), nil
	}
	if startsJSON(view.Data) {
		if bad.cut {
			return nil, notCredential(bad.Error(), hintAgain)
		}
		notes = append(notes, "not valid JSON: readers of JSON refuse the file")
	}
	if creds := readRclone(view.Data); len(creds) > 0 {
		return note(creds, notes), nil
	}
	if creds := readText([]decode.View{view}, false); len(creds) > 0 {
		return note(creds, notes), nil
	}
	if isRclone(view.Data) {
		return nil, notCredential("a configuration of rclone in which no Google remote is signed in", "run rclone config reconnect for the remote")
	}
	return nil, looksLike(data)
}

func note(creds []tokeninfo.Credential, notes []string) []tokeninfo.Credential {
	for i := range creds {
		creds[i].Warnings = append(creds[i].Warnings, notes...)
	}
	return creds
}

func found(creds []tokeninfo.Credential, otherwise string) ([]tokeninfo.Credential, error) {
	if len(creds) == 0 {
		return nil, notCredential(otherwise, "")
	}
	return creds, nil
}

// startsJSON tells the start of an object, or of a list or text that cannot be
// an INI section or prose.
func startsJSON(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] == '{' {
		return len(data) > 0
	}
	inside := bytes.TrimLeft(data[1:], " \t\r\n")
	switch data[0] {
	case '[':
		return len(inside) == 0 || bytes.IndexByte([]byte(`{["]-0123456789`), inside[0]) >= 0
	case '"':
		return bytes.HasPrefix(inside, []byte("{"))
	}
	return false
}

func encodingNote(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return "a byte-order mark at the start: google-auth refuses the file"
	case bytes.IndexByte(data[:min(len(data), 4)], 0) >= 0, bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "UTF-16: google-auth refuses the file"
	}
	return ""
}

// isNotebook asks the views, so that there is one reader of notebooks.
func isNotebook(views []decode.View) bool {
	for _, v := range views {
		if v.Place != nil && v.Place(0, 0).Cell > 0 {
			return true
		}
	}
	return false
}
