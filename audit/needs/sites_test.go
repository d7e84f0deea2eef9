package needs

import (
	"fmt"
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// TestSearchForCallersStarvesNothing holds the calls of a client to be found
// beside a request whose callers are costly to tell apart.
func TestSearchForCallersStarvesNothing(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("import requests\nfrom googleapiclient.discovery import build\nbase = 'https://www.googleapis.com/drive/v3/'\n")
	b.WriteString("def send(a): return requests.get(f9(a), headers={'Authorization': 'Bearer ' + a})\n")
	b.WriteString("def f0(a): return a\n")
	for i := range 9 { // each call of one is eight of the one below
		fmt.Fprintf(&b, "def f%d(a): return f%d(a)%s\n", i+1, i, strings.Repeat(fmt.Sprintf(" + f%d(a + 'x')", i), 7))
	}
	for i := range 4 {
		fmt.Fprintf(&b, "send(base + unknown%d)\n", i)
	}
	b.WriteString("def late(): build('gmail', 'v1').users().messages().list(userId='me').execute()\nlate()\n")
	s := Read("a.py", []byte(b.String()))
	p := Program{}
	r := &recorder{engine: newEngine(NewIndex(c), []*module{s.module}, map[string]*module{}), program: &p}
	r.record()
	if len(p.Calls) != 1 || p.Calls[0].Method != "gmail.users.messages.list" {
		t.Errorf("calls: %v", p.Calls)
	}
	if r.over {
		t.Error("the program is taken for too tangled")
	}
	if r.traced > 2*r.limit {
		t.Errorf("%d steps in search of callers, over the limit of %d", r.traced, r.limit)
	}
}
