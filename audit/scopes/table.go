package scopes

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Our own tables. Each explains its columns at its top.
var (
	//go:embed tables/sources.txt
	sourcesText string
	//go:embed tables/scopes.txt
	scopesText string
	//go:embed tables/outside.txt
	outsideText string
	//go:embed tables/aliases.txt
	aliasesText string
	//go:embed tables/reach.txt
	reachText string
	//go:embed tables/risks.txt
	risksText string
)

// prefix is what most of Google's scopes begin with.
const prefix = "https://www.googleapis.com/auth/"

// fullMail is the scope that opens Gmail to IMAP, SMTP and POP too.
const fullMail Scope = "https://mail.google.com/"

// expand gives the scope that a table's short form stands for.
func expand(short string) Scope {
	if strings.Contains(short, "://") || short == "openid" {
		return Scope(short)
	}
	return Scope(prefix + short)
}

// table is our own knowledge about scopes.
type table struct {
	rows    []row // by scope
	aliases []alias
	reaches []reachRow
	regions []region
	risks   []riskRow
	apis    []API // that discovery does not know
}

// row is what we say about one scope.
type row struct {
	scope   Scope
	powers  powerSet
	tier    Tier
	assumed bool // the tier is by analogy
	sources []string

	// The rest is for scopes that no discovery document lists.
	outside bool
	dead    bool
	api     string
	text    string
}

// alias is another way to write a scope.
type alias struct {
	written string
	scope   Scope
	sources []string
}

func readTable() (*table, error) {
	sources := map[string]string{}
	err := eachRow("sources", sourcesText, 2, func(f []string) error {
		sources[f[0]] = f[1]
		return nil
	})
	if err != nil {
		return nil, err
	}
	cite := func(names string) (urls []string, err error) {
		for name := range strings.SplitSeq(names, ",") {
			url, known := sources[name]
			if !known {
				return nil, fmt.Errorf("unknown source %q", name)
			}
			urls = append(urls, url)
		}
		return urls, nil
	}
	t := &table{}
	err = eachRow("scopes", scopesText, 4, func(f []string) error {
		r := row{scope: expand(f[0])}
		err := r.read(f[1], f[2])
		if err == nil {
			r.sources, err = cite(f[3])
		}
		t.rows = append(t.rows, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("outside", outsideText, 3, func(f []string) error {
		if f[0] == "api" {
			t.apis = append(t.apis, API{f[1], strings.Join(f[2:], " ")})
			return nil
		}
		if len(f) < 7 || f[2] != "live" && f[2] != "dead" {
			return fmt.Errorf("want 7 columns, the third live or dead")
		}
		r := row{scope: expand(f[0]), outside: true, api: f[1], dead: f[2] == "dead", text: strings.Join(f[6:], " ")}
		err := r.read(f[3], f[4])
		if err == nil {
			r.sources, err = cite(f[5])
		}
		t.rows = append(t.rows, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("aliases", aliasesText, 3, func(f []string) (err error) {
		a := alias{written: f[0], scope: expand(f[1])}
		a.sources, err = cite(f[2])
		t.aliases = append(t.aliases, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("reach", reachText, 3, func(f []string) error {
		if f[0] != "region" {
			if _, err := cite(f[2]); err != nil {
				return err
			}
		}
		return t.readReach(f)
	})
	if err != nil {
		return nil, err
	}
	if err = eachRow("risks", risksText, 3, t.readRisk); err != nil {
		return nil, err
	}
	slices.SortFunc(t.rows, func(a, b row) int { return strings.Compare(string(a.scope), string(b.scope)) })
	return t, nil
}

// eachRow visits the rows of a table, split at white space. It refuses one with
// fewer than want columns.
func eachRow(name, text string, want int, visit func([]string) error) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		err := fmt.Errorf("want %d columns", want)
		if len(fields) >= want {
			err = visit(fields)
		}
		if err != nil {
			return fmt.Errorf("table %s, line %d: %w", name, n, err)
		}
	}
	return nil
}

// read takes the columns for powers and class.
func (r *row) read(powers, class string) error {
	for name := range strings.SplitSeq(powers, ",") {
		p, err := ParsePower(name)
		if err != nil {
			return err
		}
		r.powers |= setOf(p)
	}
	class, r.assumed = strings.CutSuffix(class, "?")
	r.tier = Tier(class)
	if class == "-" {
		r.tier = Unclassed
	}
	switch r.tier {
	case Unclassed, NonSensitive, Sensitive, Restricted:
		return nil
	}
	return fmt.Errorf("unknown class %q", class)
}

// find gives the row of a scope, nil if it has none.
func (t *table) find(s Scope) *row {
	i, found := slices.BinarySearchFunc(t.rows, s, func(r row, s Scope) int {
		return strings.Compare(string(r.scope), string(s))
	})
	if !found {
		return nil
	}
	return &t.rows[i]
}

// meaning follows the aliases, one step: none means another.
func (t *table) meaning(written string) Scope {
	for _, a := range t.aliases {
		if a.written == written {
			return a.scope
		}
	}
	return Scope(written)
}
