package secrets

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"scopeaudit/audit/rules"
)

// Pack is a set of rules that others wrote, in gitleaks' format. It is
// immutable and safe for concurrent use.
//
// A rule's ID is "PACK:RULE". Its findings are of medium severity and
// confidence, or of low confidence if its name says "generic". Where a built-in
// rule finds the same secret, only the built-in rule's finding is kept, unless it
// is generic-secret and the pack's rule is not generic.
//
// A rule hangs on anchors: texts that every match of its pattern has in it, as
// the pattern itself tells, or the rule's keywords where it tells none. The
// pattern is only tried around them. So a match is found if it extends at most
// packSpan bytes on either side of the anchor; longer ones are not. A keyword
// must stand in the match or within packGate bytes of it; gitleaks wants it
// somewhere in the same 100 kB. Of what (?i) takes for k and s, the Kelvin sign
// and the long s are not seen in anchors.
type Pack struct {
	name    string
	title   string
	rules   []*packRule
	allow   []*allowlist // those of the pack as a whole
	forAll  bool
	unkeyed []string
}

// PackOptions say how a pack is read.
type PackOptions struct {
	// Name goes before the IDs of its rules; by default the file's name without
	// its extension: "gitleaks" for .gitleaks.toml.
	Name string
	// Default is the text of the pack that `extend.useDefault` means. Without it
	// a pack that wants it is refused.
	Default []byte
	// ForAll lets the pack's own allowlists (not those of a rule) silence the
	// findings of every rule, built-in ones too.
	ForAll bool
}

// What a pack may have at most.
const (
	maxPackFile   = 1 << 20
	maxPackRules  = 5000
	maxPackFiles  = 4 // that extend each other
	maxPattern    = 16 << 10
	maxPackName   = 100
	maxPackPhrase = 300
	// maxPackTexts is how many bytes of anchors all rules may hang on: the table
	// that finds them takes up to a kilobyte for each. Gitleaks has 4 kB.
	maxPackTexts = 64 << 10
)

// ParsePack reads the pack in the file of that name, and what it extends from
// files of the same file system. The errors name the file, the line where it is
// known, and the rule.
func ParsePack(fsys fs.FS, name string, o PackOptions) (*Pack, error) {
	reader := packReader{fsys: fsys, base: o.Default}
	c, err := reader.read(name)
	if err != nil {
		return nil, err
	}
	if o.Name == "" {
		base := strings.TrimLeft(path.Base(name), ".")
		o.Name, _, _ = strings.Cut(base, ".")
	}
	p := &Pack{name: slug(o.Name), title: c.Title, forAll: o.ForAll}
	if p.name == "" {
		return nil, fmt.Errorf("rule pack %q: its name has no letter or digit", name)
	}
	if err := p.compile(c); err != nil {
		return nil, fmt.Errorf("rule pack %q: %w", name, err)
	}
	if len(p.rules) == 0 {
		return nil, fmt.Errorf("rule pack %q has no rules: it would find nothing", name)
	}
	return p, nil
}

// Name is what the IDs of the pack's rules begin with.
func (p *Pack) Name() string { return p.name }

// Title is what the pack calls itself; it may be empty.
func (p *Pack) Title() string { return p.title }

// Unkeyed gives the rules that name no keywords. They hang on texts that their
// patterns must match.
func (p *Pack) Unkeyed() []string { return p.unkeyed }

// Rules documents the pack's rules.
func (p *Pack) Rules() []rules.Rule {
	out := make([]rules.Rule, 0, len(p.rules))
	for _, r := range p.rules {
		out = append(out, r.doc)
	}
	return out
}

// slug makes words joined by hyphens of a name.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r != '_' && (r > '~' || !isAlnum(byte(r)))
	})
	return strings.Join(words, "-")
}
