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
// the scope, by its powers, mildest first: at least one for each. A scope whose
// service was shut lets nobody do anything.
func (c *Catalogue) Risks(s Scope) []Risk {
	info, _ := c.Info(s)
	if info.Dead {
		return nil
	}
	fits := func(r riskRow) bool {
		i, found := c.find(r.of)
		return about([]string{r.of}, s) || found && slices.Contains(c.names(c.sets[c.methods[i].set].scopes), s)
	}
	var risks []Risk
	for _, p := range info.Powers {
		first := slices.IndexFunc(c.table.risks, func(r riskRow) bool { return r.power == p && !r.also && fits(r) })
		if first < 0 {
			risks = append(risks, Risk{p, c.generalRisk(p, info)})
			continue
		}
		risks = append(risks, Risk{p, c.table.risks[first].text})
		for _, r := range c.table.risks[first+1:] {
			if !r.also {
				break
			}
			if fits(r) {
				risks = append(risks, Risk{p, r.text})
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
		return "see who you are"
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
