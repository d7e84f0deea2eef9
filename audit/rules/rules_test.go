package rules

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestSeverityNames(t *testing.T) {
	for _, s := range Severities() {
		got, err := ParseSeverity(s.String())
		if err != nil || got != s {
			t.Errorf("%v is read back as %v, %v", s, got, err)
		}
		var back Severity
		data, err := json.Marshal(s)
		if err != nil || json.Unmarshal(data, &back) != nil || back != s {
			t.Errorf("%v does not survive JSON: %s", s, data)
		}
	}
	if !slices.IsSorted(Severities()) {
		t.Error("severities are not in their own order")
	}
	for _, bad := range []string{"", "HIGH", "severe", "severity(9)"} {
		if s, err := ParseSeverity(bad); err == nil {
			t.Errorf("%q is read as %v", bad, s)
		}
	}
	var s Severity
	if err := json.Unmarshal([]byte(`"awful"`), &s); err == nil {
		t.Error("an unknown severity is read from JSON")
	}
}

func TestConfidenceNames(t *testing.T) {
	for _, c := range []Confidence{LowConfidence, MediumConfidence, HighConfidence} {
		got, err := ParseConfidence(c.String())
		if err != nil || got != c {
			t.Errorf("%v is read back as %v, %v", c, got, err)
		}
		var back Confidence
		data, err := json.Marshal(c)
		if err != nil || json.Unmarshal(data, &back) != nil || back != c {
			t.Errorf("%v does not survive JSON: %s", c, data)
		}
	}
	if _, err := ParseConfidence("certain"); err == nil {
		t.Error("an unknown confidence is read")
	}
}

func TestLocationString(t *testing.T) {
	for _, tt := range []struct {
		at   Location
		want string
	}{
		{Location{Path: "a.py"}, "a.py"},
		{Location{Path: "a.py", Line: 3}, "a.py:3"},
		{Location{Path: "a.py", Line: 3, Column: 7}, "a.py:3:7"},
		{Location{Path: "a.py", Column: 7}, "a.py"},
		{Location{Path: "a.zip", Member: "in/b.py", Line: 1}, "a.zip!in/b.py:1"},
		{Location{Path: "n.ipynb", Line: 9, Cell: 5, Execution: 7}, "n.ipynb:9 (cell 5, In [7])"},
		{Location{Path: "n.ipynb", Line: 9, Cell: 5, Output: true}, "n.ipynb:9 (cell 5, output)"},
	} {
		if got := tt.at.String(); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.at, got, tt.want)
		}
	}
}

func TestLocationOrder(t *testing.T) {
	sorted := []Location{
		{Path: "a", Line: 2}, {Path: "a", Line: 10}, {Path: "a", Line: 10, Column: 2}, {Path: "a", Member: "m"}, {Path: "b"},
	}
	shuffled := []Location{sorted[3], sorted[1], sorted[4], sorted[0], sorted[2]}
	slices.SortFunc(shuffled, Location.Compare)
	for i := range sorted {
		if shuffled[i].Compare(sorted[i]) != 0 {
			t.Fatalf("order %v, want %v", shuffled, sorted)
		}
	}
}

func TestCoverage(t *testing.T) {
	c := Coverage{Files: 1, Bytes: 10, Skipped: []Skipped{{Path: "link", Kind: ByDesign}}}
	if c.Failed() {
		t.Error("a skip by design counts as a failure")
	}
	c.Add(Coverage{Files: 2, Bytes: 5, Blobs: 3, Suppressed: 1, Skipped: []Skipped{{Path: "x", Kind: ByFailure}}})
	if c.Files != 3 || c.Bytes != 15 || c.Blobs != 3 || c.Suppressed != 1 || len(c.Skipped) != 2 || !c.Failed() {
		t.Errorf("joined: %+v", c)
	}
}
