package rules

import "fmt"

// Severity is how bad it is if the finding is true. It says nothing about how
// likely it is to be true: that is Confidence.
type Severity int

// The severities, mildest first, so that they compare with < and >.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// Severities lists all severities, mildest first.
func Severities() []Severity { return []Severity{Info, Low, Medium, High, Critical} }

// String returns the name used in reports, policies and flags.
func (s Severity) String() string {
	if s < Info || s > Critical {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// ParseSeverity reads a name as String writes it.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q (want info, low, medium, high or critical)", name)
}

// MarshalText makes a severity its name in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// Confidence is how sure we are that the finding is what it says it is.
type Confidence int

// The confidences, least sure first. The zero value means "not said" and is
// only seen in rules under construction.
const (
	LowConfidence Confidence = iota + 1
	MediumConfidence
	HighConfidence
)

var confidenceNames = [...]string{"low", "medium", "high"}

// String returns the name used in reports.
func (c Confidence) String() string {
	if c < LowConfidence || c > HighConfidence {
		return fmt.Sprintf("confidence(%d)", int(c))
	}
	return confidenceNames[c-1]
}

// ParseConfidence reads a name as String writes it.
func ParseConfidence(name string) (Confidence, error) {
	for i, n := range confidenceNames {
		if n == name {
			return Confidence(i + 1), nil
		}
	}
	return 0, fmt.Errorf("unknown confidence %q (want low, medium or high)", name)
}

// MarshalText makes a confidence its name in JSON.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Confidence) UnmarshalText(text []byte) error {
	v, err := ParseConfidence(string(text))
	if err != nil {
		return err
	}
	*c = v
	return nil
}
