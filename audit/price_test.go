package audit_test

import (
	"slices"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// TestPriceVectors holds the price of every program of the vectors to what it
// says: each call that needs a scope is in one step, each step needs just what it
// says, and what is given up never comes back.
func TestPriceVectors(t *testing.T) {
	for name, sources := range vectors(t) {
		r := audit.Check(audit.Evidence{Needs: inferred(t, sources), Index: indexed()}, policy(t, anyPolicy), catalogue(t))
		for _, row := range r.Programs {
			var left []int
			for i, call := range row.Needs.Calls {
				if call.State == needs.Live && len(call.Permitted) > 0 {
					left = append(left, i)
				}
			}
			if (len(row.Price) > 0) != (len(left) > 0) {
				t.Errorf("%s: %d steps for %d calls", name, len(row.Price), len(left))
			}
			for n, step := range row.Price {
				if n == 0 && !slices.Equal(step.Before, row.Needs.Least[0]) || n > 0 && !slices.Equal(step.Before, row.Price[n-1].Without) {
					t.Errorf("%s: step %d begins with %v", name, n, step.Before)
				}
				if !enough(row.Needs, left, step.Before) {
					t.Errorf("%s: step %d: %v is not enough", name, n, step.Before)
				}
				left = slices.DeleteFunc(left, func(i int) bool { return slices.Contains(step.Calls, i) })
				if !enough(row.Needs, left, step.Without) {
					t.Errorf("%s: step %d: without its calls, %v is not enough", name, n, step.Without)
				}
				if n < len(row.Price)-1 && len(step.Without) == 0 || len(step.Calls) == 0 {
					t.Errorf("%s: step %d: %+v", name, n, step)
				}
			}
			if len(left) > 0 {
				t.Errorf("%s: calls %v have no price", name, left)
			}
		}
	}
}

// enough reports whether each of some calls is permitted by one of a set.
func enough(p needs.Program, calls []int, set []scopes.Scope) bool {
	return !slices.ContainsFunc(calls, func(i int) bool {
		return !slices.ContainsFunc(set, func(s scopes.Scope) bool { return slices.Contains(p.Calls[i].Permitted, s) })
	})
}

// What is lost is told by what it is about: reading mail is more than reading a
// calendar.
func TestPrice(t *testing.T) {
	sources := python("SCOPES = ['https://mail.google.com/']", list+trash+
		"service.users().messages().batchDelete(userId='me', body={}).execute()\n"+
		"build('calendar', 'v3', credentials=creds).events().list(calendarId='primary').execute()\n")
	r := audit.Check(audit.Evidence{Needs: inferred(t, sources), Index: indexed()}, policy(t, anyPolicy), catalogue(t))
	var got [][]scopes.Power
	for _, step := range r.Programs[0].Price {
		got = append(got, step.Costs)
	}
	want := [][]scopes.Power{{scopes.Delete}, {scopes.Send, scopes.Write}, {scopes.Read}, {scopes.Read}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}
