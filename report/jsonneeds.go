package report

import (
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
)

// What code asks for, calls and needs, as the document has it. The types of
// audit/needs are only ever read here, through the report.
type (
	needsJSON struct {
		Verdict      text             `json:"verdict"`
		Why          []text           `json:"why"` // of any but exact
		Sources      *sourcesJSON     `json:"sources,omitempty"`
		Least        [][]text         `json:"least"`
		Own          []ownJSON        `json:"own"` // of these, what no call needs
		Possible     []text           `json:"possible"`
		Requested    []requestJSON    `json:"requested"`
		Alternatives []askedJSON      `json:"alternatives"`
		Calls        []callJSON       `json:"calls"`
		Unresolved   []unresolvedJSON `json:"unresolved"`
		Price        []priceJSON      `json:"price,omitempty"` // where it was asked for
	}

	// priceJSON is what calls cost: without them, and without those before them in
	// the list, another set is enough. Risks say what the costs let others do.
	priceJSON struct {
		Calls   []int  `json:"calls"`
		Costs   []text `json:"costs"`
		Risks   []text `json:"risks"`
		Before  []text `json:"before"`
		Without []text `json:"without"`
	}

	// sourcesJSON counts the files that were looked at as code.
	sourcesJSON struct {
		Read         int `json:"read"`
		Dependencies int `json:"dependencies"`
		Generated    int `json:"generated"`
	}

	requestJSON struct {
		Scope       text  `json:"scope"`
		Path        text  `json:"path"`
		Member      text  `json:"member"`
		Line        *int  `json:"line"`
		Column      *int  `json:"column"`
		Cell        *int  `json:"cell"`
		When        text  `json:"when"`
		By          text  `json:"by"`
		JustifiedBy []int `json:"justified_by"`
	}

	// ownJSON is a scope that a script needs itself, and the first place where.
	ownJSON struct {
		Scope  text `json:"scope"`
		Path   text `json:"path"`
		Member text `json:"member"`
		Line   *int `json:"line"`
		Column *int `json:"column"`
		Text   text `json:"text"`
	}

	// askedJSON is one set that is asked for at once: of those that a program
	// chooses from at run time, or the only one.
	askedJSON struct {
		When     text   `json:"when"`
		Scopes   []text `json:"scopes"`
		Unneeded []text `json:"unneeded"`
		Excess   bool   `json:"excess"`
		Enough   []text `json:"enough"`
		Missing  []int  `json:"missing"`
	}

	callJSON struct {
		Method      text   `json:"method"`
		Path        text   `json:"path"`
		Member      text   `json:"member"`
		Line        *int   `json:"line"`
		Column      *int   `json:"column"`
		Cell        *int   `json:"cell"`
		State       text   `json:"state"`
		When        text   `json:"when"`
		AnyOf       []text `json:"any_of"`
		PermittedBy []text `json:"permitted_by"`
		Notes       []text `json:"notes"`
	}

	unresolvedJSON struct {
		Path   text   `json:"path"`
		Member text   `json:"member"`
		Line   *int   `json:"line"`
		Column *int   `json:"column"`
		Cell   *int   `json:"cell"`
		Text   text   `json:"text"`
		Why    text   `json:"why"`
		APIs   []text `json:"apis"`
	}

	programJSON struct {
		Path        text        `json:"path"`
		Credentials []text      `json:"credentials"`
		Scopes      []scopeJSON `json:"scopes"`
		Needs       *needsJSON  `json:"needs"`
	}
)

func newProgramJSON(row audit.ProgramRow) programJSON {
	return programJSON{
		Path: text(row.Path), Credentials: texts(row.Credentials),
		Scopes: list(row.Scopes, newScopeJSON), Needs: programNeeds(row),
	}
}

