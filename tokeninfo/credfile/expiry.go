package credfile

import (
	"strconv"
	"strings"
	"time"
)

// expiryOf reads the end of an access token, in whatever form the key has it.
// The zero time means that the file does not say.
func (f fields) expiryOf(key string) time.Time {
	switch v := f.get(key); v.kind {
	case text:
		t, note := parseTime(v.str)
		if note != "" {
			f.warn("%s %s", key, note)
		}
		return t
	case number:
		if key == "expiry" {
			f.warn("expiry is a number: google-auth fails on it")
		}
		return epoch(v.str)
	}
	return time.Time{}
}

// epoch reads Unix time in seconds or, as the Node and Java clients write it,
// milliseconds. The border is the year 5138 in seconds and 1973 in milliseconds.
func epoch(digits string) time.Time {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n <= 0 || n > 1e15 {
		return time.Time{}
	}
	if n < 1e11 {
		return time.Unix(int64(n), 0).UTC()
	}
	return time.UnixMilli(int64(n)).UTC()
}

// parseTime reads a time as any of the clients writes it. A time without a zone
// is UTC, as in google-auth. The note says what is odd, if anything is.
func parseTime(s string) (t time.Time, note string) {
	if s == "" {
		return time.Time{}, ""
	}
	bare := strings.TrimRight(s, "Z")
	if t, err := time.Parse("2006-01-02T15:04:05", bare); err == nil {
		if t.Year() == 1 {
			return time.Time{}, "is Go's zero time: no end is said, and google-auth fails on it"
		}
		return t.UTC(), ""
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			if strings.Contains(s, ".") {
				return t.UTC(), "has an offset, which google-auth silently loses"
			}
			return t.UTC(), "has an offset, which google-auth refuses"
		}
	}
	if t, err := time.Parse("2006-01-02 15:04:05", bare); err == nil {
		return t.UTC(), "has a space for the T, which google-auth refuses"
	}
	whole, _, _ := strings.Cut(bare, ".")
	if t, err := time.Parse("2006-01-02T15:04:05", whole); err == nil {
		return t.UTC(), "ends in something that is no fraction of a second"
	}
	return time.Time{}, "is no time that we understand"
}
