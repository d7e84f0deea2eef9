package secrets

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// The format is documented at
// https://github.com/gitleaks/gitleaks/blob/master/README.md#configuration. The
// names of its keys are matched without case, as gitleaks itself does.

type packConfig struct {
	Title       string         `toml:"title"`
	Description string         `toml:"description"`
	MinVersion  string         `toml:"minVersion"` // of gitleaks; what we do not know we refuse by name
	Extend      packExtend     `toml:"extend"`
	Rules       []ruleConfig   `toml:"rules"`
	Allowlist   *allowConfig   `toml:"allowlist"` // before gitleaks 8.25
	Allowlists  []*allowConfig `toml:"allowlists"`
}

type packExtend struct {
	UseDefault    bool     `toml:"useDefault"`
	Path          string   `toml:"path"`
	URL           string   `toml:"url"`
	DisabledRules []string `toml:"disabledRules"`
}

type ruleConfig struct {
	ID          string           `toml:"id"`
	Description string           `toml:"description"`
	Regex       string           `toml:"regex"`
	Path        string           `toml:"path"`
	Entropy     float64          `toml:"entropy"`
	SecretGroup int              `toml:"secretGroup"`
	Keywords    []string         `toml:"keywords"`
	Tags        []string         `toml:"tags"`
	Allowlist   *allowConfig     `toml:"allowlist"` // before gitleaks 8.21
	Allowlists  []*allowConfig   `toml:"allowlists"`
	Required    []map[string]any `toml:"required"`
	SkipReport  bool             `toml:"skipReport"`

	at string // where the rule stands: "FILE:LINE"
}

type allowConfig struct {
	Description string   `toml:"description"`
	TargetRules []string `toml:"targetRules"` // of a pack's own allowlists only
	Condition   string   `toml:"condition"`
	Commits     []string `toml:"commits"`
	Paths       []string `toml:"paths"`
	RegexTarget string   `toml:"regexTarget"`
	Regexes     []string `toml:"regexes"`
	StopWords   []string `toml:"stopwords"`

	at string
}

// packKeys are the keys of the format, for hints.
func packKeys() []string {
	return []string{
		"title", "description", "minVersion", "extend", "useDefault", "path", "disabledRules", "rules", "id", "regex", "entropy",
		"secretGroup", "keywords", "tags", "allowlist", "allowlists", "targetRules", "condition", "commits", "paths",
		"regexTarget", "regexes", "stopwords",
	}
}

// decodePack reads one file strictly: a key that the format does not have, or of
// another type, is an error with its place.
func decodePack(name string, data []byte) (*packConfig, error) {
	var c packConfig
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, tomlError(name, err)
	}
	lines := ruleLines(data)
	for i := range c.Rules {
		r := &c.Rules[i]
		r.at = fmt.Sprintf("%q", name)
		if len(lines) == len(c.Rules) {
			r.at += fmt.Sprintf(", line %d", lines[i])
		}
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("rule pack %s: %w", r.at, err)
		}
	}
	if c.Extend.URL != "" {
		return nil, fmt.Errorf("rule pack %q: extend.url is not supported: nothing is fetched; use extend.path", name)
	}
	var err error
	if c.Allowlists, err = oneStyle(c.Allowlist, c.Allowlists); err != nil {
		return nil, fmt.Errorf("rule pack %q: %w", name, err)
	}
	for _, a := range c.Allowlists {
		a.at = fmt.Sprintf("%q", name)
	}
	return &c, nil
}

// check judges what can be told before packs are joined.
func (r *ruleConfig) check() (err error) {
	switch {
	case slug(r.ID) == "":
		return errors.New("a rule without an id")
	case len(r.ID) > maxPackName:
		return fmt.Errorf("rule %.40q…: its id is longer than %d bytes", r.ID, maxPackName)
	case len(r.Required) > 0 || r.SkipReport:
		return fmt.Errorf("rule %q: rules made of several (required, skipReport) are not supported", r.ID)
	case r.SecretGroup < 0:
		return fmt.Errorf("rule %q: secretGroup is negative", r.ID)
	case r.Entropy < 0 || r.Entropy > 8:
		return fmt.Errorf("rule %q: entropy is not between 0 and 8 bits", r.ID)
	}
	if r.Allowlists, err = oneStyle(r.Allowlist, r.Allowlists); err != nil {
		return fmt.Errorf("rule %q: %w", r.ID, err)
	}
	for _, a := range r.Allowlists {
		a.at = fmt.Sprintf("%s, rule %q", r.at, r.ID)
		if a.TargetRules != nil {
			return fmt.Errorf("rule %q: targetRules belongs in an allowlist of the pack, not of a rule", r.ID)
		}
	}
	return nil
}

// oneStyle joins the older and the newer way to write allowlists, which must not
// stand side by side.
func oneStyle(old *allowConfig, lists []*allowConfig) ([]*allowConfig, error) {
	switch {
	case old == nil:
		return lists, nil
	case lists != nil:
		return nil, errors.New("allowlist and allowlists must not be used together: the first is the older name of the second")
	}
	return []*allowConfig{old}, nil
}

func tomlError(name string, err error) error {
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) && len(missing.Errors) > 0 {
		first := &missing.Errors[0]
		row, column := first.Position()
		key := first.Key()
		last := key[len(key)-1]
		return fmt.Errorf("rule pack %q, line %d, column %d: unknown key %q%s", name, row, column,
			strings.Join(key, "."), closest(last, packKeys()))
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		row, column := syntax.Position()
		return fmt.Errorf("rule pack %q, line %d, column %d: %s", name, row, column, strings.TrimPrefix(syntax.Error(), "toml: "))
	}
	return fmt.Errorf("rule pack %q: %w", name, err)
}

// ruleLines gives the lines of the [[rules]] headers.
func ruleLines(data []byte) []int {
	var lines []int
	line, counted := 1, 0
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.ArrayTable {
			continue
		}
		key := e.Key()
		if key.Next() && strings.EqualFold(string(key.Node().Data), "rules") && key.IsLast() {
			at := int(p.Range(key.Node().Data).Offset)
			line, counted = line+bytes.Count(data[counted:at], []byte("\n")), at
			lines = append(lines, line)
		}
	}
	return lines
}

// closest is a hint at the known word that is most like word, or nothing.
func closest(word string, known []string) string {
	best, least := "", len(word)/3+1
	for _, k := range known {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d <= least && (d < least || best == "") {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// edits counts the insertions, deletions and replacements that turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(last[j+1], row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], last[j])
			} else {
				row[j+1] = min(row[j+1], last[j]+1)
			}
		}
	}
	return row[len(b)]
}
