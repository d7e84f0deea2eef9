package objects

import "strings"

// Extensions are the formats that a repository's configuration names. They are
// read as data: nothing else of it is looked at, and no other file that it
// includes.
type Extensions struct {
	Objects Format
	// Refs is extensions.refStorage: "files", "reftable", or one unknown.
	Refs string
	// Partial says that objects may be missing by design: extensions.partialClone,
	// or a remote.*.promisor.
	Partial bool
}

// ReadExtensions reads "config" of a git directory (git-config(1)); an empty one
// is that of a repository of defaults. The error is a [*FormatError].
func ReadExtensions(config []byte) (Extensions, error) {
	e := Extensions{Refs: "files"}
	var err error
	section := ""
	for line := range strings.Lines(string(config)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "["); ok {
			head, after, ok := strings.Cut(rest, "]")
			if !ok {
				continue
			}
			section, _, _ = strings.Cut(head, " ")
			section, line = strings.ToLower(section), strings.TrimSpace(after)
		}
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		if i := strings.IndexAny(value, "#;"); i >= 0 {
			value = value[:i]
		}
		value = strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`))
		switch section + "." + strings.ToLower(strings.TrimSpace(key)) {
		case "extensions.objectformat":
			switch value {
			case "sha1":
				e.Objects, err = SHA1, nil
			case "sha256":
				e.Objects, err = SHA256, nil
			default:
				err = &FormatError{value}
			}
		case "extensions.refstorage":
			e.Refs = value
		case "extensions.partialclone":
			e.Partial = true
		case "remote.promisor":
			e.Partial = e.Partial || value != "false" && value != "no" && value != "off" && value != "0"
		}
	}
	return e, err
}
