package policies

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"scopeaudit/audit/scopes"
)

// Claim is what one credential says about itself. Nothing in it is trusted:
// names and scopes come from files that others wrote.
type Claim struct {
	From         string   // how the reader knows the credential: its path
	Scopes       []string // as the file writes them
	ClientID     string
	Account      string // e-mail address
	RefreshToken bool
}

// InitOptions is what a first policy is made from.
type InitOptions struct {
	Catalogue *scopes.Catalogue
	Name      string // the policy's name; "my-policy" if empty
	Claims    []Claim
}

// maxListed bounds how many names a comment of the first policy lists.
const maxListed = 10

// Init writes a first policy as commented YAML: everything that the credentials
// claim now is allowed, so that the audit begins clean, and beside each scope
// stands what it opens and what would be narrower, so that its reader can take
// away. The result always decodes; an error says that the claims are too many
// for one policy.
func Init(o InitOptions) ([]byte, error) {
	identity, err := Builtin("identity", Options{Catalogue: o.Catalogue})
	if err != nil {
		return nil, err
	}
	w := &initWriter{cat: o.Catalogue, identity: identity}
	w.header(o)
	w.scopes(o.Claims)
	w.holders(o.Claims)
	data := []byte(w.String())

	if len(data) > maxFile {
		return nil, fmt.Errorf("the credentials claim more than fits into a policy of %d KiB", maxFile>>10)
	}
	// A policy that its own reader refuses would be a poor start.
	l := loader{o: Options{Catalogue: o.Catalogue}, sum: sha256.New()}
	if _, err := l.policy(origin{source: SourceFile}, "policy.yaml", data); err != nil {
		return nil, fmt.Errorf("cannot make one policy of these credentials: %w", err)
	}
	return data, nil
}

type initWriter struct {
	strings.Builder
	cat      *scopes.Catalogue
	identity *Policy // what the policy extends
}

