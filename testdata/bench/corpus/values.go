package main

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"math/rand/v2"
	"strings"

	"scopeaudit/testdata/bench/manifest"
)

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	url64  = upper + lower + digits + "-_"
	b64    = upper + lower + digits + "+/"
	hex    = digits + "abcdef"
)

// drawer makes values of the published shapes from a seed.
type drawer struct{ *rand.Rand }

func (d drawer) from(set string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = set[d.IntN(len(set))]
	}
	return string(b)
}

// value draws a value of kind. Prefixes are put together here, so that no
// source file holds anything of a token's full shape.
func (d drawer) value(kind manifest.Kind) string {
	switch kind {
	case manifest.AccessToken:
		return "ya29." + "a0" + d.from(url64, 206)
	case manifest.RefreshToken: // 103 characters, this mark at offset 16
		return "1//" + "0" + d.from(url64, 12) + "CgYIARAAG" + d.from(url64, 78)
	case manifest.LegacyRefreshToken:
		return "1/" + d.from(url64, 43)
	case manifest.ClientSecret:
		return "GOCSPX" + "-" + d.from(url64, 28)
	case manifest.LegacyClientSecret:
		return d.from(url64, 24)
	case manifest.APIKey:
		return "AIza" + "Sy" + d.from("ABCD", 1) + d.from(url64, 32)
	case manifest.ExpressKey:
		return "AQ." + "Ab8R" + d.from(url64, 46)
	case manifest.AuthorizationCode:
		return "4/" + "0A" + d.from(url64, 71)
	case manifest.FCMKey:
		return "AAAA" + d.from(url64, 7) + ":APA91b" + d.from(url64, 134)
	case manifest.StorageHMAC:
		return d.from(b64, 40)
	case manifest.ServiceAccountKey:
		return d.privateKey()
	}
	panic("no value of kind " + string(kind))
}

func (d drawer) clientID() string {
	return d.from("123456789", 1) + d.from(digits, 11) + "-" + d.from(lower+digits, 32) + ".apps.googleusercontent.com"
}

// hmacID is the name of a storage key, which is no secret.
func (d drawer) hmacID() string { return "GOOG" + "1E" + d.from(upper+digits, 55) }

// privateKey is a PKCS#8 block of the structure and size of an RSA key of 2,048
// bits. Its numbers are drawn and unrelated: it signs nothing.
func (d drawer) privateKey() string {
	number := func(bits int) *big.Int {
		b := make([]byte, bits/8)
		for i := range b {
			b[i] = byte(d.Uint32())
		}
		b[0] |= 0x80
		return new(big.Int).SetBytes(b)
	}
	inner, err := asn1.Marshal(struct {
		Version            int
		N                  *big.Int
		E                  int
		D, P, Q, DP, DQ, U *big.Int
	}{0, number(2048), 65537, number(2048), number(1024), number(1024), number(1024), number(1024), number(1024)})
	check(err)
	outer, err := asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, inner})
	check(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: outer}))
}

// alphabet is n characters that count up.
func alphabet(n int) string { return strings.Repeat(lower+digits, n/36+1)[:n] }
