package collect_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree/objects"
)

// TestRangeFindsWhatItsObjectsHold holds what a run finds in ranges of tangled
// histories to the search of each of their objects, as git lists them.
func TestRangeFindsWhatItsObjectsHold(t *testing.T) {
	r := newRepository(t)
	random := rand.New(rand.NewPCG(3, 7))
	all := pieces(t, random)
	const commits = 30
	var in strings.Builder
	for i := range commits {
		message := fmt.Sprintf("commit %d\n\n%s", i, all[random.IntN(len(all))])
		fmt.Fprintf(&in, "commit refs/heads/c%d\nmark :%d\ncommitter c <c@example.com> %d +0000\ndata %d\n%s\n", i, i+1, 1_000_000+i, len(message), message)
		if i > 0 {
			fmt.Fprintf(&in, "from :%d\n", max(1, i-random.IntN(4)))
		}
		for m := range 2 { // one more is an octopus
			if i > 12 && random.IntN(3) == 0 {
				fmt.Fprintf(&in, "merge :%d\n", i-m-6)
			}
		}
		for range 1 + random.IntN(3) { // of a merge, an evil one
			content := fmt.Sprintf("# %d %d\n%s\n", i, random.Uint64(), all[random.IntN(len(all))])
			name := fmt.Sprintf("d%d/f%d.py", random.IntN(3), random.IntN(4))
			if random.IntN(4) == 0 {
				name, content = name+".zip", zipped(t, "in/side.py", content)
			}
			fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", name, len(content), content)
		}
		in.WriteString("\n")
	}
	r.pipe(in.String(), "fast-import", "--quiet")
	r.git("repack", "-q", "-a", "-d", "--depth=50")
	r.git("symbolic-ref", "HEAD", fmt.Sprintf("refs/heads/c%d", commits-1))
	key := secrets.Key{5}
	whole := wholly(t, filepath.Join(r.dir, ".git"), objects.SHA1, key)
	held := 0
	for range 40 {
		from, to := fmt.Sprintf("c%d", random.IntN(commits)), fmt.Sprintf("c%d", random.IntN(commits))
		want := make(map[finding]bool)
		for line := range strings.Lines(r.git("rev-list", "--objects", to, "^"+from)) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			id, err := objects.ParseID(objects.SHA1, name)
			if err != nil {
				t.Fatal(err)
			}
			for f := range whole[id] {
				want[f] = true
			}
		}
		e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{r.dir}}, collect.Options{Key: key, Change: &collect.Change{From: from, To: to}})
		if err != nil || e.Coverage.Failed() || !e.Coverage.Changes {
			t.Fatalf("%s..%s: %+v, %v", from, to, e.Coverage, err)
		}
		got := make(map[finding]bool)
		for _, l := range e.Leaks {
			at := l.Location
			if at.Origin != rules.History || at.Blob == "" || at.Commit == "" || !slices.Contains(at.Refs, "refs/heads/"+to) || (at.Object == "") != (at.InHead != nil) {
				t.Errorf("%s..%s: at %+v", from, to, at)
			}
			if f := (finding{l.Rule, l.Tag}); want[f] {
				got[f] = true
			} else if len(l.Parts) == 0 { // composites may be joined from several objects
				t.Errorf("%s..%s: %s in %s is not new", from, to, l.Rule, at)
			}
		}
		if len(got) < len(want) {
			t.Errorf("%s..%s: %d of %d findings", from, to, len(got), len(want))
		}
		held += len(want)
	}
	if held < 50 {
		t.Errorf("only %d findings were compared", held)
	}
}
