package audit_test

import (
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layout is a language in which lists are written in every way.
type layout struct {
	command  []string // reads JSON texts from standard input, and gives what SCOPES is in each
	file     string
	remark   string
	quotes   []string
	brackets []string
	client   string
}

var pythonLayout = layout{
	command: []string{"python3", "-c", `import json,sys
out=[]
for text in json.load(sys.stdin):
    g={}
    exec(text,g)
    out.append(type(g["SCOPES"]).__name__+" "+" ".join(sorted(g["SCOPES"])))
print(json.dumps(out))`},
	file: "a.py", remark: "#", quotes: []string{"'", `"`, "r'", `u"`}, brackets: []string{"[]", "()", "{}"}, client: client,
}

var scriptLayout = layout{
	command: []string{"node", "-e", `const texts = JSON.parse(require('fs').readFileSync(0));
console.log(JSON.stringify(texts.map(t => { const s = eval(t + '; SCOPES'); return s.constructor.name + ' ' + s.filter(x => x !== undefined).sort().join(' ') + (s.includes(undefined) ? ' hole' : '') })))`},
	file: "a.js", remark: "//", quotes: []string{"'", `"`, "`"}, brackets: []string{"[]"},
	client: "const auth = new google.auth.GoogleAuth({ scopes: SCOPES });\ngoogle.gmail({ version: 'v1', auth }).users.messages.list({ userId: 'me', q: 'x' });\n",
}

// write writes a list of scopes in some way.
func (l layout) write(r *rand.Rand, list []string) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	brackets := pick(l.brackets...)
	gap := func() string { return pick("", " ", "\t") }
	if r.IntN(4) > 0 {
		gap = func() string {
			return pick(" ", "\n    ", "\n", "\n\t", "\n\n  ", "  "+l.remark+" a, (b [c\n    ", "\n    "+l.remark+" it's \"x\", {y\n    ")
		}
	}
	var b strings.Builder
	b.WriteString(map[bool]string{true: "var SCOPES = ", false: "SCOPES = "}[l.file == "a.js"] + brackets[:1] + gap())
	for i, s := range list {
		quote := pick(l.quotes...)
		b.WriteString(quote + s + quote[len(quote)-1:])
		if last := i == len(list)-1; last && r.IntN(2) > 0 && (brackets != "()" || i > 0) {
			b.WriteString(gap())
		} else {
			b.WriteString(pick("", " ", "\t") + "," + gap())
		}
	}
	b.WriteString(brackets[1:] + pick("", "  "+l.remark+" end, of it") + "\n")
	return b.String()
}

// TestFixLayouts narrows lists that are written in every way, and asks their own
// language what they are then: a list stays a list and a tuple a tuple, and it has
// just what was meant.
func TestFixLayouts(t *testing.T) {
	const prefix = "https://www.googleapis.com/auth/"
	needed := []string{"https://mail.google.com/", prefix + "gmail.modify", prefix + "gmail.readonly"}
	others := []string{prefix + "drive", prefix + "calendar", prefix + "tasks", prefix + "gmail.send", prefix + "gmail.labels"}
	for _, l := range []layout{pythonLayout, scriptLayout} {
		t.Run(l.file, func(t *testing.T) {
			path, err := exec.LookPath(l.command[0])
			if err != nil {
				t.Skipf("needs %s (Debian: %s)", l.command[0], map[string]string{"python3": "python3", "node": "nodejs"}[l.command[0]])
			}
			r := rand.New(rand.NewPCG(1, 2))
			var before, after, want []string
			for range 100 {
				list := append([]string{needed[r.IntN(3)], "openid"}[:1+r.IntN(2)], others[:r.IntN(len(others))]...)
				r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				text := l.write(r, list)
				meant := []string{prefix + "gmail.readonly"}
				if slices.Contains(list, "openid") {
					meant = append(meant, "openid")
				}
				sources := map[string]string{l.file: text + l.client}
				got := fixes(t, sources, sources)
				if len(list) == len(meant) && slices.Contains(list, needed[2]) {
					continue // nothing is too much
				}
				if len(got) != 1 || got[0].Left != nil {
					t.Errorf("it is left as it is: %+v\n%s", got, text)
					continue
				}
				before = append(before, text)
				after = append(after, strings.TrimSuffix(string(got[0].Files[0].New), l.client))
				want = append(want, strings.Join(slices.Sorted(slices.Values(meant)), " "))
			}
			was, is := l.evaluate(t, path, before), l.evaluate(t, path, after)
			for i := range is {
				kind, _, _ := strings.Cut(was[i], " ")
				if is[i] != kind+" "+want[i] {
					t.Errorf("it is %s, want %s %s\n%s\nbecame\n%s", is[i], kind, want[i], before[i], after[i])
				}
			}
			if len(is) < 70 {
				t.Errorf("only %d were narrowed", len(is))
			}
		})
	}
}

// evaluate asks what SCOPES is in some texts.
func (l layout) evaluate(t *testing.T, path string, texts []string) []string {
	t.Helper()
	data, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, l.command[1:]...)
	cmd.Stdin = strings.NewReader(string(data))
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failure.String())
	}
	var results []string
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	return results
}
