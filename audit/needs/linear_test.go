package needs

import (
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// TestStepsGrowWithTheSource counts what the evaluator does on sources made to
// be slow: twice the source may take little more than twice the steps, and no
// more than the bound.
func TestStepsGrowWithTheSource(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex(c)
	const head = "from googleapiclient.discovery import build\nx = build('gmail', 'v1')\n"
	const shellHead = "api() { curl -X \"$1\" -H \"Authorization: Bearer $T\" \"https://www.googleapis.com/drive/v3$2\"; }\n"
	const kotlinHead = "import com.google.api.services.gmail.Gmail\nval x = Gmail.Builder(a, b, c).build()\n"
	for name, line := range map[string]string{
		"shell a.sh":      "api GET /files\n",
		"requests a.http": "@x = {{x}}{{x}}\nGET https://www.googleapis.com/{{x}}\n###\n",
		"functions a.sh":  "f() { curl -X $1 https://www.googleapis.com/$2; }\nf GET a\nf PUT b\n",
		"let a.kt":        "x.let { it.users().let { y -> y.messages().list(x).execute() } }\n",
		"apply a.kt":      "x.apply { users().messages().list(x).apply { q = x }.execute() }\n",
		"extends a.kt":    "fun Gmail.f(a: Gmail) = a.f(this)\nx.f(x)\n",
		"then a.ts":       "x = x.then(y => y.map(z => x.then(z)))\n",
		"returns a.ts":    "function f(a) { if (a) { return f([a]); } return f(a); }\nf(f)\n",
		"reassigned":      "x = x.users()\n",
		"doubled":         "x = [x, x]\n",
		"recursive":       "def f(a): return f(f(a))\nx = f(x)\n",
		"calls":           "def g(a): return a.users().messages().list()\ng(x)\n",
		"branches":        "if y:\n    x = [x]\nelse:\n    x = (x,)\n",
		"appended":        "x.append(x)\n",
		"concatenated":    "x = x + x + 'a'\n",
		"unknown":         "y.users().messages().get(z).execute()\n",
	} {
		steps := func(n int) int {
			file, head := "a.py", head
			if _, other, found := strings.Cut(name, " "); found {
				file, head = other, map[string]string{"a.sh": shellHead, "a.kt": kotlinHead}[other]
			}
			s := Read(file, []byte(head+strings.Repeat(line, n)))
			p := Program{}
			r := &recorder{engine: newEngine(x, []*module{s.module}, map[string]*module{}), program: &p}
			r.record()
			if r.steps > 2*r.limit {
				t.Errorf("%s: %d steps, over the limit of %d", name, r.steps, r.limit)
			}
			return r.steps
		}
		one, two := steps(2000), steps(4000)
		if two > 3*one+1000 {
			t.Errorf("%s: %d steps, and %d for twice the source", name, one, two)
		}
	}
}
