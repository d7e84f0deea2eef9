// Command score runs a scanner over the corpus and counts what it finds.
//
//	go run ./testdata/bench/score -corpus DIR -tool scopeaudit -bin FILE [-want N] [-- ARGUMENT…]
//
// What follows "--" is handed on to the scanner. The exit status is 0 whatever
// was found, since this measures and does not judge; with -want it is 1 below N.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"scopeaudit/testdata/bench/manifest"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("score: ")
	corpus := flag.String("corpus", "", "folder that the corpus program wrote")
	tool := flag.String("tool", "scopeaudit", "scopeaudit or gitleaks")
	bin := flag.String("bin", "", "the scanner's program")
	want := flag.Int("want", 0, "fail below this many found")
	table := flag.Bool("table", false, "print lines of \"what | how many\" and nothing else")
	flag.Parse()
	run := map[string]func(bin, dir string, more []string) ([]finding, error){"scopeaudit": scopeaudit, "gitleaks": gitleaks}[*tool]
	if *corpus == "" || *bin == "" || run == nil {
		flag.Usage()
		os.Exit(2)
	}
	values, err := manifest.Read(filepath.Join(*corpus, "manifest.jsonl"))
	if err != nil {
		log.Fatal(err)
	}
	findings, err := run(*bin, filepath.Join(*corpus, "files"), flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	s := judge(values, findings)
	s.print(*table)
	if s.found < *want {
		log.Fatalf("%d found, %d wanted", s.found, *want)
	}
}

// score is how a scanner did.
type score struct {
	planted, found         int
	kinds                  []manifest.Kind
	plantedKind, foundKind map[manifest.Kind]int
	missed                 []manifest.Value
	decoys, falseAlarms    int
	alarms                 []string
}

func judge(values []manifest.Value, findings []finding) score {
	s := score{plantedKind: map[manifest.Kind]int{}, foundKind: map[manifest.Kind]int{}}
	for _, v := range values {
		if v.Decoy() {
			s.decoys++
			if alarms := alarmsIn(v.File, findings); len(alarms) > 0 {
				s.falseAlarms++
				s.alarms = append(s.alarms, fmt.Sprintf("%s  %s  %v", v.File, v.Hides, alarms))
			}
			continue
		}
		if s.plantedKind[v.Kind] == 0 {
			s.kinds = append(s.kinds, v.Kind)
		}
		s.planted++
		s.plantedKind[v.Kind]++
		if slices.ContainsFunc(findings, func(f finding) bool { return f.covers(v) }) {
			s.found++
			s.foundKind[v.Kind]++
		} else {
			s.missed = append(s.missed, v)
		}
	}
	return s
}

// alarmsIn names the rules that fired in a file.
func alarmsIn(file string, findings []finding) []string {
	var alarms []string
	for _, f := range findings {
		if f.file == file && !f.harmless {
			alarms = append(alarms, f.rule)
		}
	}
	slices.Sort(alarms)
	return slices.Compact(alarms)
}

func (s score) print(table bool) {
	line := func(what string, n, of int) {
		if table {
			fmt.Printf("%s, of %d|%d\n", what, of, n)
		} else {
			fmt.Printf("%-22s %3d of %3d\n", what, n, of)
		}
	}
	for _, k := range s.kinds {
		line(string(k), s.foundKind[k], s.plantedKind[k])
	}
	line("all", s.found, s.planted)
	values, of := s.found, s.planted
	for _, k := range []manifest.Kind{manifest.OAuthClient, manifest.FullCredential} {
		values, of = values-s.foundKind[k], of-s.plantedKind[k]
	}
	line("all but composites", values, of)
	line("decoys with an alarm", s.falseAlarms, s.decoys)
	if table {
		return
	}
	for _, v := range s.missed {
		fmt.Println("missed:", v)
	}
	for _, a := range s.alarms {
		fmt.Println("false alarm:", a)
	}
}
