package policies

import (
	"io/fs"

	"scopeaudit/audit/scopes"
)

// Decode reads a policy. The name is that of the file in fsys, which also
// resolves what the policy extends; errors are of type *Error.
func Decode(fsys fs.FS, name string, cat *scopes.Catalogue) (*Policy, error) { return nil, nil }

// Builtin gives the built-in policy of that name; its Source is SourceBuiltIn.
func Builtin(name string, cat *scopes.Catalogue) (*Policy, error) { return nil, nil }

// Builtins lists the names of the built-in policies, the default first.
func Builtins() []string { return nil }

// Default is the name of the policy that applies when none is named.
const Default = "gmail-readonly"

// Judge says what the policy has to say about one normalised scope.
func (p *Policy) Judge(s scopes.Scope, cat *scopes.Catalogue) Verdict { return Verdict{} }

