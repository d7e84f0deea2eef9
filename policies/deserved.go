package policies

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"scopeaudit/audit/scopes"
)

// Need is a scope that code needs, and what for. Nothing in it is trusted: names
// come from files that others wrote.
type Need struct {
	Scope scopes.Scope
	Why   string // the calls: "gmail.users.messages.list at app.py:3"
}

// DeservedOptions are what a policy is made from that allows just what code needs.
type DeservedOptions struct {
	Catalogue *scopes.Catalogue
	Needs     []Need   // each scope once, in the order in which they shall stand
	Beware    []string // sentences about what is not known
}

// Deserved writes the policy that code deserves, as commented YAML: what its calls
// need is allowed, with the calls, and nothing else. The result always decodes.
func Deserved(o DeservedOptions) ([]byte, error) {
	w := &initWriter{cat: o.Catalogue}
	w.comment("", "What the code needs, by what it calls. Whatever else a token holds, or a program asks for, is too much.")
	for _, text := range o.Beware {
		w.comment("", "Beware: "+shown(text))
	}
	w.line("version: 1")
	w.line("name: needed-by-the-code")
	var powers []scopes.Power
	if len(o.Needs) > 0 {
		w.line("\nallow:")
	}
	for i, n := range o.Needs {
		if i > 0 {
			w.line("")
		}
		info, _ := w.cat.Info(n.Scope)
		powers = append(powers, info.Powers...)
		if info.Text != "" {
			w.comment("  ", "Google's consent screen: "+info.Text)
		}
		w.comment("  ", fmt.Sprintf("Power: %s. Google's class: %s.", joinPowers(info.Powers), info.Tier))
		w.line("  - scope: %s", w.short(n.Scope))
		w.line("    why: %s", strconv.Quote(reasonFor(n.Why)))
	}
	if greatest := scopes.Greatest(powers); greatest != "" {
		w.line("\nmax_power: %s", greatest)
	}
	data := []byte(w.String())
	if len(data) > maxFile {
		return nil, fmt.Errorf("the code needs more than fits into a policy of %d KiB", maxFile>>10)
	}
	l := loader{o: Options{Catalogue: o.Catalogue}, sum: sha256.New()}
	if _, err := l.policy(origin{source: SourceFile}, "policy.yaml", data); err != nil {
		return nil, fmt.Errorf("cannot make a policy of what this code needs: %w", err)
	}
	return data, nil
}

// reasonFor makes a reason fit to stand in a policy.
func reasonFor(why string) string {
	if why = strings.Join(strings.Fields(why), " "); printable(why, maxText) {
		return why
	}
	return "its calls need it"
}
