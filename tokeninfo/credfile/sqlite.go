package credfile

import (
	"bytes"
	"encoding/binary"
	"strings"

	"scopeaudit/tokeninfo"
)

// sqliteMagic opens a database (https://www.sqlite.org/fileformat.html, §1.3).
const sqliteMagic = "SQLite format 3\x00"

// Caps on a database.
const (
	maxColumns  = 32
	maxCellJSON = 16 << 10 // bytes of one JSON text found by searching
)

// readSQLite looks into gcloud's credentials.db and access_tokens.db (row 11).
// The rows of table pages are read as bytes, no SQL is run; then the whole file
// is searched for JSON, since rows that were deleted or spill over a page are
// found only so.
func readSQLite(data []byte) []tokeninfo.Credential {
	var out []tokeninfo.Credential
	seen := map[string]bool{}
	add := func(c tokeninfo.Credential) {
		id := c.RefreshToken.Reveal() + "\n" + c.AccessToken.Reveal() + "\n" + c.PrivateKey.Reveal()
		if !seen[id] && len(out) < maxCredentials {
			seen[id] = true
			out = append(out, c)
		}
	}
	sqliteRows(data, func(columns [][]byte) {
		if c, ok := gcloudRow(columns); ok {
			add(c)
		}
	})
	searchJSON(data, func(doc value) {
		var warnings []string
		if c, ok := gcloudJSON(doc, &warnings); ok {
			c.Warnings = append(warnings, c.Warnings...)
			add(c)
		}
	})
	if len(out) == 1 {
		out[0].Label = ""
	}
	return out
}

// gcloudRow reads account and JSON of credentials, or account, token and end of
// access_tokens.
func gcloudRow(columns [][]byte) (c tokeninfo.Credential, ok bool) {
	var warnings []string
	account := ""
	for _, col := range columns {
		s := string(col)
		switch {
		case strings.HasPrefix(s, "{"):
			if doc, _, err := parseJSON(col); err == nil {
				c, ok = gcloudJSON(doc, &warnings)
			}
		case strings.HasPrefix(s, accessPrefix) && !ok:
			c.Kind, ok = tokeninfo.GcloudDB, true
			c.AccessToken = tokeninfo.NewSecret(s)
		case strings.Contains(s, "@") && account == "" && looksSecret(s) == "":
			account = s
		case ok && c.Expiry.IsZero() && len(s) >= 19 && s[4] == '-':
			c.Expiry, _ = parseTime(s)
		}
	}
	if c.Account == "" {
		c.Account = account
	}
	c.Label = c.Account
	c.Warnings = append(c.Warnings, warnings...)
	return c, ok
}

func gcloudJSON(doc value, warnings *[]string) (tokeninfo.Credential, bool) {
	if doc.kind != object {
		return tokeninfo.Credential{}, false
	}
	creds, _ := readTyped(fieldsOf(doc, warnings))
	if len(creds) == 0 {
		return tokeninfo.Credential{}, false
	}
	c := creds[0]
	c.Kind = tokeninfo.GcloudDB
	return c, true
}

// sqliteRows gives the text columns of every row on a leaf page of a table
// (§1.6 and §2.1 of the file format). Damaged pages are passed over.
func sqliteRows(data []byte, row func(columns [][]byte)) {
	if len(data) < 100 {
		return
	}
	size := int(binary.BigEndian.Uint16(data[16:]))
	if size == 1 {
		size = 65536
	}
	if size < 512 {
		return
	}
	for start := 0; start+size <= len(data); start += size {
		page := data[start : start+size]
		head := page
		if start == 0 {
			head = page[100:]
		}
		if head[0] != 0x0d { // a leaf of a table
			continue
		}
		cells := int(binary.BigEndian.Uint16(head[3:]))
		for i := range cells {
			if 8+2*i+2 > len(head) {
				break
			}
			at := int(binary.BigEndian.Uint16(head[8+2*i:]))
			if at < len(page) {
				if columns := sqliteCell(page[at:]); columns != nil {
					row(columns)
				}
			}
		}
	}
}

// sqliteCell reads one row as far as it stands on this page.
func sqliteCell(cell []byte) [][]byte {
	if _, cell = varint(cell); cell == nil { // bytes of payload
		return nil
	}
	if _, cell = varint(cell); cell == nil { // row number
		return nil
	}
	size, rest := varint(cell)
	if rest == nil || size > uint64(len(cell)) || int(size) < len(cell)-len(rest) {
		return nil
	}
	types, body := rest[:int(size)-(len(cell)-len(rest))], cell[size:]
	var columns [][]byte
	for len(types) > 0 && len(columns) < maxColumns {
		var t uint64
		if t, types = varint(types); types == nil {
			return columns
		}
		n := serialSize(t)
		if n > uint64(len(body)) {
			return columns
		}
		if t >= 12 { // text, or a blob: gcloud declares its column as one
			columns = append(columns, body[:n])
		}
		body = body[n:]
	}
	return columns
}

// serialSize is the size in bytes of a column (§2.1).
func serialSize(t uint64) uint64 {
	switch {
	case t <= 4:
		return t
	case t == 5:
		return 6
	case t == 6 || t == 7:
		return 8
	case t >= 12:
		return (t - 12) / 2
	}
	return 0
}

// varint reads SQLite's big-endian variable-length number; the rest is nil at
// the end of the input.
func varint(b []byte) (uint64, []byte) {
	var n uint64
	for i := 0; i < 9 && i < len(b); i++ {
		if i == 8 {
			return n<<8 | uint64(b[i]), b[i+1:]
		}
		n = n<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, b[i+1:]
		}
	}
	return 0, nil
}

// searchJSON tries every object that begins with a key, wherever it stands. The
// work is bounded by a multiple of the input, so that text made of openings
// costs no more than the rest.
func searchJSON(data []byte, each func(value)) {
	budget := 8*len(data) + 1<<16
	for budget > 0 {
		at := bytes.Index(data, []byte(`{"`))
		if at < 0 {
			return
		}
		data = data[at:]
		p := &parser{data: data[:min(len(data), maxCellJSON)]}
		v, err := p.value(0)
		budget -= p.pos + 1
		if err != nil {
			data = data[1:]
			continue
		}
		each(v)
		data = data[p.pos:]
	}
}
