package report

import (
	"bytes"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

func story(t *testing.T, r audit.Report, o Options) string {
	t.Helper()
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Story(&out, r, cat, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestStoryGolden(t *testing.T) {
	golden(t, "story.txt", []byte(story(t, coded(), Options{})))
	golden(t, "story-40.txt", []byte(story(t, coded(), Options{Width: 40})))
}

// Whatever was found, the story has its four steps, in order, and no line is
// wider than it must be.
func TestStorySteps(t *testing.T) {
	r := coded()
	r.Programs = append(r.Programs, audit.ProgramRow{Path: "empty", Needs: needs.Program{Verdict: needs.Unknown}})
	for _, width := range []int{32, 40, 80, 200} {
		text := story(t, r, Options{Width: width})
		for i := range r.Programs {
			for _, title := range []string{"1. What you ask for\n", "2. What you call\n", "3. What somebody", "4. What remains"} {
				_, rest, found := strings.Cut(text, title)
				if !found {
					t.Fatalf("width %d: program %d has no step %q, or not in order", width, i, title)
				}
				text = rest
			}
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimRight(line, "\n"); columns(line) > width && len(strings.Fields(line)) > 2 {
				t.Errorf("width %d: a line of %d columns could be broken: %q", width, columns(line), line)
			}
		}
	}
}

// Of many programs some are told, those that are wrong first, and the rest named.
func TestStoryOfMany(t *testing.T) {
	r := coded()
	wrong := r.Programs[0]
	r.Programs = nil
	for _, path := range []string{"a", "b", "c", "d", "e"} {
		r.Programs = append(r.Programs, audit.ProgramRow{Path: path, Needs: needs.Program{Verdict: needs.Unknown}})
	}
	r.Programs = append(r.Programs, wrong)
	text := story(t, r, Options{})
	if !strings.HasPrefix(text, "✗ mail: ") || strings.Count(text, "1. What you ask for") != maxStories || !strings.Contains(text, "And 2 more programs") || !strings.Contains(text, "\n  e: ") {
		t.Errorf("the wrong one is not first, or the last are not named:\n%s", text)
	}
}

func TestStoryOfNothing(t *testing.T) {
	if text := story(t, clean(), Options{}); !strings.Contains(text, "Nothing here asks for a scope") {
		t.Errorf("no program, and the story is\n%s", text)
	}
}

func TestMoral(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	const modify scopes.Scope = "https://www.googleapis.com/auth/gmail.modify"
	list := needs.Call{Method: "gmail.users.messages.list", State: needs.Live, Permitted: []scopes.Scope{fullMail, modify, readMail}}
	request := []needs.Request{{Scope: readMail, Known: true}}
	read := [][]scopes.Scope{{readMail}}
	tests := []struct {
		name string
		p    needs.Program
		want moral
	}{
		{"healthy", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, "openid"}}}}, fits},
		{"wide", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{fullMail}, Excess: true, Enough: read[0]}}}, tooMuch},
		{"unused", needs.Program{Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, drive}, Unneeded: []scopes.Scope{drive}}}}, tooMuch},
		{"refused, and what is asked for is part of what is missing", needs.Program{
			Verdict: needs.Exact, Least: [][]scopes.Scope{{modify}}, Requests: request, Calls: []needs.Call{list},
			Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail}, Unneeded: []scopes.Scope{readMail}, Missing: []int{0}}},
		}, tooLittle},
		{"refused, and something else is unused", needs.Program{
			Verdict: needs.Exact, Least: [][]scopes.Scope{{modify}}, Requests: request, Calls: []needs.Call{list},
			Asked: []needs.Asked{{Scopes: []scopes.Scope{drive}, Unneeded: []scopes.Scope{drive}, Missing: []int{0}}},
		}, wrongScopes},
		{"a scope that nobody knows is not called needed", needs.Program{
			Verdict: needs.Exact, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{readMail, "https://www.googleapis.com/auth/none"}}},
		}, enough},
		{"not all followed", needs.Program{Verdict: needs.LowerBound, Least: read, Requests: request, Asked: []needs.Asked{{Scopes: []scopes.Scope{fullMail}}}}, partly},
		{"nothing followed", needs.Program{Verdict: needs.Unknown, Requests: request}, obscure},
		{"asks nowhere", needs.Program{Verdict: needs.Exact, Least: read}, asksNowhere},
	}
	for _, test := range tests {
		if got := moralOf(audit.ProgramRow{Needs: test.p}, cat); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
