package report

import (
	"strings"

	"scopeaudit/audit"
)

// The values of tokeninfo.Outcome, which are part of the JSON format.
const (
	opened  = "opened"
	refused = "refused"
)

// probe says what a token opened when it was tried, and what follows.
func (p *page) probe(row *audit.ProbeRow) {
	if row == nil {
		return
	}
	var list []string
	for _, call := range row.Calls {
		text := strings.TrimPrefix(Clean(call.Method), "gmail.users.")
		if call.Search {
			text += tie + "(a" + tie + "search)"
		}
		switch call.Outcome {
		case opened:
			text = p.paint(green, "✓") + tie + text
		case refused:
			text = p.paint(redBold, "✗") + tie + text
		default:
			text = "?" + tie + text + " (" + Clean(call.Reason) + ")"
		}
		list = append(list, text)
	}
	p.field("opens", strings.Join(list, ", "))
	if row.Account != "" {
		p.field("mailbox", name(row.Account))
	}
	for i, text := range row.Follows {
		p.field(onlyFirst("follows", i), Clean(text))
	}
}
