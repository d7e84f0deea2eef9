package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"scopeaudit/testdata/bench/manifest"
)

// login is what a binary credential file holds. Its values are noted as it is
// drawn.
type login struct{ access, refresh, clientID, secret string }

// addBinaries writes the files that no template can: what serialisers, a
// database and an editor leave.
func (c *corpus) addBinaries() {
	for _, f := range []struct {
		path, hides string
		full        bool
		layout      func(login) []byte
	}{
		{"binary/token0.pickle", "pickle, protocol 0", true, pickle0},
		{"binary/token.pickle", "pickle, protocol 2", true, pickle2},
		{"binary/token4.pickle", "pickle, protocol 4: framed, short strings", true, pickle4},
		{"binary/tokens/StoredCredential", "Java serialisation in Java serialisation, no client", false, javaMap},
		{"binary/credentials.db", "SQLite: JSON in a cell", true, sqlite},
		{"binary/.settings.py.swp", "an editor's swap file: lines end in NUL, last line first", true, swap},
	} {
		l := login{c.value(manifest.AccessToken), c.value(manifest.RefreshToken), c.clientID(), c.value(manifest.ClientSecret)}
		data := f.layout(l)
		for _, v := range []struct {
			kind manifest.Kind
			s    string
		}{{manifest.AccessToken, l.access}, {manifest.RefreshToken, l.refresh}, {manifest.ClientSecret, l.secret}} {
			if bytes.Contains(data, []byte(v.s)) {
				c.note(manifest.Value{Kind: v.kind, File: f.path, Encoded: true, Hides: f.hides, Tail: v.s[len(v.s)-4:]})
			}
		}
		if f.full {
			c.note(manifest.Value{Kind: manifest.FullCredential, File: f.path, Encoded: true, Hides: f.hides})
		}
		c.write(f.path, data)
	}
}

// state is the attribute dictionary of google.oauth2.credentials.Credentials.
func (l login) state() [][2]string {
	return [][2]string{
		{"token", l.access}, {"_refresh_token", l.refresh}, {"_token_uri", "https://oauth2.googleapis.com/token"},
		{"_client_id", l.clientID}, {"_client_secret", l.secret},
	}
}

func pickle0(l login) []byte {
	var b bytes.Buffer
	b.WriteString("ccopy_reg\n_reconstructor\np0\n(cgoogle.oauth2.credentials\nCredentials\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\n")
	for i, kv := range l.state() {
		fmt.Fprintf(&b, "V%s\np%d\nV%s\np%d\ns", kv[0], 6+2*i, kv[1], 7+2*i)
	}
	b.WriteString("b.")
	return b.Bytes()
}

func pickle2(l login) []byte {
	b := []byte("\x80\x02cgoogle.oauth2.credentials\nCredentials\nq\x00)\x81q\x01}q\x02(")
	memo := byte(3)
	for _, kv := range l.state() {
		for _, s := range kv {
			b = binary.LittleEndian.AppendUint32(append(b, 'X'), uint32(len(s)))
			b = append(append(b, s...), 'q', memo)
			memo++
		}
	}
	return append(b, "ub."...)
}

func pickle4(l login) []byte {
	var b []byte
	str := func(s string) {
		b = append(append(append(b, 0x8c, byte(len(s))), s...), 0x94)
	}
	str("google.oauth2.credentials")
	str("Credentials")
	b = append(b, "\x93\x94)\x81\x94}\x94("...)
	for _, kv := range l.state() {
		str(kv[0])
		str(kv[1])
	}
	b = append(b, "ub."...)
	return append(binary.LittleEndian.AppendUint64([]byte("\x80\x04\x95"), uint64(len(b))), b...)
}

