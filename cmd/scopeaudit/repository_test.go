package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const repository = "../.."

// committed calls fn with every file that the repository would hold.
func committed(t *testing.T, fn func(path string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err == nil {
			fn(path, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fullShapes are what a hosting service's push protection, or a thief, would
// take for a real secret.
var fullShapes = map[string]*regexp.Regexp{
	"access token":    regexp.MustCompile(`ya29\.[A-Za-z0-9_-]{20,}`),
	"refresh token":   regexp.MustCompile(`1//0[A-Za-z0-9_-]{40,}`),
	"client secret":   regexp.MustCompile(`GOCSPX-[A-Za-z0-9_-]{28}`),
	"API key":         regexp.MustCompile(`AIza[A-Za-z0-9_-]{35}`),
	"express key":     regexp.MustCompile(`AQ\.Ab8R[A-Za-z0-9_-]{46}`),
	"private key":     regexp.MustCompile(`PRIVATE KEY-----(\\n|\s)*[A-Za-z0-9+/]{64}`),
	"GitHub token":    regexp.MustCompile(`gh[pousr]_[A-Za-z0-9]{36}`),
	"FCM key":         regexp.MustCompile(`AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140}`),
	"storage HMAC id": regexp.MustCompile(`GOOG1[A-Z0-9]{20,}`),
	"GitHub grained":  regexp.MustCompile(`github_pat_\w{82}`),
	"GitLab token":    regexp.MustCompile(`glpat-[\w-]{20}`),
	"Slack token":     regexp.MustCompile(`xox[a-z]-\d{10,}-`),
	"Slack webhook":   regexp.MustCompile(`hooks\.slack\.com/services/T\w+/B\w+/\w{20}`),
	"AWS key id":      regexp.MustCompile(`(AKIA|ASIA)[A-Z2-7]{16}`),
	"Stripe key":      regexp.MustCompile(`[sr]k_live_\w{10}`),
	"npm token":       regexp.MustCompile(`npm_\w{36}`),
	"PyPI token":      regexp.MustCompile(`pypi-AgEI[\w-]{50}`),
	"SendGrid key":    regexp.MustCompile(`SG\.[\w-]{22}\.[\w-]{43}`),
	"Hugging Face":    regexp.MustCompile(`hf_[A-Za-z]{34}`),
	"DigitalOcean":    regexp.MustCompile(`do[por]_v1_[0-9a-f]{64}`),
	"Docker Hub":      regexp.MustCompile(`dckr_[po]at_[\w-]{27}`),
	"Shopify":         regexp.MustCompile(`shp(at|ca|pa|ss)_[0-9a-f]{32}`),
	"age key":         regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]{58}`),
	"Anthropic key":   regexp.MustCompile(`sk-ant-\w+-[\w-]{90}`),
	"OpenAI key":      regexp.MustCompile(`T3BlbkFJ[\w-]{20}`),
	"Facebook token":  regexp.MustCompile(`EAA[A-Za-z0-9]{80}`),
	"Entra secret":    regexp.MustCompile(`\dQ~[\w~.-]{31}`),
	"JWT":             regexp.MustCompile(`eyJ[\w-]{17,}\.eyJ[\w-]{17,}\.[\w-]{10,}`),
}

// The values of the example project and of the vectors are cut short, or put
// together when a test runs.
func TestRepositoryHoldsNoFullToken(t *testing.T) {
	files := 0
	committed(t, func(path string, data []byte) {
		files++
		for name, shape := range fullShapes {
			if shape.Match(data) {
				t.Errorf("%s holds a %s of full shape", path, name)
			}
		}
	})
	if files < 50 {
		t.Fatalf("only %d files were looked at", files)
	}
	sample := "ya29" + "." + strings.Repeat("aB3", 10)
	if !fullShapes["access token"].MatchString(sample) {
		t.Error("the search itself does not work")
	}
}

// commandLine finds `scopeaudit …` where a text tells people to type it: between
// backquotes, indented as an example, after a prompt, or through go run.
var commandLine = regexp.MustCompile("(?m)(?:`|^ {2,4}|\\$ |run \\./cmd/)scopeaudit ([^`\n]+)")

// What people are told to type must exist: in remedies, hints, help, policies
// and documents alike.
func TestCommandsThatTextsNameExist(t *testing.T) {
	root := (&app{}).root()
	seen := 0
	committed(t, func(path string, data []byte) {
		switch filepath.Ext(path) {
		case ".go", ".md", ".yaml":
		default:
			return
		}
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, match := range commandLine.FindAllStringSubmatch(string(data), -1) {
			words := strings.Fields(match[1])
			if verb := strings.Trim(words[0], `",:;)`); !isVerb(root, verb) {
				// What is left is a path, a flag or a synopsis.
				if !strings.HasPrefix(words[0], "-") && !strings.ContainsAny(words[0], `./["`) && verb != "PATH" {
					t.Errorf("%s tells people to run `scopeaudit %s`, and there is no such verb", path, match[1])
				}
				continue
			}
			seen++
			checkLine(t, path, root, words)
		}
	})
	if seen < 10 {
		t.Errorf("only %d commands were found in the texts", seen)
	}
}

func isVerb(root *cobra.Command, word string) bool {
	if word == "help" || word == "completion" {
		return true
	}
	for _, c := range root.Commands() {
		if c.Name() == word {
			return true
		}
	}
	return false
}

// checkLine holds a command line's subcommands and flags to the command tree.
func checkLine(t *testing.T, path string, root *cobra.Command, words []string) {
	t.Helper()
	cmd, _, err := root.Find(words)
	if err != nil {
		t.Errorf("%s: `scopeaudit %s`: %v", path, strings.Join(words, " "), err)
		return
	}
	if cmd.Name() == "policy" && len(words) > 1 && !strings.HasPrefix(words[1], "-") && !strings.Contains(words[1], "|") {
		t.Errorf("%s: `scopeaudit %s`: policy has no such verb", path, strings.Join(words, " "))
	}
	for _, word := range words {
		name, ok := strings.CutPrefix(strings.Trim(word, "`[].,;:)\""), "--")
		name, _, _ = strings.Cut(name, "=")
		if !ok || name == "" {
			continue
		}
		if cmd.Flag(name) == nil && cmd.InheritedFlags().Lookup(name) == nil && name != "help" {
			t.Errorf("%s: `scopeaudit %s`: no flag --%s", path, strings.Join(words, " "), name)
		}
	}
}
