package needs_test

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

// TestWhatALineCosts leaves calls out and sees what would be enough then.
func TestWhatALineCosts(t *testing.T) {
	r := infer(t, []txtar.File{{Name: "clean.py", Data: []byte(`from googleapiclient.discovery import build
s = build('gmail', 'v1', credentials=Credentials.from_authorized_user_file('t', ['https://mail.google.com/']))
m = s.users().messages()
m.list(userId='me', q='older_than:1y').execute()
m.batchDelete(userId='me', body={}).execute()
m.modify(userId='me', id=1, body={}).execute()
`)}}, true)
	calls := r.Programs[0].Calls
	for _, c := range []struct {
		without []int
		want    string
	}{{nil, "https://mail.google.com/"}, {[]int{5}, "gmail.modify"}, {[]int{5, 6}, "gmail.readonly"}, {[]int{4, 5, 6}, ""}} {
		var left []needs.Call
		for _, call := range calls {
			if !slices.Contains(c.without, call.At.Line) {
				left = append(left, call)
			}
		}
		least, _ := load(t).Least(left)
		got := ""
		if len(least) > 0 {
			got = least[0][0].Short()
		}
		if got != c.want {
			t.Errorf("without lines %v: %v, want %s", c.without, least, c.want)
		}
	}
}
