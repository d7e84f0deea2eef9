package secrets

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/rules"
)

// Values of the specifications themselves.
func TestChecksums(t *testing.T) {
	for prefix, data := range map[string]string{"a": "2uel5l", "abcdef": "qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"} { // BIP 173
		if !bech32Fits(prefix, data) {
			t.Errorf("%s1%s does not fit", prefix, data)
		}
		if bech32Fits(prefix, data[:len(data)-1]+"q") || bech32Fits(prefix+"b", data) {
			t.Errorf("%s1%s fits when changed", prefix, data)
		}
	}
	// CRC-32 of "123456789" is CBF43926, and of nothing is zero.
	if got := crcBase62([]byte("123456789")); got != "3jZRME" {
		t.Errorf("in base 62: %s", got)
	}
	if got := crcBase36([]byte("123456789")); got != "1kl8mjq" {
		t.Errorf("in base 36: %s", got)
	}
	if crcBase62(nil) != "000000" || crcBase36(nil) != "0000000" {
		t.Error("zero is not padded")
	}
}

func signed(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part([]byte(claims)) + "." + draw("url64", 86, 3)
}

func TestFamiliesAreGraded(t *testing.T) {
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	fits := func(s string) string { return s + crcBase62([]byte(s)) }
	opensslKey := "-----BEGIN RSA " + "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC," + draw("hex", 32, 1) + "\n\n" +
		draw("b64", 64, 2) + "\n" + draw("b64", 64, 3) + "\n-----END RSA " + "PRIVATE KEY-----"
	largeKey := "-----BEGIN " + "PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString([]byte("\x30\x82\x20\x00\x02\x01\x00"+draw("b64", 6000, 4))) +
		"\n-----END " + "PRIVATE KEY-----"
	for _, c := range []struct {
		name, text string
		at         time.Time
		severity   rules.Severity
		confidence rules.Confidence
		says       string
	}{
		{"GitHub, checked", "ghp_" + fits(draw("an", 30, 1)), now, rules.High, rules.HighConfidence, "GitHub token"},
		{"GitHub, malformed", "ghp_" + draw("an", 36, 1), now, rules.Low, rules.LowConfidence, "malformed or a placeholder"},
		{"GitLab, malformed", "glpat-" + draw("url64", 40, 1) + ".01.1c" + draw("low", 7, 2), now, rules.Low, rules.LowConfidence, "malformed or a placeholder"},
		{"age, malformed", "AGE-SECRET-KEY-1" + draw("up", 58, 1), now, rules.Low, rules.LowConfidence, "malformed or a placeholder"},
		{"JWT, good", signed(`{"exp":1800000000}`), now, rules.Medium, rules.HighConfidence, "until 2027-01-15"},
		{"JWT, ended", signed(`{"exp":1700000000}`), now, rules.Low, rules.HighConfidence, "ended on 2023-11-14"},
		{"JWT, not judged", signed(`{"exp":1700000000}`), time.Time{}, rules.Medium, rules.HighConfidence, "good until 2023-11-14"},
		{"JWT, endless", signed(`{"sub":"x"}`), now, rules.Medium, rules.HighConfidence, "names no time"},
		{"JWT, a cluster's", signed(`{"iss":"kubernetes/serviceaccount"}`), now, rules.High, rules.HighConfidence, "Kubernetes"},
		{"JWT, publishable", signed(`{"iss":"supabase","role":"anon","exp":1800000000}`), now, rules.Info, rules.HighConfidence, "public"},
		{"JWT, hostile time", signed(`{"exp":1e300}`), now, rules.Medium, rules.HighConfidence, "names no time"},
		{"Stripe, test mode", "sk_" + "test_" + draw("an", 24, 1), now, rules.Low, rules.HighConfidence, "test mode"},
		{"AWS, ID alone", "AKIA" + draw("b32", 16, 61), now, rules.Low, rules.HighConfidence, "names a key"},
		{"key under a passphrase", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + draw("b64", 400, 1) + "\n-----END ENCRYPTED PRIVATE KEY-----", now, rules.Medium, rules.HighConfidence, "passphrase"},
		{"key under a passphrase, OpenSSL", opensslKey, now, rules.Medium, rules.HighConfidence, "passphrase"},
		{"key under a passphrase, OpenSSL, Windows", strings.ReplaceAll(opensslKey, "\n", "\r\n"), now, rules.Medium, rules.HighConfidence, "passphrase"},
		{"key under a passphrase, OpenSSL, JSON", `{"a": "` + strings.ReplaceAll(opensslKey, "\n", `\n`) + `"}`, now, rules.Medium, rules.HighConfidence, "passphrase"},
		{"key that is larger than what is looked at", largeKey, now, rules.Critical, rules.HighConfidence, "whoever it belongs to"},
		{"key that cannot be read", "-----BEGIN PRIVATE KEY-----\n" + draw("b64", 400, 1) + "\n-----END PRIVATE KEY-----", now, rules.Critical, rules.MediumConfidence, "could not be read"},
	} {
		leaks := scan(NewScanner(Key{}).At(c.at), "f", []byte(c.text))
		if len(leaks) != 1 || leaks[0].Severity != c.severity || leaks[0].Confidence != c.confidence || !strings.Contains(leaks[0].Message, c.says) {
			t.Errorf("%s: %+v, want %s, %s confidence, %q", c.name, leaks, c.severity, c.confidence, c.says)
		}
	}
}

// A secret beside its ID is surer, and makes the ID graver; too far away neither.
func TestAWSKeysArePaired(t *testing.T) {
	id, secret := "AKIA"+draw("b32", 16, 61), draw("b64", 40, 62)
	for gap, want := range map[int]rules.Severity{100: rules.High, awsPairDistance + 100: rules.Low} {
		leaks := scan(NewScanner(Key{}), "f", []byte(id+strings.Repeat("\n", gap)+"secret = "+secret))
		if l := find(leaks, rules.AWSAccessKeyID); l == nil || l.Severity != want {
			t.Errorf("%d apart: %+v, want the ID to be %s", gap, leaks, want)
		}
	}
}
