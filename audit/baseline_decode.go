package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Bounds of a baseline that is read.
const (
	// MaxBaseline is how large its file may be, in bytes: another tool's report
	// quotes what it found.
	MaxBaseline = 32 << 20
	// maxEntries is how many findings it may list. More than that is no list of
	// findings that anybody accepted.
	maxEntries = 200_000
	// maxField is how long a path or reason may be, in bytes.
	maxField = 8 << 10
)

// BaselineError is one fault in a baseline. It never quotes the file, which may
// be another tool's and hold secrets.
type BaselineError struct {
	Line    int    // zero: the file as a whole
	Message string // lower case, no full stop
	Hint    string // what to do
}

// Error gives the line, if it is known, and the message.
func (e *BaselineError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

const (
	takes   = "it takes what --write-baseline wrote, a JSON report of gitleaks, or a .gitleaksignore"
	rewrite = "write it anew, or take the damage back out"
)

// DecodeBaseline reads a baseline, whose format its content says. Name is what
// the report calls it. The error is a *BaselineError.
func DecodeBaseline(data []byte, name string) (*Baseline, error) {
	if len(data) > MaxBaseline {
		return nil, &BaselineError{0, fmt.Sprintf("is larger than %d MiB", MaxBaseline>>20), takes}
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if line := conflict(data); line > 0 {
		return nil, &BaselineError{line, "git left a merge conflict here", "keep the entries of both sides and delete the marks; their order does not matter"}
	}
	b := &Baseline{Name: name}
	var err error
	switch first := bytes.TrimLeft(data, " \t\r\n"); {
	case len(first) == 0:
		err = &BaselineError{0, "is empty", takes}
	case first[0] == '{':
		b.Format = OwnBaseline
		b.Entries, err = decodeOwn(data)
	case first[0] == '[':
		b.Format = GitleaksReport
		b.Entries, err = decodeGitleaks(data)
	default:
		b.Format = GitleaksIgnore
		b.Entries, err = decodeIgnore(data)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// conflict gives the line of a merge conflict's first mark.
func conflict(data []byte) int {
	at := 0
	if mark := []byte("<<<<<<< "); !bytes.HasPrefix(data, mark) {
		at = bytes.Index(data, append([]byte("\n"), mark...)) + 1
		if at == 0 {
			return 0
		}
	}
	return lineAt(data, at)
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

// decodeOwn reads our own format: first what the file is, leniently, then the
// whole of it, strictly.
func decodeOwn(data []byte) ([]BaselineEntry, error) {
	var head struct {
		Format  any `json:"format"`
		Version any `json:"version"`
		Tool    any `json:"tool"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, syntaxFault(data, err)
	}
	if head.Format != baselineFormat {
		message := "is no baseline"
		if tool, ok := head.Tool.(string); ok && strings.HasPrefix(tool, "scopeaudit ") {
			message = "is a report of scopeaudit, which accepts nothing"
		}
		return nil, &BaselineError{0, message, takes}
	}
	version, ok := head.Version.(float64)
	switch {
	case !ok || version < 1 || version != float64(int(version)):
		return nil, &BaselineError{0, "says no version that there is", rewrite}
	case version > baselineVersion:
		return nil, &BaselineError{0, fmt.Sprintf("was written by a newer scopeaudit: its format has version %d, this one reads %d", int(version), baselineVersion), "update scopeaudit"}
	}
	var document struct {
		Format, Version any
		Findings        *[]json.RawMessage
	}
	if err := strictly(data, &document); err != nil || document.Findings == nil {
		return nil, &BaselineError{0, "has other keys than format, version and findings, a list", rewrite}
	}
	return eachEntry(data, *document.Findings, func(raw []byte) (BaselineEntry, error) {
		var e entryJSON
		if strictly(raw, &e) != nil {
			return BaselineEntry{}, &BaselineError{0, "this is no entry of a baseline", "an entry has the keys rule, path, fingerprint, and if need be blob and reason, all of them strings"}
		}
		if message := e.fault(); message != "" {
			return BaselineEntry{}, &BaselineError{0, message, rewrite}
		}
		return BaselineEntry{Rule: e.Rule, Path: e.Path, Fingerprint: e.Fingerprint, Blob: e.Blob, Reason: e.Reason}, nil
	})
}

// eachEntry reads the elements of a list in data one by one, and adds the lines
// that they begin on to entries and errors.
func eachEntry(data []byte, list []json.RawMessage, read func([]byte) (BaselineEntry, error)) ([]BaselineEntry, error) {
	out := make([]BaselineEntry, 0, min(len(list), maxEntries))
	at, line := 0, 1
	for _, raw := range list {
		// Nothing but white space and a comma lies between two elements.
		if next := bytes.Index(data[at:], raw); next >= 0 {
			line += bytes.Count(data[at:at+next], []byte("\n"))
			at += next
		}
		e, err := read(raw)
		if len(out) == maxEntries {
			err = &BaselineError{0, fmt.Sprintf("lists more than %d findings", maxEntries), takes}
		}
		var fault *BaselineError
		if errors.As(err, &fault) {
			fault.Line = line
			return nil, fault
		}
		e.Line = line
		out = append(out, e)
	}
	return out, nil
}

// strictly is json.Unmarshal without keys that v does not have.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// fault says what is wrong with an entry, or nothing.
func (e entryJSON) fault() string {
	switch {
	case e.Rule == "" || len(e.Rule) > maxField:
		return "the entry has no rule"
	case e.Path == "" || len(e.Path) > maxField:
		return "the entry has no path"
	case len(e.Fingerprint) != 32 || !isHex(e.Fingerprint):
		return "the entry has no fingerprint: 32 hexadecimal digits"
	case e.Blob != "" && (len(e.Blob) != 40 && len(e.Blob) != 64 || !isHex(e.Blob)):
		return "the entry's blob is no name of an object: 40 or 64 hexadecimal digits"
	case len(e.Reason) > maxField:
		return fmt.Sprintf("the entry's reason is longer than %d bytes", maxField)
	}
	return ""
}

func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdef") == ""
}

// syntaxFault is a text that is no JSON, without a word of it.
func syntaxFault(data []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return &BaselineError{0, "is no baseline", takes}
	}
	if end := len(bytes.TrimRight(data, " \t\r\n")); int(syntax.Offset) >= end {
		return &BaselineError{lineAt(data, end), "ends in the middle", rewrite}
	}
	return &BaselineError{lineAt(data, int(syntax.Offset)-1), "is no JSON from here on", rewrite}
}
