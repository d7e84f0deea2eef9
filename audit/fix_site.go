package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// site is a literal at a place in a file, by which one scope or several are asked
// for.
type site struct {
	at         rules.Location
	why        string  // it is none that can be rewritten; what follows is not set then
	file       *[]byte // as it was examined
	start, end int     // of the literal
	literal    literal
	scopes     []scopes.Scope
	requests   []int // indexes into those of the program
}

// in reports whether the site asks for a scope in one of the program's sets.
func (s site) in(p needs.Program, scope scopes.Scope, set int) bool {
	return slices.ContainsFunc(s.requests, func(i int) bool {
		return p.Requests[i].Scope == scope && appliesTo(p.Requests[i], p.Asked[set])
	})
}

// sites finds the literals by which a program asks for scopes.
func (c *check) sites(p needs.Program, read func(string) ([]byte, error)) []site {
	var all []site
	files := map[string]*[]byte{}
	for i, r := range p.Requests {
		n := slices.IndexFunc(all, func(s site) bool {
			return s.at.Compare(r.At) == 0 && s.at.EndLine == r.At.EndLine && s.at.EndColumn == r.At.EndColumn
		})
		if n < 0 {
			n = len(all)
			all = append(all, site{at: r.At})
		}
		all[n].requests = append(all[n].requests, i)
		if !slices.Contains(all[n].scopes, r.Scope) {
			all[n].scopes = append(all[n].scopes, r.Scope)
		}
	}
	for i := range all {
		s := &all[i]
		if s.at.Origin != rules.Tree || s.at.Member != "" {
			s.why = fmt.Sprintf("%s is in an archive", s.at)
			continue
		}
		if s.file = files[s.at.Path]; s.file == nil {
			data, err := read(s.at.Path)
			if err != nil {
				s.why = err.Error()
				continue
			}
			s.file = &data
			files[s.at.Path] = s.file
		}
		s.why = c.find(s, p.Requests[s.requests[0]])
	}
	slices.SortFunc(all, func(a, b site) int { return cmp.Or(cmp.Compare(a.at.Path, b.at.Path), cmp.Compare(a.start, b.start)) })
	return all
}

// find finds the literal of a site in its file.
func (c *check) find(s *site, r needs.Request) string {
	data := *s.file
	if !utf8.Valid(data) {
		return fmt.Sprintf("%s is not in UTF-8", s.at.Path)
	}
	start, ok := offset(data, s.at.Line, s.at.Column)
	end, also := offset(data, s.at.EndLine, s.at.EndColumn)
	if !ok || !also || end < start || !s.holds(data[start:end], r.Text) {
		return fmt.Sprintf("%s changed since it was read", s.at.Path)
	}
	if start > 0 && end < len(data) && data[start-1] == '"' && data[end] == '"' && data[start] != '"' { // of a manifest
		start, end = start-1, end+1
	}
	s.start, s.end = start, end
	if s.literal, ok = c.literal(string(data[start:end]), s.scopes); ok {
		return ""
	}
	// The parameters of an address may be in pieces, of which this is the first.
	if n := bytes.IndexByte(data[start:], '\n'); n > end-start && bytes.Contains(data[start:start+n], []byte("scope=")) {
		if s.literal, ok = c.literal(string(data[start:start+n]), s.scopes); ok && len(s.literal.words) == len(s.scopes) {
			s.end = start + n
			return ""
		}
	}
	return fmt.Sprintf("what is asked for at %s is not a literal", s.at)
}

