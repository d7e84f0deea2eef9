package secrets

import (
	"encoding/base64"
	"encoding/hex"
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
	drawn    = regexp.MustCompile(`\{(url64|b64|an|alpha|up|b32|low|hex|digit|bech32):(\d+):(\d+)\}`)
	repeated = regexp.MustCompile(`\{repeat:([^:}]+):(\d+)\}`)
	opened   = regexp.MustCompile(`\{(base64|base64url|hex|der:[0-9a-f]{2}|crc32b62|crc32b36|bech32:[a-z-]+)\}`)
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
	// What stands innermost first.
	for {
		end := strings.Index(s, "{end}")
		if end < 0 {
			return s
		}
		blocks := opened.FindAllStringSubmatchIndex(s[:end], -1)
		if len(blocks) == 0 {
			t.Fatalf("{end} of nothing: %q", s)
		}
		last := blocks[len(blocks)-1]
		s = s[:last[0]] + wrap(t, s[last[2]:last[3]], s[last[1]:end]) + s[end+len("{end}"):]
	}
}

// wrap encodes or completes the text of a block.
func wrap(t testing.TB, how, text string) string {
	switch name, argument, _ := strings.Cut(how, ":"); name {
	case "base64":
		return base64.StdEncoding.EncodeToString([]byte(text))
	case "base64url":
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	case "crc32b62":
		return text + crcBase62([]byte(text))
	case "crc32b36":
		return text + crcBase36([]byte(text))
	case "hex":
		out, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	case "der":
		tag, err := hex.DecodeString(argument)
		if err != nil {
			t.Fatal(err)
		}
		return string(tag) + "\x82" + string([]byte{byte(len(text) >> 8), byte(len(text))}) + text
	default: // bech32
		return strings.ToUpper(argument+"1"+text) + strings.ToUpper(bech32Checksum(argument, text))
	}
}

// bech32Checksum makes what bech32Fits verifies, as BIP 173 says.
func bech32Checksum(prefix, data string) string {
	sum := bech32Sum(prefix)
	for i := range len(data) {
		sum = bech32Step(sum, byte(strings.IndexByte(bech32Alphabet, data[i])))
	}
	for range 6 {
		sum = bech32Step(sum, 0)
	}
	sum ^= 1
	var out []byte
	for i := range 6 {
		out = append(out, bech32Alphabet[sum>>(5*(5-i))&31])
	}
	return string(out)
}

func draw(set string, n int, state uint64) string {
	alphabet := map[string]string{
		"url64": capitals + smalls + digits + "-_", "b64": capitals + smalls + digits + "+/",
		"an": capitals + smalls + digits, "up": capitals + digits, "low": smalls + digits,
		"hex": digits + "abcdef", "digit": digits, "alpha": capitals + smalls, "b32": capitals + "234567",
		"bech32": bech32Alphabet,
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
