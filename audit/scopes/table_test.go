package scopes

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func mustLoad(t *testing.T) (*Catalogue, *decoded) {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := decode(packed)
	if err != nil {
		t.Fatal(err)
	}
	return c, d
}

func TestTableNamesScopesThatExist(t *testing.T) {
	c, d := mustLoad(t)
	last := Scope("")
	for _, r := range c.table.rows {
		if r.scope == last {
			t.Errorf("%s has two rows", r.scope)
		}
		last = r.scope
		inDiscovery := slices.Contains(d.scopes, string(r.scope))
		if r.outside && inDiscovery {
			t.Errorf("%s is in a discovery document: its row belongs into scopes.txt", r.scope)
		}
		if !r.outside && !inDiscovery {
			t.Errorf("%s is in no discovery document: its row belongs into outside.txt", r.scope)
		}
		if r.powers == 0 || len(r.sources) == 0 {
			t.Errorf("%s has powers %v and sources %v", r.scope, r.powers.list(), r.sources)
		}
		if r.outside && r.text == "" {
			t.Errorf("%s has no consent text", r.scope)
		}
		for _, source := range r.sources {
			if !strings.HasPrefix(source, "https://") {
				t.Errorf("%s has the source %q, which is no URL", r.scope, source)
			}
		}
	}
	for _, a := range c.table.aliases {
		if _, known := c.number(a.scope); !known || len(a.sources) == 0 {
			t.Errorf("the alias %s leads to %s, which is not known", a.written, a.scope)
		}
		if c.table.meaning(string(a.scope)) != a.scope {
			t.Errorf("the alias %s leads to another, %s", a.written, a.scope)
		}
	}
}

func TestReachAndCautionsNameScopesThatExist(t *testing.T) {
	c, _ := mustLoad(t)
	for _, r := range c.table.reaches {
		if !slices.ContainsFunc(c.known, func(k scope) bool {
			return k.name == r.scope || r.begins && strings.HasPrefix(string(k.name), string(r.scope))
		}) {
			t.Errorf("the reach table names %s, which is not known", r.scope)
		}
	}
	used := map[string]bool{}
	for _, k := range c.known {
		if k.reach.region < maxRegions {
			used[c.table.regions[k.reach.region].name] = true
		}
	}
	for _, r := range c.table.regions {
		if !used[r.name] {
			t.Errorf("no scope reaches the region %q", r.name)
		}
	}
	for _, caution := range c.cautions {
		if len(caution.sources) == 0 || caution.text == "" {
			t.Errorf("the caution about %v has text %q and sources %v", caution.scopes, caution.text, caution.sources)
		}
		for _, name := range slices.Concat(caution.scopes, caution.spoils) {
			if !slices.ContainsFunc(c.known, func(k scope) bool { return about([]string{name}, k.name) }) {
				t.Errorf("a caution names %s, which is not known", name)
			}
		}
	}
}

// Google's restricted list, and the classes that the project relies on.
func TestClasses(t *testing.T) {
	c, _ := mustLoad(t)
	for class, names := range map[Tier][]string{
		Restricted: {string(fullMail), "gmail.readonly", "gmail.metadata", "gmail.modify", "gmail.insert", "gmail.compose",
			"gmail.settings.basic", "gmail.settings.sharing", "drive", "drive.readonly", "drive.activity", "drive.activity.readonly",
			"drive.metadata", "drive.metadata.readonly", "drive.scripts", "drive.meet.readonly"},
		Sensitive:    {"gmail.send", "drive.apps.readonly", "spreadsheets", "spreadsheets.readonly", "calendar", "contacts"},
		NonSensitive: {"openid", "userinfo.email", "userinfo.profile", "gmail.labels", "drive.file", "drive.appdata", "drive.install"},
		Unclassed:    {"cloud-platform", "youtube", "games"},
	} {
		for _, name := range names {
			if info, known := c.Info(expand(name)); !known || info.Tier != class {
				t.Errorf("%s is %s (known %v), want %s", name, info.Tier, known, class)
			}
		}
	}
	info, _ := c.Info(expand("calendar"))
	if !info.Assumed {
		t.Errorf("the class of calendar is assumed, but its entry does not say so")
	}
	for _, name := range []string{string(fullMail), "documents", "presentations.readonly", "spreadsheets"} {
		if info, _ := c.Info(expand(name)); info.Assumed {
			t.Errorf("the class of %s is stated by Google, but its entry calls it assumed", name)
		}
	}
}

func TestPowers(t *testing.T) {
	c, _ := mustLoad(t)
	for _, test := range []struct {
		scope   string
		derived bool
		want    []Power
	}{
		{"gmail.readonly", false, []Power{Read}},
		{"gmail.modify", false, []Power{Read, Send, Write}},
		{string(fullMail), false, []Power{Read, Send, Write, Delete}},
		{"gmail.compose", false, []Power{Send, Write}},
		{"gmail.settings.basic", false, []Power{Metadata, Settings}},
		{"openid", false, []Power{Identity}},
		{"drive.metadata.readonly", false, []Power{Metadata}},
		{"blogger.readonly", true, []Power{Read}},
		{"blogger", true, []Power{Read, Write, Delete}},
		{"dataproc.read-only", true, []Power{Read}},
		{"adexchange.seller", true, []Power{Read, Write}},
	} {
		info, known := c.Info(expand(test.scope))
		if !known || info.Derived != test.derived || !slices.Equal(info.Powers, test.want) {
			t.Errorf("%s has powers %v (known %v, derived %v), want %v (derived %v)", test.scope, info.Powers, known, info.Derived, test.want, test.derived)
		}
	}
	for _, k := range c.known {
		info, _ := c.Info(k.name)
		if len(info.Powers) == 0 || len(info.APIs) == 0 || len(info.Sources) == 0 {
			t.Errorf("%s has powers %v, APIs %v, sources %v", k.name, info.Powers, info.APIs, info.Sources)
		}
		if info.Derived != slices.Contains(info.Sources, derivedPowers) {
			t.Errorf("%s: derived %v, sources %v", k.name, info.Derived, info.Sources)
		}
	}
	for name, want := range map[Scope][]Power{
		"https://example.com/auth/thing.readonly":          {Read},
		"https://example.com/auth/thing.metadata.readonly": {Metadata},
		"https://example.com/auth/thing":                   Powers(),
	} {
		info, known := c.Info(name)
		if known || !slices.Equal(info.Powers, want) || info.Scope != name {
			t.Errorf("the unknown %s is %+v, known %v, want powers %v", name, info, known, want)
		}
	}
}

