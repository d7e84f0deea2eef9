package scopes

import (
	"slices"
	"strings"
)

// Risk is something that whoever holds a token could do with it.
type Risk struct {
	Power Power
	// Text ends a sentence that begins "they could".
	Text string
	of   string // of the row; empty for what has none
}

// riskRow tells what a power over some methods or scopes means.
type riskRow struct {
	power Power
	also  bool   // told beside the row before it
	of    string // a method, or scopes as a caution names them
	text  string
}

// readRisk takes a row of the table of risks.
func (t *table) readRisk(f []string) error {
	r := riskRow{of: f[1], text: strings.Join(f[2:], " "), also: f[0] == "also"}
	if r.also && len(t.risks) > 0 {
		r.power = t.risks[len(t.risks)-1].power
		t.risks = append(t.risks, r)
		return nil
	}
	var err error
	r.power, err = ParsePower(f[0])
	t.risks = append(t.risks, r)
	return err
}

// Risks says in plain words what somebody else could do with a token that has
// some scopes, each thing once and the mildest first: at least one for each power
// of each. A scope whose service was shut lets nobody do anything.
func (c *Catalogue) Risks(set ...Scope) []Risk {
	var all []Risk
	for _, s := range set {
		others := slices.DeleteFunc(slices.Clone(set), func(o Scope) bool { return o == s })
		for _, r := range c.risksOf(s) {
			// What another scope lets do is told of that, in its wider words.
			if !slices.Contains(all, r) && !slices.ContainsFunc(others, func(o Scope) bool { return c.lets(o, r) && !slices.Contains(c.risksOf(o), r) }) {
				all = append(all, r)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Risk) int { return a.Power.Rank() - b.Power.Rank() })
	return all
}

// Spared is what somebody else could do with a token that has some scopes, and
// could not with one that has the others.
func (c *Catalogue) Spared(of, others []Scope) []Risk {
	return slices.DeleteFunc(c.Risks(of...), func(r Risk) bool {
		return slices.ContainsFunc(others, func(o Scope) bool { return c.lets(o, r) })
	})
}

// lets reports whether a scope lets its holder do what a risk of another tells. One
// that serves a part only of what its methods touch does so for what it covers.
func (c *Catalogue) lets(s Scope, r Risk) bool {
	if slices.Contains(c.risksOf(s), r) {
		return true
	}
	info, _ := c.Info(s)
	if r.of == "" || info.Dead || !setOf(info.Powers...).includes(setOf(r.Power)) {
		return false
	}
	row := riskRow{of: r.of}
	return !c.narrow(s) && c.fits(row, s) || slices.ContainsFunc(c.known, func(k scope) bool { return about([]string{r.of}, k.name) && c.Covers(s, k.name) })
}

// fits reports whether a row is about a scope.
func (c *Catalogue) fits(r riskRow, s Scope) bool {
	i, found := c.find(r.of)
	return about([]string{r.of}, s) || found && slices.Contains(c.names(c.sets[c.methods[i].set].scopes), s)
}

// risksOf are the risks of one scope.
func (c *Catalogue) risksOf(s Scope) []Risk {
	info, _ := c.Info(s)
	if info.Dead {
		return nil
	}
	var risks []Risk
	for _, p := range info.Powers {
		first := slices.IndexFunc(c.table.risks, func(r riskRow) bool { return r.power == p && !r.also && c.fits(r, s) })
		if first < 0 {
			risks = append(risks, Risk{Power: p, Text: c.generalRisk(p, info)})
			continue
		}
		risks = append(risks, Risk{p, c.table.risks[first].text, c.table.risks[first].of})
		for _, r := range c.table.risks[first+1:] {
			if !r.also {
				break
			}
			if c.fits(r, s) {
				risks = append(risks, Risk{p, r.text, r.of})
			}
		}
	}
	return risks
}

// generalRisk tells what a power means where no row does.
func (c *Catalogue) generalRisk(p Power, info Info) string {
	where := "Google's services"
	if len(info.APIs) > 0 {
		api, _ := c.API(info.APIs[0])
		if title := strings.TrimSuffix(api.Title, " API"); title != "" {
			where = title
		}
	}
	switch p {
	case Identity:
		return "see who you are: your address, your name and your picture"
	case Metadata:
		return "see what there is of yours in " + where + ", not what is in it"
	case Read:
		return "read what you have in " + where
	case Send:
		return "send from " + where + " in your name"
	case Write:
		return "add to what you have in " + where + ", and change it"
	case Delete:
		return "delete what you have in " + where
	}
	return "change how your " + where + " is set up, and who may use it"
}
