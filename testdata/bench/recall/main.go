// Command recall asks how many of gitleaks' own positives we find, for the
// families that both know: the texts by which gitleaks tests each of its rules,
// most of which its generator makes up anew each time it runs.
//
//	go run ./testdata/bench/recall [-rounds N] [-want 0.95] [-misses]
//
// Nothing of gitleaks is kept here: its module is brought by the go command and
// copied to a folder of its own, where one file is replaced by print.txt. A text
// counts as found if the rule that families.go names finds something in it;
// unfit.go says which are no secrets at all.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

const module = "github.com/zricethezav/gitleaks/v8@v8.30.1"

//go:embed print.txt
var printer []byte

func main() {
	log.SetFlags(0)
	log.SetPrefix("recall: ")
	rounds := flag.Int("rounds", 5, "how often positives are made up")
	want := flag.Float64("want", 0, "fail if a family's recall is below this")
	misses := flag.Bool("misses", false, "print what was missed")
	flag.Parse()
	dir, err := os.MkdirTemp("", "recall")
	check(err)
	err = run(dir, *rounds, *want, *misses)
	os.RemoveAll(dir)
	check(err)
}

func run(dir string, rounds int, want float64, misses bool) error {
	generator, err := build(dir)
	if err != nil {
		return err
	}
	scores := map[string]*score{}
	for range rounds {
		cmd := exec.Command(generator, os.DevNull)
		cmd.Dir, cmd.Stderr = filepath.Join(dir, "cmd", "generate", "config"), os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("the generator: %w", err)
		}
		if err := count(out, scores); err != nil {
			return err
		}
	}
	return report(scores, want, misses)
}

// build compiles gitleaks' generator, which prints positives instead of checking
// them.
func build(dir string) (string, error) {
	out, err := command("", "go", "mod", "download", "-json", module)
	if err != nil {
		return "", err
	}
	var at struct{ Dir string }
	if err := json.Unmarshal(out, &at); err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS(at.Dir)); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "cmd", "generate", "config", "utils", "validate.go")
	if err := os.Remove(file); err != nil { // it is read-only, and what print.txt replaces must be there
		return "", err
	}
	if err := os.WriteFile(file, printer, 0o600); err != nil {
		return "", err
	}
	generator := filepath.Join(dir, "generator")
	_, err = command(dir, "go", "build", "-o", generator, "./cmd/generate/config")
	return generator, err
}

func command(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %v: %w", name, args, err)
	}
	return out, nil
}

// score is how the positives of one rule of gitleaks did.
type score struct {
	found, all int
	unfit      int // missed, and rightly so
	missed     []string
}

func (s *score) recall() float64 { return float64(s.found) / float64(max(s.all, 1)) }

// count scans the positives and adds to scores.
func count(positives []byte, scores map[string]*score) error {
	scanner := secrets.NewScanner(secrets.Key{})
	for in := json.NewDecoder(bytes.NewReader(positives)); ; {
		var p struct{ Rule, Path, Text string }
		if err := in.Decode(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		ours, ok := families[p.Rule]
		if !ok {
			continue
		}
		s := scores[p.Rule]
		if s == nil {
			s = &score{}
			scores[p.Rule] = s
		}
		why := unfit(p.Rule, p.Text)
		if why == "" {
			s.all++
		}
		switch hit, other, err := scan(scanner, p.Path, p.Text, ours); {
		case err != nil:
			return err
		case why != "":
			if !hit {
				s.unfit++
				s.missed = append(s.missed, fmt.Sprintf("(%s) %v %q", why, other, p.Text))
			}
		case hit:
			s.found++
		default:
			s.missed = append(s.missed, fmt.Sprintf("%v %q", other, p.Text))
		}
	}
}

// scan says whether a rule finds something in a file, and which others do.
func scan(scanner *secrets.Scanner, path, text string, rule rules.ID) (hit bool, others []rules.ID, err error) {
	_, err = decode.Each([]byte(text), decode.Limits{}, func(_ decode.Member, views iter.Seq[decode.View]) error {
		pass := scanner.Begin(rules.Location{Origin: rules.Tree, Path: path})
		for v := range views {
			pass.Scan(v)
		}
		for _, leak := range pass.End() {
			hit = hit || leak.Rule == rule
			others = append(others, leak.Rule)
		}
		return nil
	})
	return hit, others, err
}

func report(scores map[string]*score, want float64, misses bool) error {
	total, failed := score{}, 0
	fmt.Printf("%-46s%-26s%11s%8s%8s\n", "gitleaks' rule", "ours", "found", "recall", "unfit")
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		total.found, total.all, total.unfit = total.found+s.found, total.all+s.all, total.unfit+s.unfit
		recall := "–" // nothing to find, and so nothing was missed
		if s.all > 0 {
			recall = fmt.Sprintf("%.3f", s.recall())
		}
		fmt.Printf("%-46s%-26s%5d/%-5d%8s%8d\n", name, families[name], s.found, s.all, recall, s.unfit)
		if s.all > 0 && s.recall() < want {
			failed++
		}
		if misses {
			slices.Sort(s.missed)
			for _, m := range slices.Compact(s.missed) {
				fmt.Println("    missed:", m)
			}
		}
	}
	fmt.Printf("%-72s%5d/%-5d%8.3f%8d\n", "all", total.found, total.all, total.recall(), total.unfit)
	if failed > 0 {
		return fmt.Errorf("%d below %.2f", failed, want)
	}
	return nil
}

// check ends the program: what it does either works or is of no use.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
