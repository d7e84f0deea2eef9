package scopes_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"scopeaudit/audit/scopes"
)

const prefix = "https://www.googleapis.com/auth/"

const fullMail scopes.Scope = "https://mail.google.com/"

var shared = sync.OnceValues(scopes.Load)

func load(t testing.TB) *scopes.Catalogue {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// full is the canonical form of a scope as tests and vectors write it.
func full(short string) scopes.Scope {
	if short == "openid" || strings.Contains(short, "://") {
		return scopes.Scope(short)
	}
	return scopes.Scope(prefix + short)
}

// gmailMethods are the IDs of the Gmail methods that a scope permits.
func gmailMethods(c *scopes.Catalogue, s scopes.Scope) []string {
	var ids []string
	for _, m := range c.Permits(s) {
		if m.API == "gmail" {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// The numbers of Gmail's methods by scope are those that Google's own table
// gives, and prove that discovery was read whole.
func TestGmailCounts(t *testing.T) {
	c := load(t)
	all := map[string]bool{}
	for _, s := range c.All() {
		for _, id := range gmailMethods(c, s) {
			all[id] = true
		}
	}
	if len(all) != 79 {
		t.Errorf("Gmail has %d methods, want 79", len(all))
	}
	for short, want := range map[string]int{
		string(fullMail): 53, "gmail.modify": 50, "gmail.settings.basic": 37, "gmail.readonly": 32,
		"gmail.settings.sharing": 26, "gmail.metadata": 10, "gmail.compose": 8, "gmail.labels": 6,
		"gmail.addons.current.action.compose": 5, "gmail.addons.current.message.readonly": 3,
		"gmail.addons.current.message.action": 3, "gmail.addons.current.message.metadata": 2,
		"gmail.insert": 2, "gmail.send": 1,
	} {
		if got := len(gmailMethods(c, full(short))); got != want {
			t.Errorf("%s permits %d Gmail methods, want %d", short, got, want)
		}
	}
}

func TestFullMailIsThreeDeletesAboveModify(t *testing.T) {
	c := load(t)
	modify := gmailMethods(c, full("gmail.modify"))
	above := slices.DeleteFunc(gmailMethods(c, fullMail), func(id string) bool { return slices.Contains(modify, id) })
	want := []string{"gmail.users.messages.batchDelete", "gmail.users.messages.delete", "gmail.users.threads.delete"}
	if !slices.Equal(above, want) {
		t.Errorf("full mail adds %v to modify, want %v", above, want)
	}
}

func TestReadonlyOpensEveryGetAndNoWrite(t *testing.T) {
	c := load(t)
	gets := 0
	for _, m := range c.Permits(full("gmail.readonly")) {
		if m.Verb == "GET" {
			gets++
		} else if m.ID != "gmail.users.watch" && m.ID != "gmail.users.stop" {
			t.Errorf("gmail.readonly permits %s %s", m.Verb, m.ID)
		}
		if c.Writes(m.ID) {
			t.Errorf("gmail.readonly permits %s, which counts as a write", m.ID)
		}
	}
	if gets != 30 {
		t.Errorf("gmail.readonly permits %d GET methods, want 30", gets)
	}
	for _, id := range []string{"gmail.users.messages.trash", "gmail.users.labels.create", "calendar.events.insert"} {
		if !c.Writes(id) {
			t.Errorf("%s does not count as a write", id)
		}
	}
	for _, id := range []string{"calendar.freebusy.query", "gmail.users.messages.list", "no.such.method"} {
		if c.Writes(id) {
			t.Errorf("%s counts as a write", id)
		}
	}
}

func TestMethod(t *testing.T) {
	c := load(t)
	got, found := c.Method("gmail.users.messages.list")
	if !found || got.API != "gmail" || got.Version != "v1" || got.Verb != "GET" || got.Path != "gmail/v1/users/{userId}/messages" {
		t.Errorf("gmail.users.messages.list is %+v, %v", got, found)
	}
	if want := []scopes.Scope{fullMail, full("gmail.metadata"), full("gmail.modify"), full("gmail.readonly")}; !slices.Equal(got.Scopes, want) {
		t.Errorf("its scopes are %v, want %v", got.Scopes, want)
	}
	if got := c.Permitting("gmail.users.messages.list"); !slices.Equal(got, []scopes.Scope{fullMail, full("gmail.metadata"), full("gmail.modify"), full("gmail.readonly")}) {
		t.Errorf("Permitting gives %v", got)
	}
	if m, found := c.Method("drive.files.list"); !found || m.Version != "v3" {
		t.Errorf("drive.files.list is of version %s, want the preferred v3", m.Version)
	}
	if versions := c.Versions("drive.files.list"); len(versions) != 2 || versions[0].Version != "v3" || versions[1].Version != "v2" {
		t.Errorf("drive.files.list has versions %v, want v3 and v2", versions)
	}
	for _, id := range []string{"", "gmail", "gmail.users.messages", "gmail.users.messages.lists"} {
		if m, found := c.Method(id); found || m.ID != "" || c.Permitting(id) != nil || c.Versions(id) != nil {
			t.Errorf("method %q was found: %v", id, m)
		}
	}
	// Who changes an answer must not change the catalogue.
	got.Scopes[0] = "changed"
	if again, _ := c.Method("gmail.users.messages.list"); again.Scopes[0] == "changed" {
		t.Error("a method's scopes are shared with the caller")
	}
}

func TestFindMethods(t *testing.T) {
	c := load(t)
	ids := func(id string) (ids []string) {
		for _, m := range c.FindMethods(id) {
			ids = append(ids, m.ID)
		}
		return ids
	}
	for id, want := range map[string][]string{
		"gmail.users.messages.list": {"gmail.users.messages.list"},
		"users.messages.list":       {"gmail.users.messages.list"},
		"messages.batchDelete":      {"gmail.users.messages.batchDelete"},
		"essages.batchDelete":       nil,
		"":                          nil,
		"no.such.method":            nil,
	} {
		if got := ids(id); !slices.Equal(got, want) {
			t.Errorf("FindMethods(%q) gives %v, want %v", id, got, want)
		}
	}
	if got := ids("channels.stop"); !slices.Contains(got, "calendar.channels.stop") || !slices.Contains(got, "drive.channels.stop") {
		t.Errorf("channels.stop gives %v, want those of Calendar and Drive among them", got)
	}
}

func TestAPIs(t *testing.T) {
	c := load(t)
	apis := c.APIs()
	if !slices.IsSortedFunc(apis, func(a, b scopes.API) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the APIs are not sorted by name")
	}
	for name, title := range map[string]string{"gmail": "Gmail API", "drive": "Google Drive API", "calendar": "Calendar API", "photoslibrary": "Google Photos Library API"} {
		if api, found := c.API(name); !found || api.Title != title {
			t.Errorf("API %s is %+v, want title %q", name, api, title)
		}
	}
	if _, found := c.API("gmial"); found {
		t.Error("an API that does not exist was found")
	}
	for _, s := range c.All() {
		info, _ := c.Info(s)
		for _, name := range info.APIs {
			if _, found := c.API(name); !found {
				t.Errorf("%s names the API %q, which is not listed", s, name)
			}
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scopes.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalise(b *testing.B) {
	c := load(b)
	for b.Loop() {
		c.Normalise("https://www.googleapis.com/auth/gmail.readonly")
	}
}

func BenchmarkCovers(b *testing.B) {
	c := load(b)
	for b.Loop() {
		c.Covers(full("cloud-platform"), full("compute.readonly"))
	}
}

func BenchmarkFindMethods(b *testing.B) {
	c := load(b)
	for b.Loop() {
		c.FindMethods("users.messages.list")
	}
}

func BenchmarkLeast(b *testing.B) {
	c := load(b)
	methods := []string{"gmail.users.messages.list", "gmail.users.messages.get", "gmail.users.labels.list", "drive.files.list", "calendar.events.list"}
	for b.Loop() {
		if _, err := c.Least(methods); err != nil {
			b.Fatal(err)
		}
	}
}
