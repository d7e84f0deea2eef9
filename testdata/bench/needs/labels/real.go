package labels

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Real is a real program: where it comes from, and what is said of it.
type Real struct {
	Name, Language string
	// Held says that it is held back: scored only when nothing is tuned any more.
	Held bool
	// Sample is 2 for those drawn when the inference had been tuned to the first.
	Sample int
	Source Source
	Program
}

// Source says how to obtain a program.
type Source struct {
	Kind     string   // "git", "gomod" or "debian"
	From     string   // repository, module or package
	Revision string   // commit or version
	Root     string   // folder that the paths are in
	Paths    []string // what of it is the program
}

// ReadReal reads programs.jsonl.
func ReadReal(file string) ([]Real, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	type named struct{ Scope, Method, At string }
	var all []Real
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var line struct {
			Name, Language   string
			Held             bool
			Sample           int
			Source           Source
			Requested, Calls []named
			MayRequest       []named `json:"may_request"`
			MayCall          []named `json:"may_call"`
			Verdict          string
			Over             *bool
		}
		if err := d.Decode(&line); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		r := Real{Name: line.Name, Language: line.Language, Held: line.Held, Sample: max(1, line.Sample), Source: line.Source}
		r.Verdict, r.OverKnown = line.Verdict, line.Over != nil
		r.Over = r.OverKnown && *line.Over
		for _, part := range []struct {
			from []named
			to   *[]Label
		}{{line.Requested, &r.Requested}, {line.Calls, &r.Calls}, {line.MayRequest, &r.MayRequest}, {line.MayCall, &r.MayCall}} {
			for _, n := range part.from {
				place, err := ParsePlace(n.At)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", r.Name, err)
				}
				*part.to = append(*part.to, Label{Name: n.Scope + n.Method, Place: place, State: "live"})
			}
		}
		all = append(all, r)
	}
}
