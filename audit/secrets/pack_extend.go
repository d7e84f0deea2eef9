package secrets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// packReader reads a pack and what it extends.
type packReader struct {
	fsys fs.FS
	base []byte
	open []string // the files that extend each other, outermost first
}

// defaultPack is what messages call the text of PackOptions.Default.
const defaultPack = "gitleaks' default rules"

func (r *packReader) read(name string) (*packConfig, error) {
	if slices.Contains(r.open, name) {
		return nil, fmt.Errorf("rule pack %q extends itself: %s", name, strings.Join(append(r.open, name), " > "))
	}
	if len(r.open) == maxPackFiles {
		return nil, fmt.Errorf("rule pack %q: more than %d packs extend each other", name, maxPackFiles)
	}
	r.open = append(r.open, name)
	data, err := readCapped(r.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("rule pack %q: %w", name, err)
	}
	c, err := decodePack(name, data)
	if err != nil {
		return nil, err
	}
	return c, r.extend(name, c)
}

func readCapped(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPackFile+1))
	if err != nil {
		return nil, cause(err)
	}
	if len(data) > maxPackFile {
		return nil, fmt.Errorf("longer than %d bytes", maxPackFile)
	}
	return data, nil
}

// cause is an error of a file system without the path, which stands before it.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// extend joins c with what it extends.
func (r *packReader) extend(name string, c *packConfig) error {
	var base *packConfig
	var err error
	switch e := c.Extend; {
	case e.UseDefault && e.Path != "":
		return fmt.Errorf("rule pack %q: extend.useDefault and extend.path must not be used together", name)
	case e.UseDefault && r.base == nil:
		return fmt.Errorf("rule pack %q extends %s, which this program does not carry: name their file with extend.path", name, defaultPack)
	case e.UseDefault:
		base, err = decodePack(defaultPack, r.base)
	case e.Path != "":
		from := path.Join(path.Dir(name), e.Path)
		if path.IsAbs(e.Path) || !fs.ValidPath(from) {
			return fmt.Errorf("rule pack %q: extend.path %q leads out of the pack's folder", name, e.Path)
		}
		base, err = r.read(from)
	case len(e.DisabledRules) > 0:
		return fmt.Errorf("rule pack %q: extend.disabledRules without useDefault or path", name)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	return c.join(name, base)
}

// join makes c what it is on top of base: a rule that both have takes from base
// what it does not say itself, and has the keywords, tags and allowlists of both.
func (c *packConfig) join(name string, base *packConfig) error {
	ids := make([]string, len(base.Rules))
	for i, b := range base.Rules {
		ids[i] = b.ID
	}
	for _, id := range c.Extend.DisabledRules {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("rule pack %q: extend.disabledRules names %q, which what it extends has not%s", name, id, closest(id, ids))
		}
	}
	own := c.Rules
	c.Rules = nil
	for _, b := range base.Rules {
		if slices.Contains(c.Extend.DisabledRules, b.ID) {
			continue
		}
		if i := slices.IndexFunc(own, func(r ruleConfig) bool { return r.ID == b.ID }); i >= 0 {
			b = own[i].over(b)
			own = slices.Delete(own, i, i+1)
		}
		c.Rules = append(c.Rules, b)
	}
	c.Rules = append(c.Rules, own...)
	c.Allowlists = append(c.Allowlists, base.Allowlists...)
	return nil
}

func (r ruleConfig) over(base ruleConfig) ruleConfig {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&base.Description, r.Description)
	set(&base.Regex, r.Regex)
	set(&base.Path, r.Path)
	if r.Entropy != 0 {
		base.Entropy = r.Entropy
	}
	if r.SecretGroup != 0 {
		base.SecretGroup = r.SecretGroup
	}
	base.Keywords = slices.Concat(base.Keywords, r.Keywords)
	base.Tags = slices.Concat(base.Tags, r.Tags)
	base.Allowlists = slices.Concat(base.Allowlists, r.Allowlists)
	base.at = r.at
	return base
}
