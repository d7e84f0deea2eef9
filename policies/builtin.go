package policies

import (
	"embed"
	"fmt"
	"slices"
)

// Default is the name of the policy that applies when none is named.
const Default = "gmail-readonly"

const extension = ".yaml"

//go:embed *.yaml
var builtin embed.FS

// Builtins lists the names of the built-in policies, the default first.
func Builtins() []string {
	return []string{
		Default, "gmail-metadata", "gmail-labels", "gmail-send", "gmail-modify",
		"drive-file", "drive-readonly", "calendar-readonly", "sheets-readonly",
		"identity", "any-readonly",
	}
}

// Builtin gives the built-in policy of that name; its Source is SourceBuiltIn.
func Builtin(name string, o Options) (*Policy, error) {
	if err := checkBuiltin(name); err != nil {
		return nil, err
	}
	return load(origin{builtin, SourceBuiltIn}, name+extension, o)
}

// BuiltinText gives the YAML text of a built-in policy, comments included: what
// a reader learns from and copies.
func BuiltinText(name string) ([]byte, error) {
	if err := checkBuiltin(name); err != nil {
		return nil, err
	}
	return builtin.ReadFile(name + extension)
}

func checkBuiltin(name string) error {
	if slices.Contains(Builtins(), name) {
		return nil
	}
	return &Error{Message: fmt.Sprintf("no built-in policy is named %s", quote(name)), Hint: didYouMean(name, Builtins())}
}

// LoadDefault gives the policy that applies when nobody named one. It is the
// built-in policy Default, limited to the scopes of Gmail: on a token for
// Calendar, which nobody asked it about, it has no opinion.
func LoadDefault(o Options) (*Policy, error) {
	p, err := Builtin(Default, o)
	if err != nil {
		return nil, err
	}
	p.Source, p.APIs = SourceDefault, []string{"gmail"}
	return p, nil
}
