package secrets

import (
	"slices"
	"strings"
	"testing"
)

// sqliteRow is a table's row of texts as SQLite stores it: its length, its
// number, the kinds of the columns, and these without anything between.
func sqliteRow(number int, columns ...string) string {
	varint := func(n int) string {
		out := []byte{byte(n & 0x7F)}
		for n >>= 7; n > 0; n >>= 7 {
			out = append(out, byte(n&0x7F|0x80))
		}
		slices.Reverse(out)
		return string(out)
	}
	var kinds string
	for _, c := range columns {
		kinds += varint(13 + 2*len(c))
	}
	row := string([]byte{byte(1 + len(kinds))}) + kinds + strings.Join(columns, "")
	return varint(len(row)) + varint(number) + row
}

// Nothing stands between the columns of a row: the name before a token and the
// time after it look as if they belonged to it.
func TestColumnsOfSQLite(t *testing.T) {
	s := NewScanner(Key{})
	for rule, token := range map[string]string{
		"google-access-token":  "ya29." + draw("url64", 160, 5),
		"google-refresh-token": "1//0" + draw("url64", 99, 9),
		"google-client-secret": "GOCSPX-" + draw("url64", 28, 4),
		"google-api-key":       "AIzaSyB" + draw("url64", 32, 6),
		"google-express-key":   "AQ.Ab8R" + draw("url64", 46, 6),
		"github-fine-grained":  "github_pat_" + draw("an", 82, 3),
		"huggingface-token":    "hf_" + draw("alpha", 34, 3),
		"anthropic-key":        "sk-ant-api03-" + draw("url64", 93, 3) + "AA",
	} {
		for name, row := range map[string]string{
			"name before":             sqliteRow(1, "someone", token),
			"name before, time after": sqliteRow(7, "me@example.org", token, "2024-01-01 10:00:00"),
			"word after":              sqliteRow(200, token, "offline"),
			"alone":                   sqliteRow(1, token),
			"several":                 sqliteRow(1, "a", strings.Repeat("note ", 40), "", "x9", token, "", "b"),
		} {
			text := "SQLite format 3\x00" + strings.Repeat("\x00", 60) + row + sqliteRow(1, "someone", "else")
			leaks := scan(s, "a.db", []byte(text))
			if len(leaks) != 1 || string(leaks[0].Rule) != rule || leaks[0].Tag != s.tag([]byte(token)) {
				t.Errorf("%s, %s: found %s", rule, name, describe(leaks))
			}
		}
	}
	// Where no record says so, a word is one word.
	token := "GOCSPX-" + draw("url64", 28, 4)
	for _, text := range []string{
		"x" + token, "\x00\x00\x02\x53x" + token,
		strings.Replace(sqliteRow(1, "someone", token), "\x03", "\x04", 1),
	} {
		if leaks := scan(s, "a.db", []byte(text)); len(leaks) != 0 {
			t.Errorf("%q: found %s", text, describe(leaks))
		}
	}
}
