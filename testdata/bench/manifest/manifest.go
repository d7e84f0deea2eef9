// Package manifest says what the corpus holds and where, for the program that
// writes it and the one that scores with it. It is a JSON object a line.
package manifest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// Kind is what a planted value is.
type Kind string

// The kinds. CutShort is a value of which only the head was pasted; the last
// two are not values but what several of them make together.
const (
	AccessToken        Kind = "access token"
	RefreshToken       Kind = "refresh token"
	LegacyRefreshToken Kind = "legacy refresh token"
	ClientSecret       Kind = "client secret"
	LegacyClientSecret Kind = "legacy client secret"
	APIKey             Kind = "API key"
	ExpressKey         Kind = "express key"
	ServiceAccountKey  Kind = "service-account key"
	AuthorizationCode  Kind = "authorization code"
	FCMKey             Kind = "FCM key"
	StorageHMAC        Kind = "HMAC secret"
	CutShort           Kind = "cut short"
	OAuthClient        Kind = "OAuth client"
	FullCredential     Kind = "full credential"
)

// Value is one planted value; of a decoy, which holds none, only File and Hides
// are set.
type Value struct {
	ID   int  `json:"id,omitempty"`
	Kind Kind `json:"kind,omitempty"`
	// File is relative to the corpus, with slashes; Member is the path inside
	// it when it is an archive. Also names the other file of a composite that
	// lies in two.
	File   string `json:"file"`
	Member string `json:"member,omitempty"`
	Also   string `json:"also,omitempty"`
	// Line and EndLine count from 1 in the decoded text; zero means that only
	// the file can be asked for. Cell is a notebook's, from 1.
	Line    int `json:"line,omitempty"`
	EndLine int `json:"end_line,omitempty"`
	Cell    int `json:"cell,omitempty"`
	// Encoded says that the value's characters do not stand in the file.
	Encoded bool   `json:"encoded,omitempty"`
	Hides   string `json:"hides"`
	// Tail is the value's last four characters: enough to tell it from others
	// in a masked report. Composites and private keys have none.
	Tail string `json:"tail,omitempty"`
}

// Decoy says that v marks a file in which nothing should be found.
func (v Value) Decoy() bool { return v.Kind == "" }

func (v Value) String() string {
	place := v.File
	if v.Member != "" {
		place += "!" + v.Member
	}
	switch {
	case v.Cell > 0:
		place += fmt.Sprintf(" (cell %d)", v.Cell)
	case v.Line > 0:
		place += fmt.Sprintf(":%d", v.Line)
	}
	return fmt.Sprintf("%s  %s  %s", place, v.Kind, v.Hides)
}

// Read reads the manifest at path.
func Read(path string) ([]Value, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var values []Value
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var v Value
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		values = append(values, v)
	}
	return values, nil
}
