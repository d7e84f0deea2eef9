package report

import (
	"bytes"
	"reflect"
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

// Nothing that a program is called, holds or is told with acts on a terminal.
func TestStoryOfHostileNames(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range hostile {
		r := coded()
		r.Findings = sample().Findings
		infest(reflect.ValueOf(&r).Elem(), s)
		// The same with the enumerations left alone, so that every branch runs.
		some := coded()
		for i := range some.Programs {
			p := &some.Programs[i].Needs
			for j := range p.Requests {
				infest(reflect.ValueOf(&p.Requests[j].At).Elem(), s)
				p.Requests[j].Line, p.Requests[j].When = s, s
			}
			for j := range p.Calls {
				infest(reflect.ValueOf(&p.Calls[j].At).Elem(), s)
				p.Calls[j].Text = s
			}
			infest(reflect.ValueOf(&p.Unresolved).Elem(), s)
			infest(reflect.ValueOf(&p.Possible).Elem(), s)
		}
		for _, r := range []audit.Report{r, some} {
			for _, width := range []int{1, 40, 80} {
				for _, color := range []bool{false, true} {
					var out bytes.Buffer
					if err := Story(&out, r, cat, Options{Width: width, Color: color}); err != nil {
						t.Fatal(err)
					}
					checkLines(t, out.String(), color)
				}
			}
		}
	}
}
