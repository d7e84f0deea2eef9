package credfile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"scopeaudit/tokeninfo"
)

// javaMagic opens a Java object stream (Java Object Serialization
// Specification, §6.4): STREAM_MAGIC and version 5.
const javaMagic = "\xac\xed\x00\x05"

// javaClass is the class whose objects Google's Java client stores.
const javaClass = "StoredCredential"

// readJava searches a StoredCredential file (row 10). The file is a map whose
// values are streams of their own, one for each user, so the magic cuts it into
// the map's own part and one piece for each credential.
func readJava(data []byte) []tokeninfo.Credential {
	var out []tokeninfo.Credential
	label := ""
	for len(data) > 0 && len(out) < maxCredentials {
		piece := data
		if next := bytes.Index(data[1:], []byte(javaMagic)); next >= 0 {
			piece = data[:next+1]
		}
		data = data[len(piece):]
		if c, ok := javaCredential(piece); ok {
			c.Label = label
			out = append(out, c)
		}
		if user := lastJavaString(piece); user != "" {
			label = user
		}
	}
	if len(out) == 1 {
		out[0].Label = ""
	}
	return out
}

func javaCredential(piece []byte) (tokeninfo.Credential, bool) {
	c := tokeninfo.Credential{Kind: tokeninfo.JavaStored}
	if !bytes.Contains(piece, []byte(javaClass)) || !bytes.Contains(piece, []byte("accessToken")) {
		return c, false
	}
	for s := range javaStrings(piece) {
		switch {
		case strings.HasPrefix(s, accessPrefix) && !c.AccessToken.Present():
			c.AccessToken = tokeninfo.NewSecret(s)
		case strings.HasPrefix(s, "1/") && !c.RefreshToken.Present():
			c.RefreshToken = tokeninfo.NewSecret(s)
		}
	}
	c.Expiry = javaExpiry(piece)
	return c, c.AccessToken.Present() || c.RefreshToken.Present()
}

// javaStrings gives every text that stands in the stream as TC_STRING: a 't',
// two bytes of length, that many bytes. What overlaps by chance is printable
// text too, and does no harm.
func javaStrings(data []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i+3 <= len(data); i++ {
			at := bytes.IndexByte(data[i:], 't')
			if at < 0 {
				return
			}
			i += at
			if i+3 > len(data) {
				return
			}
			n := int(binary.BigEndian.Uint16(data[i+1:]))
			if n < 2 || n > maxJavaString || i+3+n > len(data) {
				continue
			}
			if s := data[i+3 : i+3+n]; isWord(s) {
				if !yield(string(s)) {
					return
				}
				i += 2 + n
			}
		}
	}
}

// maxJavaString is past Google's documented cap of an access token, 2,048 bytes.
const maxJavaString = 4096

func isWord(s []byte) bool {
	for _, c := range s {
		if c <= ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lastJavaString is the key that stands before an entry of the map.
func lastJavaString(piece []byte) string {
	last := ""
	for s := range javaStrings(piece) {
		if !strings.HasPrefix(s, "L") && !strings.HasSuffix(s, ";") && looksSecret(s) == "" && !strings.HasPrefix(s, "1/") {
			last = s
		}
	}
	return last
}

// javaExpiry finds the one java.lang.Long: its eight bytes follow the
// description of its superclass, which ends in an identifier, flags, a count, an
// end mark and the mark for no further superclass.
func javaExpiry(piece []byte) time.Time {
	const name, gap = "java.lang.Number", 8 + 1 + 2 + 1 + 1
	at := bytes.Index(piece, []byte(name))
	if at < 0 || at+len(name)+gap+8 > len(piece) {
		return time.Time{}
	}
	ms := int64(binary.BigEndian.Uint64(piece[at+len(name)+gap:]))
	if ms <= 0 || ms > 1e15 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
