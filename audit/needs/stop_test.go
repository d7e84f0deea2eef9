package needs

import (
	"fmt"
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// What a compiler wrote adds to one name thousands of times, and looks into it as
// often: that is given up, and said, before it takes minutes.
func TestFilledByACompiler(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("const {google} = require('googleapis');\nconst gmail = google.gmail('v1');\nvar Module = {};\n")
	for i := range 4000 {
		fmt.Fprintf(&b, "Module['k%d'] = f%d;\nfunction f%d(a) { return Module['k%d'].list(a); }\n", i, i, i, i)
	}
	p := Program{}
	r := &recorder{engine: newEngine(NewIndex(c), []*module{Read("a.js", []byte(b.String())).module}, map[string]*module{}), program: &p}
	r.record()
	if !r.over {
		t.Errorf("followed to the end, in %d steps of %d", r.steps, r.limit)
	}
}

// Who does not wait any more is not kept waiting.
func TestStop(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	source := "from googleapiclient.discovery import build\nx = build('gmail', 'v1')\n" + strings.Repeat("x.users().messages().list(userId='me').execute()\n", 20_000)
	for _, after := range []int{0, 1, 3} {
		asked := 0
		r := NewIndex(c).Infer([]*Source{Read("a.py", []byte(source))}, Options{Stop: func() bool { asked++; return asked > after }})
		if asked > after+3 {
			t.Errorf("asked %d times after the answer was to stop", asked-after)
		}
		if n := len(r.Programs); n == 1 && len(r.Programs[0].Calls) == 20_000 {
			t.Errorf("stopped after %d questions, and all was done", after)
		}
	}
}
