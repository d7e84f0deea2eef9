package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// eachByte writes the bytes of s in a format, but those that keep tells.
func eachByte(s, format string, keep func(byte) bool) string {
	var b strings.Builder
	for i := range len(s) {
		if keep(s[i]) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, format, s[i])
		}
	}
	return b.String()
}

func none(byte) bool { return false }

// unreserved are the characters of RFC 3986 §2.3.
func unreserved(b byte) bool { return strings.IndexByte(url64+".~", b) >= 0 }

// jsonString is the inside of s as a JSON string.
func jsonString(s string) string {
	quoted, err := json.Marshal(s)
	check(err)
	return string(quoted[1 : len(quoted)-1])
}

func wrap(s string, width int) string {
	var lines []string
	for len(s) > width {
		lines, s = append(lines, s[:width]), s[width:]
	}
	return strings.Join(append(lines, s), "\n")
}

// encodeAs writes a whole file in the encodings that its head names.
func encodeAs(s, how string) []byte {
	words := " " + how + " "
	has := func(word string) bool { return strings.Contains(words, " "+word+" ") }
	if has("crlf") {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	if has("bom") {
		s = "\ufeff" + s
	}
	if !has("utf16le") && !has("utf16be") {
		return []byte(s)
	}
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		if has("utf16le") {
			b = append(b, byte(unit), byte(unit>>8))
		} else {
			b = append(b, byte(unit>>8), byte(unit))
		}
	}
	return b
}