// holds reports whether a file still has at a place what was read there, as far as
// that was kept.
func (s *site) holds(now []byte, was string) bool {
	squeeze := func(text string) string {
		if s.at.Cell > 0 {
			text = strings.ReplaceAll(text, `\`, "")
		}
		return strings.Join(strings.Fields(text), "")
	}
	was, _, cut := strings.Cut(was, "…")
	if cut || s.at.Cell > 0 {
		return strings.HasPrefix(squeeze(string(now)), squeeze(was))
	}
	return squeeze(string(now)) == squeeze(was)
}

// offset is where a place is in a file, in bytes.
func offset(data []byte, line, column int) (int, bool) {
	at := 0
	if bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) && line == 1 {
		at = len("\xEF\xBB\xBF")
	}
	for range line - 1 {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return 0, false
		}
		at += n + 1
	}
	for range column - 1 {
		if at >= len(data) || data[at] == '\n' {
			return 0, false
		}
		_, size := utf8.DecodeRune(data[at:])
		at += size
	}
	return at, line > 0 && column > 0
}

// apply writes what the plan makes of the sites. It gives up the sets that cannot
// be written so.
func (c *check) apply(p needs.Program, plan *fixPlan, sites []site) []FixedFile {
	for {
		for plan.agree(p, sites) {
		}
		files, at, why := c.applied(p, plan, sites)
		if why == "" {
			return files
		}
		for i := range p.Asked {
			for _, scope := range at.scopes {
				if _, goes := plan.sets[i][scope]; goes && at.in(p, scope, i) {
					plan.refuse(i, why)
				}
			}
		}
	}
}

// applied is what becomes of the files, or the site that cannot be rewritten and
// why. It goes from the end of each file, so that places stay.
func (c *check) applied(p needs.Program, plan *fixPlan, sites []site) ([]FixedFile, site, string) {
	var files []FixedFile
	for i := len(sites) - 1; i >= 0; i-- {
		s := sites[i]
		change := narrowing{}
		for _, scope := range s.scopes {
			if to, goes := plan.becomes(p, s, scope); goes {
				change[scope] = to
			}
		}
		if len(change) == 0 {
			continue
		}
		if n := len(files); n == 0 || files[n-1].Path != s.at.Path {
			files = append(files, FixedFile{Path: s.at.Path, Old: *s.file, New: *s.file})
		}
		f := &files[len(files)-1]
		now, why := c.rewrite(elementAt(f.New, s.start, s.end, s.at), s, change)
		if owner, constant := s.constant(); why == "" && constant && path.Ext(s.at.Path) == ".go" && !bytes.Contains(now, []byte(owner+".")) {
			why = fmt.Sprintf("what is asked for at %s is all that the package %s is imported for", s.at, owner)
		}
		if why != "" {
			return nil, s, why
		}
		f.New = now
	}
	slices.Reverse(files)
	return files, site{}, ""
}

// rewrite is a text with one of its sites narrowed.
func (c *check) rewrite(e element, s site, change narrowing) ([]byte, string) {
	if name := named(e.text[:s.start], change); name != "" {
		return nil, fmt.Sprintf("the name %s at %s says which scope it is: choose another for what is enough", name, s.at)
	}
	now, ok := c.narrow(s.literal, change)
	if now == "" && ok {
		if !e.inList() {
			return nil, fmt.Sprintf("what is asked for at %s is no element of a list", s.at)
		}
		if e.only() {
			return nil, fmt.Sprintf("nothing would be left of the list at %s", s.at)
		}
		return e.tupled(e.without()), ""
	}
	if !ok && len(s.literal.words) == 1 && e.inList() { // one element becomes several
		var texts []string
		for _, to := range change[s.literal.words[0].scope] {
			var one string
			if one, ok = c.narrow(s.literal, narrowing{s.literal.words[0].scope: {to}}); !ok {
				break
			}
			texts = append(texts, one)
		}
		now = strings.Join(texts, e.separator())
	}
	if !ok {
		return nil, fmt.Sprintf("what is enough cannot be written as what stands at %s is", s.at)
	}
	return slices.Concat(e.text[:s.start], []byte(now), e.text[s.end:]), ""
}

// constant is the package or class of a constant.
func (s site) constant() (string, bool) {
	w := s.literal.words[0]
	return w.spelling.owner, w.spelling.owner != ""
}

// named is the name of a constant that tells which scope it holds, where that
// would no longer be so.
func named(before []byte, change narrowing) string {
	line := string(before[bytes.LastIndexByte(before, '\n')+1:])
	left, sign := strings.CutSuffix(strings.TrimRight(line, " \t"), "=")
	if !sign {
		return ""
	}
	left = strings.TrimRight(left, " \t:")
	name := left[strings.LastIndexFunc(left, func(r rune) bool { return !isWordRune(r) })+1:]
	bare := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for scope, to := range change {
		for _, part := range nameParts(scope) {
			if len(to) > 0 && len(part) > 3 && strings.Contains(bare, strings.ToLower(part)) &&
				!slices.ContainsFunc(to, func(t scopes.Scope) bool { return strings.Contains(string(t), part) }) {
				return name
			}
		}
	}
	return ""
}
