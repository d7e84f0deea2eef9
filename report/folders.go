package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// A report gets a table of its folders when that tells a reader more than the
// findings do at a glance: a class of repositories, a large tree.
const (
	minFolders        = 4
	minFolderFindings = 12
	maxFoldersShown   = 60
)

// folder is what was found below one folder.
type folder struct {
	name  string
	count count
}

// folders is the table by folder: who has to be talked to first.
func (p *page) folders(findings []audit.Finding) {
	all := byFolder(findings)
	if len(all) < minFolders || tally(findings).total < minFolderFindings {
		return
	}
	p.heading("Folders")
	shown := all[:min(len(all), maxFoldersShown)]
	widest, digits := 0, [rules.Critical + 1]int{}
	for _, f := range shown {
		widest = max(widest, columns(name(f.name)))
		for s, n := range f.count.by {
			if n > 0 {
				digits[s] = max(digits[s], len(strconv.Itoa(n)))
			}
		}
	}
	widest = min(widest, p.width/3)
	for _, f := range shown {
		var cells []string
		for s := rules.Critical; s >= rules.Info; s-- {
			if digits[s] == 0 {
				continue
			}
			cell := fmt.Sprintf("%*d %s", digits[s], f.count.by[s], s)
			if f.count.by[s] == 0 {
				cell = strings.Repeat(" ", len(cell))
			}
			cells = append(cells, p.paint(severityColor(s), tied(cell)))
		}
		title := name(f.name)
		title += strings.Repeat(" ", max(0, widest-columns(title)))
		p.wrap("  "+title+"  ", "    ", strings.Join(cells, " "))
	}
	if more := len(all) - len(shown); more > 0 {
		p.line(fmt.Sprintf("  and %d more", more))
	}
	p.blank()
	p.aside("worst first; a finding in several folders counts in each")
}

// byFolder counts findings by the first folder in which their paths part, the
// worst first.
func byFolder(findings []audit.Finding) []folder {
	parts := nest(findings)
	var counted []*audit.Finding
	var paths []string
	for i := range findings {
		f := &findings[i]
		if f.Suppressed != nil || parts.nested[i] || f.Severity < rules.Info || f.Severity > rules.Critical {
			continue
		}
		counted = append(counted, f)
		for _, l := range f.Locations {
			if inFile(l) {
				paths = append(paths, path.Dir(l.Path))
			}
		}
	}
	above := commonFolder(paths)
	index := make(map[string]int)
	var all []folder
	for _, f := range counted {
		seen := make(map[string]bool)
		for _, l := range f.Locations {
			top := topFolder(l, above)
			if !inFile(l) || seen[top] {
				continue
			}
			seen[top] = true
			at, ok := index[top]
			if !ok {
				at = len(all)
				index[top] = at
				all = append(all, folder{name: top})
			}
			all[at].count.by[f.Severity]++
			all[at].count.total++
		}
	}
	slices.SortFunc(all, func(a, b folder) int {
		for s := rules.Critical; s >= rules.Info; s-- {
			if c := cmp.Compare(b.count.by[s], a.count.by[s]); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.name, b.name)
	})
	return all
}

// inFile reports whether a place has a path that lies in folders.
func inFile(l rules.Location) bool {
	switch l.Origin {
	case rules.Stdin, rules.Env, rules.Policy:
		return false
	}
	return l.Path != ""
}

// commonFolder is the folder above all of the folders given.
func commonFolder(folders []string) string {
	if len(folders) == 0 {
		return ""
	}
	common := strings.Split(folders[0], "/")
	for _, f := range folders[1:] {
		at := strings.Split(f, "/")
		n := 0
		for n < len(common) && n < len(at) && common[n] == at[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) == 0 || common[0] == "." {
		return ""
	}
	return strings.Join(common, "/") + "/"
}

// topFolder is the part of a place's path up to the first folder below the one
// above all; what lies in that itself is under ".".
func topFolder(l rules.Location, above string) string {
	inner := strings.TrimPrefix(l.Path, above)
	top, _, below := strings.Cut(inner, "/")
	if !below {
		return cmp.Or(strings.TrimSuffix(above, "/"), ".")
	}
	return above + top
}
