package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Fields are the fields of an answer.
type Fields = map[string]json.RawMessage

// Object reads an answer as one JSON object with a content type that says so.
// A key that occurs twice, in any case of letters, is refused: readers differ
// in which of the two they believe.
func Object(r Reply) (Fields, error) {
	if len(r.Types) != 1 {
		return nil, errors.New("the answer does not say that it is JSON")
	}
	kind, params, err := mime.ParseMediaType(r.Types[0])
	if err != nil || kind != "application/json" ||
		params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return nil, errors.New("the answer does not say that it is JSON")
	}
	broken := errors.New("the answer is not a JSON object")
	if !utf8.Valid(r.Body) {
		return nil, broken
	}
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, broken
	}
	fields := make(Fields)
	seen := make(map[string]bool)
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, broken
		}
		if folded := strings.ToLower(key); seen[folded] {
			return nil, errors.New("the answer gives one key twice")
		} else {
			seen[folded] = true
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, broken
		}
		fields[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, broken
	}
	if dec.More() || len(bytes.Trim(r.Body[dec.InputOffset():], " \t\r\n")) > 0 {
		return nil, broken
	}
	return fields, nil
}

var errType = errors.New("wrong type")

// Text reads an optional string; null counts as absent.
func Text(fields Fields, name string) (s string, err error) {
	if raw, ok := fields[name]; ok && json.Unmarshal(raw, &s) != nil {
		return "", errType
	}
	return s, nil
}

// Whole reads an optional whole number that is not negative, written as a
// number or, as the current endpoint does, as a string.
func Whole(fields Fields, name string) (n int64, ok bool, err error) {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return 0, false, nil
	}
	digits := string(raw)
	if raw[0] == '"' {
		if digits, err = Text(fields, name); err != nil {
			return 0, false, err
		}
	}
	u, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, false, errType
	}
	return int64(u), true, nil
}

// Flag reads an optional truth value, written as one or as a string.
func Flag(fields Fields, name string) (bool, error) {
	switch string(fields[name]) {
	case "true", `"true"`:
		return true, nil
	case "", "null", "false", `"false"`:
		return false, nil
	}
	return false, errType
}
