package audit

import (
	"fmt"
	"slices"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// prove reads the files of a program again as they would be, and says what is not
// as it was meant: its calls are the same, and it asks for what the plan says.
func prove(p needs.Program, plan *fixPlan, files []FixedFile, x *needs.Index, read func(string) ([]byte, error)) string {
	o := needs.Options{Programs: []string{"."}}
	var sources []*needs.Source
	for _, name := range p.Files {
		var data []byte
		if i := slices.IndexFunc(files, func(f FixedFile) bool { return f.Path == name }); i >= 0 {
			data = files[i].New
		} else {
			var err error
			if data, err = read(name); err != nil {
				return err.Error()
			}
		}
		if needs.IsManifest(name) {
			o.Manifests = append(o.Manifests, name)
		}
		sources = append(sources, needs.Read(name, data))
	}
	var now needs.Program
	if r := x.Infer(sources, o); len(r.Programs) == 1 {
		now = r.Programs[0]
	}
	const unclear = "read again, the narrowed program is not what was meant: "
	switch {
	case now.Verdict != needs.Exact:
		return unclear + "not all is known of it"
	case !slices.EqualFunc(p.Calls, now.Calls, func(a, b needs.Call) bool {
		return a.Method == b.Method && a.State == b.State && a.At.Path == b.At.Path && slices.Equal(a.Permitted, b.Permitted)
	}):
		return unclear + "its calls are others"
	case len(now.Flow) > len(p.Flow):
		return unclear + fmt.Sprintf("%s at %s", now.Flow[len(now.Flow)-1].Kind, now.Flow[len(now.Flow)-1].At)
	}
	for i, a := range p.Asked {
		want := slices.DeleteFunc(slices.Clone(a.Scopes), func(s scopes.Scope) bool { _, goes := plan.sets[i][s]; return goes })
		for _, to := range plan.sets[i] {
			want = append(want, to...)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if !slices.ContainsFunc(now.Asked, func(b needs.Asked) bool { return (b.When == a.When || b.When == "") && slices.Equal(b.Scopes, want) }) {
			return unclear + "it asks for something else" + where(a.When)
		}
	}
	return ""
}
