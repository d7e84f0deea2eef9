package collect_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
)

// finding is what a search of an object comes to, wherever in it.
type finding struct {
	rule rules.ID
	tag  secrets.Tag
}

// wholly searches every object of a git directory by itself, from its first byte
// to its last: what the search of a history must come to as well.
func wholly(t *testing.T, gitDir string, format objects.Format, key secrets.Key) map[objects.ID]map[finding]bool {
	t.Helper()
	root, err := os.OpenRoot(filepath.Join(gitDir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	store, err := objects.Open(objects.Options{Format: format}, objects.Folder(root, "."))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	scanner := secrets.NewScanner(key)
	all := make(map[objects.ID]map[finding]bool)
	types := []objects.Type{objects.TypeBlob, objects.TypeCommit, objects.TypeTag}
	if _, err := store.Each(t.Context(), objects.Pass{Workers: 1, Types: types}, func(_ int, o *objects.Object) error {
		_, err := decode.Each(o.Data, decode.Limits{}, func(_ decode.Member, views iter.Seq[decode.View]) error {
			pass := scanner.Begin(rules.Location{Origin: rules.History})
			for v := range views {
				pass.Scan(v)
			}
			for _, l := range pass.End() {
				if all[o.ID] == nil {
					all[o.ID] = make(map[finding]bool)
				}
				all[o.ID][finding{l.Rule, l.Tag}] = true
			}
			return nil
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// agreesWithWhole holds the search of a history, and what a run reports of it, to
// the search of every object whole. It gives the number of objects that hold
// something.
func agreesWithWhole(t *testing.T, gitDir string, format objects.Format) int {
	t.Helper()
	key := secrets.Key{2}
	want := wholly(t, gitDir, format, key)
	git, err := tree.OpenGit(gitDir)
	if err != nil {
		t.Fatal(err)
	}
	defer git.Close()
	h, skipped := git.History(true)
	if h == nil || len(skipped) > 0 {
		t.Fatalf("no history: %v", skipped)
	}
	defer h.Close()
	got, stats, err := collect.Holding(t.Context(), h, collect.Options{Key: key, Workers: 2})
	if err != nil || stats.Failed > 0 {
		t.Fatalf("%+v, %v", stats, err)
	}
	missed := 0
	for id, findings := range want {
		if _, ok := got[id]; !ok {
			if missed++; missed <= 5 {
				t.Errorf("object %s is passed by, and holds %v", id, ruleNames(findings))
			}
		}
	}
	for id := range got {
		if want[id] == nil {
			t.Errorf("object %s is said to hold something", id)
		}
	}

	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{gitDir}}, collect.Options{Key: key, History: collect.HistoryOnly})
	if err != nil || e.Coverage.Failed() {
		t.Fatalf("%+v, %v", e.Coverage, err)
	}
	reported := make(map[finding]bool)
	for _, l := range e.Leaks {
		// Composites may be joined from several objects.
		id, err := objects.ParseID(format, l.Location.Blob)
		if err != nil || len(l.Parts) == 0 && !want[id][finding{l.Rule, l.Tag}] {
			t.Errorf("%s in %s is reported, and is not there (%v)", l.Rule, l.Location.Blob, err)
		}
		reported[finding{l.Rule, l.Tag}] = true
	}
	for id, findings := range want {
		for f := range findings {
			if !reported[f] {
				t.Errorf("%s in %s is not reported", f.rule, id)
			}
		}
	}
	return len(want)
}

func ruleNames(findings map[finding]bool) []string {
	var names []string
	for f := range findings {
		names = append(names, string(f.rule))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var (
	template = regexp.MustCompile(`\{(url64|b64|an|alpha|up|b32|low|hex|digit):(\d+):(\d+)\}`)
	block    = regexp.MustCompile(`\{(end|[a-z0-9]+(:[^}]*)?)\}`)
)

// pieces are the texts by which the rules are tested, made as their README says
// as far as that goes without checksums, and drawn anew from seed; and the same
// encoded.
func pieces(t *testing.T, random *rand.Rand) []string {
	t.Helper()
	names, err := filepath.Glob("../../testdata/vectors/secrets/*.txt")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	const an = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	sets := map[string]string{
		"url64": an + "-_", "b64": an + "+/", "an": an, "alpha": an[:52], "up": an[:26] + an[52:], "b32": an[:26] + "234567",
		"low": an[26:], "hex": "0123456789abcdef", "digit": an[52:],
	}
	var out []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(data), "\n=== ")[1:] {
			_, text, _ := strings.Cut(part, "\n\n")
			text = template.ReplaceAllStringFunc(strings.TrimSuffix(text, "\n"), func(m string) string {
				f := template.FindStringSubmatch(m)
				n, _ := strconv.Atoi(f[2])
				b := make([]byte, n)
				for i := range b {
					b[i] = sets[f[1]][random.IntN(len(sets[f[1]]))]
				}
				return string(b)
			})
			if text = block.ReplaceAllString(text, ""); len(text) > 2<<10 {
				continue
			}
			out = append(out, text)
			escaped, _ := json.Marshal(text)
			var hex, units strings.Builder
			for _, r := range text {
				fmt.Fprintf(&units, `\u%04x`, r&0xffff)
			}
			for _, b := range []byte(text) {
				fmt.Fprintf(&hex, `\x%02x`, b)
			}
			encoded := []string{
				base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte("x" + text)),
				url.QueryEscape(text), string(escaped), `"` + hex.String() + `"`, `"` + units.String() + `"`, wide(text)[2:],
			}
			out = append(out, encoded[random.IntN(len(encoded))])
		}
	}
	return out
}

// versions are what one file is in one commit after the other: text goes, comes,
// moves and is put together, secrets whole, halved and encoded among it.
type versions struct {
	*rand.Rand
	pieces []string
	source []byte
	text   []byte
	zero   []string // what was taken out of text, to come back
}

func (v *versions) next() []byte {
	b := v.text
	at := v.IntN(len(b) + 1)
	end := min(len(b), at+v.IntN(200))
	p := v.pieces[v.IntN(len(v.pieces))]
	switch v.IntN(10) {
	case 0, 1: // a secret comes, whole
		b = slices.Insert(slices.Clone(b), at, []byte("\n"+p+"\n")...)
	case 2: // in halves, that something keeps apart
		half := v.IntN(len(p) + 1)
		b = slices.Concat(b[:at], []byte(p[:half]+"<<apart>>"+p[half:]), b[at:])
	case 3: // which goes
		b = bytes.Replace(b, []byte("<<apart>>"), nil, 1)
	case 4: // text goes, and may come back
		v.zero = append(v.zero, string(b[at:end]))
		b = slices.Concat(b[:at], b[end:])
	case 5:
		if len(v.zero) > 0 {
			b = slices.Concat(b[:at], []byte(v.zero[v.IntN(len(v.zero))]), b[at:])
		}
	case 6: // a stretch moves
		from := v.IntN(len(b) + 1)
		to := min(len(b), from+v.IntN(4000))
		moved := slices.Clone(b[from:to])
		b = slices.Concat(b[:from], b[to:])
		b = slices.Insert(b, min(at, len(b)), moved...)
	case 7: // source like other source
		from := v.IntN(len(v.source))
		b = slices.Concat(b[:at], v.source[from:min(len(v.source), from+v.IntN(2000))], b[at:])
	case 8: // a byte changes
		if len(b) > 0 {
			b = slices.Clone(b)
			b[v.IntN(len(b))] = byte(v.IntN(256))
		}
	case 9: // right beside what is there
		if i := bytes.Index(b, []byte("EXAMPLE")); i >= 0 {
			at = i
		}
		b = slices.Concat(b[:at], []byte(p[:v.IntN(len(p)+1)]), b[at:])
	}
	v.text = b
	return b
}

// notebook is a notebook of which a cell holds the text.
func notebook(text []byte) []byte {
	lines := strings.SplitAfter(strings.ToValidUTF8(string(text), "?"), "\n")
	cell := map[string]any{"cell_type": "code", "execution_count": 1, "metadata": map[string]any{}, "source": lines, "outputs": []any{
		map[string]any{"output_type": "stream", "name": "stdout", "text": lines[len(lines)/2:]},
	}}
	data, err := json.MarshalIndent(map[string]any{"cells": []any{cell}, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5}, "", " ")
	if err != nil {
		panic(err) // strings always encode
	}
	return data
}

// TestHistoryFindsWhatAllObjectsHold draws repositories whose files change as
// files do, secrets of all kinds among them, and lets git pack them in every way:
// what is found by looking at changes is what all objects hold.
func TestHistoryFindsWhatAllObjectsHold(t *testing.T) {
	seeds := 6
	if testing.Short() {
		seeds = 2
	}
	var source []byte
	for _, name := range []string{"history.go", "collect.go", "file.go", "allowmarks.go"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, data...)
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 11))
			format, args := objects.SHA1, []string(nil)
			if seed%3 == 2 {
				format, args = objects.SHA256, []string{"--object-format=sha256"}
			}
			r := newRepository(t, args...)
			all := pieces(t, random)
			files := make(map[string]*versions)
			for _, name := range []string{"a.py", "b/b.txt", "c.ipynb", "d.zip", "e-wide.txt", "f.bin", "g.py"} {
				from := random.IntN(len(source) / 2)
				files[name] = &versions{Rand: random, pieces: all, source: source, text: slices.Clone(source[from : from+random.IntN(16<<10)])}
			}
			names := []string{"a.py", "b/b.txt", "c.ipynb", "d.zip", "e-wide.txt", "f.bin", "g.py"}
			var in strings.Builder
			for i := range 70 {
				message := fmt.Sprintf("commit %d\n\n%s", i, all[random.IntN(len(all))])
				fmt.Fprintf(&in, "commit refs/heads/b%d\nmark :%d\ncommitter c <c@example.com> %d +0000\ndata %d\n%s\n", i%5, i+1, 1_000_000+i, len(message), message)
				if i > 0 {
					fmt.Fprintf(&in, "from :%d\n", max(1, i-random.IntN(6)))
					for m := range random.IntN(4) { // one more is an octopus
						if i%7 == 0 && i > m+8 {
							fmt.Fprintf(&in, "merge :%d\n", i-m-6)
						}
					}
				}
				for range 1 + random.IntN(3) {
					name := names[random.IntN(len(names))]
					content := files[name].next()
					switch name {
					case "c.ipynb":
						content = notebook(content)
					case "d.zip":
						content = []byte(zipped(t, "in/side.py", string(content)))
					case "e-wide.txt":
						content = []byte(wide(string(content)))
					case "f.bin":
						content = slices.Concat([]byte("\x00\x01"), content, []byte("\xff\x00"))
					}
					if random.IntN(9) == 0 {
						name = fmt.Sprintf("moved%d/%s", i, name)
					}
					fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", name, len(content), content)
				}
				in.WriteString("\n")
			}
			fmt.Fprintf(&in, "tag v1\nfrom :9\ntagger c <c@example.com> 1 +0000\ndata %d\n%s\n", len(all[0]), all[0])
			r.pipe(in.String(), "fast-import", "--quiet")
			r.git("symbolic-ref", "HEAD", "refs/heads/b0")
			gitDir := filepath.Join(r.dir, ".git")

			held := agreesWithWhole(t, gitDir, format)
			r.git("repack", "-q", "-a", "-d", "-f", "-k", "--depth=200", "--window=60")
			if again := agreesWithWhole(t, gitDir, format); again != held || held < 50 {
				t.Errorf("%d objects hold something, and %d when packed", held, again)
			}
			deltas := strings.Count(r.git("verify-pack", "-v", filepath.Join(gitDir, "objects/pack", packName(t, gitDir))), "\n")
			if deltas < 100 {
				t.Errorf("a pack of %d lines", deltas)
			}
			if seed == 1 {
				r.git("gc", "-q", "--aggressive", "--prune=now")
				agreesWithWhole(t, gitDir, format)
			}
			r.git("config", "uploadpack.allowFilter", "true")
			from := "file://" + filepath.ToSlash(r.dir)
			for name, args := range map[string][]string{
				"shallow": {"--depth=5"}, "partial": {"--filter=blob:limit=9k", "--no-checkout"}, "without trees": {"--filter=tree:2", "--no-checkout"},
			} {
				to := filepath.Join(t.TempDir(), name)
				r.git(slices.Concat([]string{"clone", "-q", "--no-local"}, args, []string{from, to})...)
				agreesWithWhole(t, filepath.Join(to, ".git"), format)
			}
		})
	}
}

func packName(t *testing.T, gitDir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(gitDir, "objects/pack/*.idx"))
	if err != nil || len(names) != 1 {
		t.Fatalf("packs: %v, %v", names, err)
	}
	return filepath.Base(names[0])
}