// javaMap is the HashMap<String, byte[]> of Google's FileDataStore: its one
// value is a StoredCredential, serialised again.
func javaMap(l login) []byte {
	utf := func(s string) string { return string(binary.BigEndian.AppendUint16(nil, uint16(len(s)))) + s }
	class := func(name, suid string, flags byte) string { return "sr" + utf(name) + suid + string([]byte{flags}) }
	const object, head, endOfClass = "L", "\xac\xed\x00\x05", "xp"
	inner := head + class("com.google.api.client.auth.oauth2.StoredCredential", "\x00\x00\x00\x00\x00\x00\x00\x01", 2) +
		"\x00\x03" + object + utf("accessToken") + "t" + utf("Ljava/lang/String;") +
		object + utf("expirationTimeMilliseconds") + "t" + utf("Ljava/lang/Long;") +
		object + utf("refreshToken") + "q\x00~\x00\x01" + endOfClass +
		"t" + utf(l.access) + "p" + "t" + utf(l.refresh)
	return []byte(head + class("java.util.HashMap", "\x05\x07\xda\xc1\xc3\x16\x60\xd1", 3) +
		"\x00\x02F" + utf("loadFactor") + "I" + utf("threshold") + endOfClass + "\x3f\x40\x00\x00\x00\x00\x00\x0c" +
		"w\x08\x00\x00\x00\x10\x00\x00\x00\x01" + "t" + utf("user") +
		"ur\x00\x02[B\xac\xf3\x17\xf8\x06\x08\x54\xe0\x02\x00\x00" + endOfClass +
		string(binary.BigEndian.AppendUint32(nil, uint32(len(inner)))) + inner + "x")
}

// sqlite is gcloud's credentials.db: a schema page and one page of a table.
func sqlite(l login) []byte {
	const page = 4096
	record := func(columns ...string) []byte {
		head, body := []byte{0}, []byte(nil)
		for _, s := range columns {
			head = appendVarint(head, uint64(13+2*len(s)))
			body = append(body, s...)
		}
		head[0] = byte(len(head))
		return append(head, body...)
	}
	leaf := func(start int, record []byte) []byte {
		cell := append(appendVarint(appendVarint(nil, uint64(len(record))), 1), record...)
		b := make([]byte, page)
		at := page - len(cell)
		copy(b[start:], []byte{13, 0, 0, 0, 1, byte(at >> 8), byte(at), 0, byte(at >> 8), byte(at)})
		copy(b[at:], cell)
		return b
	}
	const create = "CREATE TABLE credentials (account_id TEXT, value BLOB)"
	schema := record("table", "credentials", "credentials", "\x02", create)
	schema[4] = 1 // the root page is a number of one byte
	first := leaf(100, schema)
	copy(first, "SQLite format 3\x00")
	copy(first[16:], []byte{page >> 8, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 1, 0, 0, 0, 2})
	copy(first[44:], []byte{0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	value := fmt.Sprintf(`{"client_id": %q, "client_secret": %q, "refresh_token": %q, "type": "authorized_user"}`, l.clientID, l.secret, l.refresh)
	return append(first, leaf(0, record("maya@bookclub.org", value))...)
}

// appendVarint writes SQLite's integers, highest seven bits first.
func appendVarint(b []byte, v uint64) []byte {
	if v > 127 {
		b = append(b, byte(v>>7)|0x80)
	}
	return append(b, byte(v&127))
}

// swap is the swap file of an editor: a header page, and a data page filled from
// its end.
func swap(l login) []byte {
	const page = 4096
	b := make([]byte, 3*page)
	copy(b, "b0VIM 9.0")
	copy(b[page:], "tp")
	copy(b[2*page:], "ad")
	at := len(b)
	for _, line := range []string{
		"creds = Credentials(", fmt.Sprintf("    token=%q,", l.access), fmt.Sprintf("    refresh_token=%q,", l.refresh),
		fmt.Sprintf("    client_id=%q,", l.clientID), fmt.Sprintf("    client_secret=%q)", l.secret),
	} {
		at -= len(line) + 1
		copy(b[at:], line)
	}
	return b
}
