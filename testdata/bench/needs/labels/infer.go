package labels

import (
	"io/fs"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// maxFile is the largest file that is looked at.
const maxFile = 8 << 20

// Infer reads all files of a tree and says what its programs need.
func Infer(x *needs.Index, tree fs.FS) (needs.Result, error) {
	var (
		sources  []*needs.Source
		possible []string
		o        needs.Options
		spoken   = map[needs.Language]bool{}
	)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if info, err := d.Info(); err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		kind := needs.Sort(name, data)
		switch kind {
		case needs.Relevant:
			s := needs.Read(name, data)
			sources = append(sources, s)
			if s.Speaks() {
				spoken[s.Language()] = true
			}
		case needs.Possible:
			possible = append(possible, name)
		}
		if needs.IsManifest(name) && kind != needs.Dependency {
			o.Manifests = append(o.Manifests, name)
		}
		return nil
	})
	if err != nil {
		return needs.Result{}, err
	}
	read := func(name string) error {
		data, err := fs.ReadFile(tree, name)
		if err == nil {
			sources = append(sources, needs.Read(name, data))
		}
		return err
	}
	var rest []string
	var importers needs.Importers
	for _, name := range possible {
		data, err := fs.ReadFile(tree, name)
		switch {
		case err != nil:
			return needs.Result{}, err
		case !spoken[needs.LanguageOf(name, data)]:
		case needs.MayCall(data):
			sources = append(sources, needs.Read(name, data))
		default:
			rest = append(rest, name)
			importers.Add(name, data)
		}
	}
	for _, name := range importers.Reaching(sources) {
		if err := read(name); err != nil {
			return needs.Result{}, err
		}
		rest = slices.DeleteFunc(rest, func(other string) bool { return other == name })
	}
	for more := sources; len(more) > 0; {
		names := needs.Imported(more, rest)
		rest = slices.DeleteFunc(rest, func(name string) bool { return slices.Contains(names, name) })
		before := len(sources)
		for _, name := range names {
			if err := read(name); err != nil {
				return needs.Result{}, err
			}
		}
		more = sources[before:]
	}
	return x.Infer(sources, o), nil
}

// part is what was found of the programs below a folder, taken together.
type part struct {
	needs.Program
	accused bool   // it is said to ask for more than it needs
	several string // the paths, if they are several
}

// under joins the programs below a folder; all of them if it is not named.
func under(r needs.Result, folder string) part {
	var p part
	var paths []string
	weakest := needs.None
	strength := []needs.Verdict{needs.None, needs.Exact, needs.LowerBound, needs.Unknown}
	for _, q := range r.Programs {
		if folder != "" && folder != q.Path && !strings.HasPrefix(q.Path, folder+"/") {
			continue
		}
		if slices.Index(strength, q.Verdict) > slices.Index(strength, weakest) {
			weakest = q.Verdict
		}
		if q.Verdict == needs.None {
			continue
		}
		paths = append(paths, q.Path)
		if len(paths) == 1 {
			p.Least = q.Least
		}
		first := len(p.Calls)
		for _, a := range q.Asked {
			a.Missing = slices.Clone(a.Missing)
			for i := range a.Missing {
				a.Missing[i] += first
			}
			p.Asked = append(p.Asked, a)
			p.accused = p.accused || a.Excess
		}
		p.Requests = append(p.Requests, q.Requests...)
		p.Calls = append(p.Calls, q.Calls...)
		p.Unresolved = append(p.Unresolved, q.Unresolved...)
	}
	p.Verdict = weakest
	if len(paths) > 1 {
		p.several = strings.Join(paths, ", ")
		p.Least = nil
	}
	return p
}

// method is the name that labels use: without the name that the inference puts
// before services that discovery does not have.
func method(name string) string { return strings.TrimPrefix(name, "apps-script.") }

// scope is the name that labels use.
func scope(s scopes.Scope) string { return s.Short() }
