// Command score holds what is inferred of programs to what people say of them.
//
//	go run ./testdata/bench/needs/score                          the vectors
//	go run ./testdata/bench/needs/score -programs DIR            real programs, but those held back
//	go run ./testdata/bench/needs/score -programs DIR -held      those held back
//	go run ./testdata/bench/needs/score -programs DIR -sample 2  those of the second sample
//	go run ./testdata/bench/needs/score -sources                 where the real programs come from
//
// DIR is what fetch.sh filled. The exit status is 0 whatever differs, since this
// measures and does not judge; a program that is not in DIR is an error.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	"scopeaudit/testdata/bench/needs/labels"
)

const (
	facts   = "testdata/bench/needs/programs.jsonl"
	vectors = "testdata/vectors/needs"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("score: ")
	dir := flag.String("programs", "", "folder with the real programs")
	held := flag.Bool("held", false, "score those that are held back, and no others")
	sample := flag.Int("sample", 0, "score only those of the first sample, 1, or of the second, 2")
	sources := flag.Bool("sources", false, "print where the programs come from")
	quiet := flag.Bool("quiet", false, "print no differences")
	flag.Parse()
	if *sources {
		if err := printSources(); err != nil {
			log.Fatal(err)
		}
		return
	}
	c, err := scopes.Load()
	if err != nil {
		log.Fatal(err)
	}
	x := needs.NewIndex(c)
	tables := &table{quiet: *quiet}
	if *dir == "" {
		err = scoreVectors(x, tables)
	} else {
		err = scoreReal(x, *dir, *held, *sample, tables)
	}
	if err != nil {
		log.Fatal(err)
	}
	tables.print()
}

// table keeps a score for each language.
type table struct {
	quiet bool
	names []string
	rows  map[string]*labels.Score
	all   labels.Score
}

func (t *table) add(language, name string, s labels.Score) {
	if t.rows == nil {
		t.rows = map[string]*labels.Score{}
	}
	if t.rows[language] == nil {
		t.rows[language] = &labels.Score{}
		t.names = append(t.names, language)
	}
	t.rows[language].Add(s)
	t.all.Add(s)
	if !t.quiet {
		for _, d := range s.Differences {
			fmt.Printf("%s: %s\n", name, d)
		}
	}
}

func (t *table) print() {
	fmt.Printf("\n%-10s %8s %6s  %-23s %-23s %-9s %s\n", "", "programs", "agree", "calls: precision recall", "scopes: precision recall", "verdicts", "over-privileged: told missed false")
	row := func(name string, s labels.Score) {
		fmt.Printf("%-10s %8d %6d  %11.3f (%d) %.3f  %12.3f (%d) %.3f  %5d/%-5d %8d %6d %6d\n", name, s.Programs, s.Clean,
			s.Calls.Precision(), s.Calls.Right+s.Calls.Missed, s.Calls.Recall(),
			s.Requested.Precision(), s.Requested.Right+s.Requested.Missed, s.Requested.Recall(),
			s.RightVerdicts, s.Verdicts, s.RightAccusations, s.MissedAccusations, s.FalseAccusations)
	}
	for _, name := range t.names {
		row(name, *t.rows[name])
	}
	row("all", t.all)
}

func scoreVectors(x *needs.Index, t *table) error {
	files, err := filepath.Glob(vectors + "/*.txtar")
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no vectors in %s: %w", vectors, err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		language, _, _ := strings.Cut(name, "-")
		s, err := labels.CompareVector(x, archive)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		t.add(language, name, s)
	}
	return nil
}

func scoreReal(x *needs.Index, dir string, held bool, sample int, t *table) error {
	programs, err := labels.ReadReal(facts)
	if err != nil {
		return err
	}
	for _, p := range programs {
		if p.Held != held || sample != 0 && p.Sample != sample {
			continue
		}
		folder := filepath.Join(dir, p.Name)
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return &fs.PathError{Op: "score", Path: folder, Err: fs.ErrNotExist}
		}
		r, err := labels.Infer(x, os.DirFS(folder))
		if err != nil {
			return err
		}
		t.add(p.Language, p.Name, labels.Compare(p.Program, r))
	}
	return nil
}

// printSources writes a line for each program, its parts separated by tabs.
func printSources() error {
	programs, err := labels.ReadReal(facts)
	if err != nil {
		return err
	}
	for _, p := range programs {
		root := p.Source.Root
		if root == "" {
			root = "."
		}
		fmt.Println(strings.Join([]string{p.Name, p.Source.Kind, p.Source.From, p.Source.Revision, root, strings.Join(p.Source.Paths, "|")}, "\t"))
	}
	return nil
}
