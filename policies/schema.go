package policies

import _ "embed"

//go:embed schema.json
var schema string

// Schema gives a JSON Schema (draft 2020-12) of the policy format, for editors.
// It sees spelling and shape; whether a scope, a rule or a day exists only
// Decode can tell.
func Schema() []byte { return []byte(schema) }
