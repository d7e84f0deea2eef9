package report

import (
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
)

// price says what calls cost, the dearest first.
func (p *page) price(row audit.ProgramRow) {
	for i, step := range row.Price {
		var at []string
		for _, n := range step.Calls[:min(len(step.Calls), maxPlacesShown)] {
			c := row.Needs.Calls[n]
			at = append(at, place(c.At)+" "+Clean(c.Method))
		}
		if more := len(step.Calls) - len(at); more > 0 {
			at = append(at, plural(more, "more call"))
		}
		text := strings.Join(at, ", ") + ": "
		without := strings.Join(shortNames(step.Without), " and ") + isEnough(step.Without)
		switch {
		case len(step.Without) == 0 && i == 0:
			text += p.cost(step) + ", by " + strings.Join(shortNames(step.Before), " and ")
		case len(step.Without) == 0:
			text += "what is left, " + strings.Join(shortNames(step.Before), " and ") + ": " + p.cost(step)
		case i == 0:
			text += p.cost(step) + "; without, " + without
		default:
			text += p.cost(step) + "; without these too, " + without
		}
		p.field(onlyFirst("price", i), text)
	}
}

// cost is what a step costs: its powers, and what the greatest of them lets
// somebody else do.
func (p *page) cost(step audit.PriceStep) string {
	if len(step.Costs) == 0 {
		var more []string
		for _, s := range step.Before {
			if !slices.Contains(step.Without, s) {
				more = append(more, name(s.Short()))
			}
		}
		return "costs more of the same, by " + strings.Join(more, " and ")
	}
	var worst []string
	for _, r := range step.Risks {
		if r.Power == step.Costs[len(step.Costs)-1] {
			worst = append(worst, r.Text)
		}
	}
	return "costs " + p.paint(bold, powers(step.Costs)) + " (" + strings.Join(worst, "; ") + ")"
}

func isEnough(set []scopes.Scope) string {
	if len(set) == 1 {
		return " is enough"
	}
	return " are enough"
}