func (w *initWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// comment writes words as a comment, wrapped to 80 columns.
func (w *initWriter) comment(indent, words string) {
	column := 0
	for _, word := range strings.Fields(words) {
		if column == 0 || column+1+len(word) > 80 {
			if column > 0 {
				w.WriteString("\n")
			}
			w.WriteString(indent + "#")
			column = len(indent) + 1
		}
		w.WriteString(" " + word)
		column += 1 + len(word)
	}
	w.WriteString("\n")
}

func (w *initWriter) header(o InitOptions) {
	if len(o.Claims) == 0 {
		w.comment("", "A first policy. No credential was looked at, so it allows sign-in only.")
	} else {
		w.comment("", "A first policy, made from what these credentials claim:")
		for i, c := range o.Claims {
			if i == maxListed {
				w.comment("", fmt.Sprintf("and %d more", len(o.Claims)-i))
				break
			}
			w.line("#   %s", shown(c.From))
		}
		w.comment("", "It allows all of it. Read it from the top, take away what the program does not need, and give every scope that stays its reason.")
	}
	w.line("version: 1")
	name := strings.Join(strings.Fields(o.Name), " ")
	if !printable(name, maxName) {
		name = "my-policy"
	}
	w.line("name: %s", strconv.Quote(name))
	w.line("extends: identity # sign-in scopes: openid, email, profile")
}

// scopes writes allow and max_power.
func (w *initWriter) scopes(claims []Claim) {
	by := map[scopes.Scope][]string{} // who claims it
	var known []scopes.Scope
	var unknown []string
	var powers []scopes.Power
	for _, c := range claims {
		var held []scopes.Scope
		for _, text := range c.Scopes {
			s, ok := w.cat.Normalise(text)
			if !ok {
				note := shown(text)
				if near, ok := w.cat.Suggest(text); ok {
					note += fmt.Sprintf(" (did you mean %s?)", w.short(near))
				}
				unknown = append(unknown, note)
				continue
			}
			held = append(held, s)
			if w.identity.Judge(s, w.cat).Allowed {
				continue
			}
			info, _ := w.cat.Info(s)
			powers = append(powers, info.Powers...)
			if !slices.Contains(by[s], c.From) {
				by[s] = append(by[s], c.From)
			}
			known = append(known, s)
		}
		for _, conflict := range w.cat.Conflicts(held) {
			w.line("")
			w.comment("", fmt.Sprintf("Beware: %s holds %s beside %s. %s.", shown(c.From), w.short(conflict.Scope), w.short(conflict.With), conflict.Why))
		}
	}
	slices.Sort(known)
	if known = slices.Compact(known); len(known) > 0 {
		w.line("\nallow:")
	}
	for i, s := range known {
		if i > 0 {
			w.line("")
		}
		w.scope(s, by[s])
	}
	slices.Sort(unknown)
	if unknown = slices.Compact(unknown); len(unknown) > 0 {
		w.line("")
		w.comment("", "Claimed too, but no scope that Google documents, and so left out:")
		for i, u := range unknown {
			if i == maxListed {
				w.comment("", fmt.Sprintf("and %d more", len(unknown)-i))
				break
			}
			w.line("#   %s", u)
		}
	}
	if greatest := scopes.Greatest(powers); greatest != "" {
		w.line("")
		w.comment("", "The greatest power among the scopes above. From mildest: "+joinPowers(scopes.Powers())+".")
		w.line("max_power: %s", greatest)
	}
}

// scope writes one entry of allow.
func (w *initWriter) scope(s scopes.Scope, claimedBy []string) {
	info, _ := w.cat.Info(s)
	if info.Text != "" {
		w.comment("  ", "Google's consent screen: "+info.Text)
	}
	class := string(info.Tier)
	if info.Assumed {
		class += " (assumed)"
	}
	w.comment("  ", fmt.Sprintf("Power: %s. Google's class: %s.", joinPowers(info.Powers), class))
	if narrower := narrower(w.cat, s); len(narrower) > 0 {
		w.comment("  ", "Narrower, should it be enough: "+strings.Join(narrower, "; ")+".")
	}
	who := shown(claimedBy[0])
	if len(claimedBy) > 1 {
		who = fmt.Sprintf("%s and %d more", who, len(claimedBy)-1)
	}
	w.line("  - scope: %s", w.short(s))
	w.line("    why: %s", strconv.Quote("claimed by "+who+"; say here what needs it"))
}

// holders writes who may hold a token, and how.
func (w *initWriter) holders(claims []Claim) {
	var clients, accounts []string
	refresh := false
	for _, c := range claims {
		clients = append(clients, c.ClientID)
		accounts = append(accounts, c.Account)
		refresh = refresh || c.RefreshToken
	}
	w.patterns("clients", "Only tokens of these OAuth clients.", clients, checkPattern)
	w.patterns("accounts", "Only tokens for these accounts.", accounts, checkAccount)
	w.line("")
	if refresh {
		w.comment("", "A refresh token exists: it gets new access tokens until someone revokes it. A program that runs once can do without.")
		w.line("refresh_token: allowed")
	} else {
		w.comment("", "No refresh token was met. Write allowed if the program must run again without asking.")
		w.line("refresh_token: forbidden")
	}
	w.line("")
	w.comment("", "Only the owner may read the file.")
	w.line("file_mode: \"0600\"")
}

func (w *initWriter) patterns(key, why string, values []string, check func(string) (message, hint string)) {
	slices.Sort(values)
	values = slices.DeleteFunc(slices.Compact(values), func(v string) bool {
		message, _ := check(v)
		return message != "" || !printable(v, maxPattern) || strings.Contains(v, "*")
	})
	if len(values) == 0 {
		return
	}
	w.line("")
	w.comment("", why)
	w.line("%s:", key)
	for _, v := range values {
		w.line("  - %s", strconv.Quote(v))
	}
}

// short is how people write a known scope.
func (w *initWriter) short(s scopes.Scope) string {
	info, _ := w.cat.Info(s)
	return cmp.Or(info.Short, string(s))
}

func joinPowers(powers []scopes.Power) string {
	var names []string
	for _, p := range powers {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// printable reports whether a text from elsewhere can be written as it is.
func printable(s string, longest int) bool {
	return s != "" && len(s) <= longest && !looksSecret(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsGraphic(r) || r == unicode.ReplacementChar
	})
}

// shown makes a text from elsewhere fit to stand in a comment or a reason.
func shown(s string) string {
	if printable(s, quotedMax) {
		return s
	}
	return quote(s)
}
