package secrets

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

const vectorDir = "../../testdata/vectors/secrets"

// vector is one case; testdata/vectors/secrets/README.md says how they are
// written.
type vector struct {
	name, path, text string
	expect           []string
}

func readVectors(t testing.TB, rule rules.ID) []vector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(vectorDir, string(rule)+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	for _, part := range strings.Split("\n"+string(data), "\n=== ")[1:] {
		head, text, ok := strings.Cut(part, "\n\n")
		if !ok {
			t.Fatalf("%s: a case without text: %q", rule, part)
		}
		lines := strings.Split(head, "\n")
		v := vector{name: lines[0], text: expand(t, strings.TrimSuffix(text, "\n"))}
		for _, line := range lines[1:] {
			key, value, _ := strings.Cut(line, ": ")
			switch key {
			case "path":
				v.path = value
			case "expect":
				if value != "nothing" {
					v.expect = strings.Split(value, ", ")
					slices.Sort(v.expect)
				}
			default:
				t.Fatalf("%s: %s: unknown header %q", rule, v.name, line)
			}
		}
		out = append(out, v)
	}
	return out
}

var (
	drawn    = regexp.MustCompile(`\{(url64|b64|an|up|low|hex|digit):(\d+):(\d+)\}`)
	repeated = regexp.MustCompile(`\{repeat:([^:}]+):(\d+)\}`)
	encoded  = regexp.MustCompile(`(?s)\{base64\}(.*?)\{end\}`)
)

const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	smalls   = "abcdefghijklmnopqrstuvwxyz"
	digits   = "0123456789"
)

func expand(t testing.TB, s string) string {
	t.Helper()
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	s = drawn.ReplaceAllStringFunc(s, func(m string) string {
		f := drawn.FindStringSubmatch(m)
		return draw(f[1], number(f[2]), uint64(number(f[3])))
	})
	s = repeated.ReplaceAllStringFunc(s, func(m string) string {
		f := repeated.FindStringSubmatch(m)
		return strings.Repeat(f[1], number(f[2]))
	})
	return encoded.ReplaceAllStringFunc(s, func(m string) string {
		return base64.StdEncoding.EncodeToString([]byte(encoded.FindStringSubmatch(m)[1]))
	})
}

func draw(set string, n int, state uint64) string {
	alphabet := map[string]string{
		"url64": capitals + smalls + digits + "-_", "b64": capitals + smalls + digits + "+/",
		"an": capitals + smalls + digits, "up": capitals + digits, "low": smalls + digits,
		"hex": digits + "abcdef", "digit": digits,
	}[set]
	out := make([]byte, n)
	for i := range out {
		state = state*6364136223846793005 + 1442695040888963407
		out[i] = alphabet[(state>>33)%uint64(len(alphabet))]
	}
	return string(out)
}

func scan(s *Scanner, path string, data []byte) []Leak {
	p := s.Begin(rules.Location{Origin: rules.Tree, Path: path})
	for _, v := range decode.Views(data) {
		p.Scan(v)
	}
	return p.End()
}

func ruleSet(leaks []Leak) []string {
	var ids []string
	for _, l := range leaks {
		ids = append(ids, string(l.Rule))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestVectors(t *testing.T) {
	s := NewScanner(Key{1})
	for _, r := range Rules() {
		var positive, negative int
		for _, v := range readVectors(t, r.ID) {
			if slices.Contains(v.expect, string(r.ID)) {
				positive++
			} else {
				negative++
			}
			t.Run(string(r.ID)+"/"+v.name, func(t *testing.T) {
				if diff := cmp.Diff(v.expect, ruleSet(scan(s, v.path, []byte(v.text)))); diff != "" {
					t.Errorf("rules that fired (-want +got):\n%s", diff)
				}
			})
		}
		if positive < 5 || negative < 5 {
			t.Errorf("%s has %d positive and %d negative vectors, want five of each", r.ID, positive, negative)
		}
	}
}