// programNeeds is what is known of one program.
func programNeeds(row audit.ProgramRow) *needsJSON {
	n := row.Needs
	out := &needsJSON{
		Verdict: text(n.Verdict), Why: texts(n.Why), Possible: texts(n.Possible),
		Least: list(n.Least, texts[scopes.Scope]),
	}
	for _, o := range n.Own {
		out.Own = append(out.Own, ownJSON{
			Scope: text(o.Scope), Path: text(o.At.Path), Member: text(o.At.Member), Line: known(o.At.Line), Column: known(o.At.Column), Text: text(o.Text),
		})
	}
	for _, r := range n.Requests {
		out.Requested = append(out.Requested, requestJSON{
			Scope: text(r.Scope), Path: text(r.At.Path), Member: text(r.At.Member), Line: known(r.At.Line), Column: known(r.At.Column),
			Cell: known(r.At.Cell), When: text(r.When), By: text(r.By), JustifiedBy: append([]int{}, r.JustifiedBy...),
		})
	}
	for _, a := range n.Asked {
		out.Alternatives = append(out.Alternatives, askedJSON{
			When: text(a.When), Scopes: texts(a.Scopes), Unneeded: texts(a.Unneeded), Excess: a.Excess, Enough: texts(a.Enough),
			Missing: append([]int{}, a.Missing...),
		})
	}
	for _, c := range n.Calls {
		out.Calls = append(out.Calls, callJSON{
			Method: text(c.Method), Path: text(c.At.Path), Member: text(c.At.Member), Line: known(c.At.Line), Column: known(c.At.Column),
			Cell: known(c.At.Cell), State: text(c.State), When: text(c.When), AnyOf: texts(c.Permitted), PermittedBy: texts(c.PermittedBy),
			Notes: texts(c.Notes),
		})
	}
	for _, u := range n.Unresolved {
		out.Unresolved = append(out.Unresolved, unresolvedJSON{
			Path: text(u.At.Path), Member: text(u.At.Member), Line: known(u.At.Line), Column: known(u.At.Column), Cell: known(u.At.Cell),
			Text: text(u.Text), Why: text(u.Why), APIs: texts(u.APIs),
		})
	}
	for _, s := range row.Price {
		out.Price = append(out.Price, priceJSON{
			Calls: slices.Clone(s.Calls), Costs: texts(s.Costs), Risks: list(s.Risks, func(r scopes.Risk) text { return text(r.Text) }), Before: texts(s.Before), Without: texts(s.Without),
		})
	}
	return out.full()
}

// full has a list wherever there may be one: none is null.
func (n *needsJSON) full() *needsJSON {
	n.Own = append([]ownJSON{}, n.Own...)
	n.Requested = append([]requestJSON{}, n.Requested...)
	n.Alternatives = append([]askedJSON{}, n.Alternatives...)
	n.Calls = append([]callJSON{}, n.Calls...)
	n.Unresolved = append([]unresolvedJSON{}, n.Unresolved...)
	return n
}

// treeNeeds speaks for the whole tree: the weakest verdict, and the union of the
// rest, with its calls numbered through. It is nil where no code was looked at.
func treeNeeds(r audit.Report) *needsJSON {
	if r.Code == nil {
		return nil
	}
	out := &needsJSON{
		Why: []text{}, Possible: []text{}, Least: [][]text{},
		Sources: &sourcesJSON{r.Code.Read, r.Code.Dependencies, r.Code.Generated},
	}
	if len(r.Programs) == 1 {
		sources := out.Sources
		out = programNeeds(r.Programs[0])
		out.Sources = sources
	} else {
		var union []text
		for _, row := range r.Programs {
			n := programNeeds(row)
			for i := range n.Requested {
				shift(n.Requested[i].JustifiedBy, len(out.Calls))
			}
			for i := range n.Alternatives {
				shift(n.Alternatives[i].Missing, len(out.Calls))
			}
			for i := range n.Price {
				shift(n.Price[i].Calls, len(out.Calls))
			}
			out.Price = append(out.Price, n.Price...)
			out.Own = append(out.Own, n.Own...)
			out.Requested = append(out.Requested, n.Requested...)
			out.Alternatives = append(out.Alternatives, n.Alternatives...)
			out.Calls = append(out.Calls, n.Calls...)
			out.Unresolved = append(out.Unresolved, n.Unresolved...)
			if len(n.Least) > 0 {
				union = append(union, n.Least[0]...)
			}
		}
		if union != nil {
			slices.Sort(union)
			out.Least = [][]text{slices.Compact(union)}
		}
	}
	out.Verdict = text(r.Code.Verdict)
	return out.full()
}

func shift(indexes []int, by int) {
	for i := range indexes {
		indexes[i] += by
	}
}