func TestPowerOrder(t *testing.T) {
	for i, p := range Powers() {
		if p.Rank() != i {
			t.Errorf("%s has rank %d, want %d", p, p.Rank(), i)
		}
		if parsed, err := ParsePower(string(p)); err != nil || parsed != p {
			t.Errorf("ParsePower(%q) gives %q, %v", p, parsed, err)
		}
	}
	for _, name := range []string{"", "Read", "all", "admin"} {
		if p, err := ParsePower(name); err == nil {
			t.Errorf("ParsePower(%q) gives %q, want an error", name, p)
		}
	}
	if g := Greatest([]Power{Delete, Read, "nonsense", Metadata}); g != Delete {
		t.Errorf("the greatest is %q, want delete", g)
	}
	if g := Greatest(nil); g != "" || g.Rank() != -1 {
		t.Errorf("the greatest of none is %q", g)
	}
}

func TestCaveats(t *testing.T) {
	c, _ := mustLoad(t)
	for name, word := range map[string]string{
		"gmail.metadata": "search", "gmail.modify": "delete", string(fullMail): "IMAP",
		"gmail.addons.current.message.readonly": "add-on", "drive.file": "created", "drive.appdata": "hidden",
		"drive.scripts": "Apps Script", "calendar.app.created": "that the app made", "gmail.labels": "writes labels",
		"gmail.compose": "also sends", "drive": "redundant", "contacts": "m8/feeds", "script.send_mail": "Apps Script",
		"photoslibrary": "withdrawn", "plus.me": "Google+", "cloud-platform": "IAM",
	} {
		info, _ := c.Info(expand(name))
		if !slices.ContainsFunc(info.Caveats, func(v Caveat) bool { return strings.Contains(v.Text, word) && len(v.Sources) > 0 }) {
			t.Errorf("%s has no caveat about %q: %v", name, word, info.Caveats)
		}
	}
	if info, _ := c.Info(expand("gmail.send")); len(info.Caveats) != 0 {
		t.Errorf("gmail.send has the caveats %v", info.Caveats)
	}
}

// A caveat is read on the page of one scope: what it names must be about that
// scope and not about another that shares the row.
func TestCaveatsFitTheirScope(t *testing.T) {
	c, _ := mustLoad(t)
	dotted := regexp.MustCompile(`[a-zA-Z]+(\.[a-zA-Z]+)+`)
	for _, s := range c.All() {
		info, _ := c.Info(s)
		for _, v := range info.Caveats {
			for _, name := range dotted.FindAllString(v.Text, -1) {
				apis := map[string]bool{}
				for _, m := range c.FindMethods(name) {
					apis[m.API] = true
				}
				if len(apis) > 0 && !slices.ContainsFunc(info.APIs, func(api string) bool { return apis[api] }) {
					t.Errorf("%s is of the APIs %v, but its caveat names %s: %s", s, info.APIs, name, v.Text)
				}
			}
			for _, a := range c.table.aliases {
				if _, address, found := strings.Cut(a.written, "://"); found && strings.Contains(v.Text, address) && a.scope != s {
					t.Errorf("%s has a caveat about %s, which means %s: %s", s, a.written, a.scope, v.Text)
				}
			}
		}
	}
}

// What has been deleted for good cannot be called safe: drafts and labels have
// no trash.
func TestModifyDeletesDrafts(t *testing.T) {
	c, _ := mustLoad(t)
	info, _ := c.Info(expand("gmail.modify"))
	if !slices.ContainsFunc(c.Permits(info.Scope), func(m Method) bool { return m.ID == "gmail.users.drafts.delete" }) {
		t.Fatal("gmail.modify no longer permits drafts.delete: its caveat must change")
	}
	if !slices.ContainsFunc(info.Caveats, func(v Caveat) bool { return strings.Contains(v.Text, "draft") }) {
		t.Errorf("no caveat of gmail.modify speaks of drafts: %v", info.Caveats)
	}
}

func TestDamagedDataIsAnError(t *testing.T) {
	for _, cut := range []int{0, 1, 10, len(packed) / 2, len(packed) - 1} {
		if _, err := decode(packed[:cut]); err == nil {
			t.Errorf("a file cut to %d bytes decodes", cut)
		}
	}
	for _, at := range []int{0, 5, 1000, len(packed) / 2} {
		damaged := []byte(packed)
		damaged[at] ^= 0x55
		if _, err := decode(string(damaged)); err == nil {
			t.Errorf("a file damaged at byte %d decodes", at)
		}
	}
}

func TestTableErrorsNameTheLine(t *testing.T) {
	err := eachRow("toy", "# comment\n\na b\nc\n", 2, func([]string) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "table toy, line 4") {
		t.Errorf("a short row gives %v", err)
	}
}

func TestSplit(t *testing.T) {
	got := Split(" a\tb,c\n,\u00a0d  e,")
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(got, want) {
		t.Errorf("Split gives %q, want %q", got, want)
	}
}
