package scopes

import (
	"slices"
	"strings"
	"testing"
)

func TestRisksNameWhatExists(t *testing.T) {
	c, _ := mustLoad(t)
	told := map[riskRow]bool{}
	for _, s := range c.All() {
		for _, risk := range c.Risks(s) {
			for _, r := range c.table.risks {
				told[r] = told[r] || r.power == risk.Power && r.text == risk.Text
			}
		}
	}
	for _, r := range c.table.risks {
		if !told[r] {
			t.Errorf("no scope has the power to %s by %s: a row above hides it, or the name is wrong", r.power, r.of)
		}
		if strings.HasSuffix(r.text, ".") || strings.ToLower(r.text[:1]) != r.text[:1] {
			t.Errorf("%q does not end a sentence", r.text)
		}
	}
}

// Each power that a scope has is told, and none that it has not.
func TestRisksFollowPowers(t *testing.T) {
	c, _ := mustLoad(t)
	for _, s := range c.All() {
		info, _ := c.Info(s)
		var powers []Power
		for _, r := range c.Risks(s) {
			powers = append(powers, r.Power)
		}
		powers = slices.Compact(powers)
		if info.Dead {
			info.Powers = nil
		}
		if !slices.Equal(powers, info.Powers) {
			t.Errorf("%s: the powers are %v, told are %v", s.Short(), info.Powers, powers)
		}
	}
	if risks := c.Risks("https://www.googleapis.com/auth/no.such.scope"); len(risks) == 0 {
		t.Error("nothing is told of an unknown scope, which may do anything")
	}
}

func TestRisks(t *testing.T) {
	c, _ := mustLoad(t)
	tests := []struct {
		scope  string
		wanted []string // in order, a word of each risk
	}{
		{"https://mail.google.com/", []string{"read all your mail", "write to anybody", "hide", "nobody ever sent", "for good"}},
		{"gmail.readonly", []string{"resets your passwords"}},
		{"gmail.metadata", []string{"subject"}},
		{"gmail.insert", []string{"nobody ever sent"}},
		{"gmail.settings.sharing", []string{"other addresses", "sent on to a stranger"}},
		{"gmail.settings.basic", []string{"other addresses", "filters"}},
		{"drive", []string{"all your files", "put others", "whole world", "past the bin"}},
		{"drive.file", []string{"the program made", "share them", "delete those"}},
		{"drive.metadata.readonly", []string{"names of all your files"}},
		{"calendar.events.readonly", []string{"where you are"}},
		{"spreadsheets", []string{"all your spreadsheets", "any number", "empty"}},
		{"openid", []string{"who you are"}},
		{"classroom.rosters.readonly", []string{"Google Classroom"}},
	}
	for _, test := range tests {
		s, _ := c.Normalise(test.scope)
		risks := c.Risks(s)
		if len(risks) != len(test.wanted) {
			t.Errorf("%s: %v, want %d", test.scope, risks, len(test.wanted))
			continue
		}
		for i, r := range risks {
			if !strings.Contains(r.Text, test.wanted[i]) {
				t.Errorf("%s: %q does not say %q", test.scope, r.Text, test.wanted[i])
			}
		}
	}
}

// What a set lets others do is told once, in the widest words; what a narrower one
// spares is only what it does not let them do by another name.
func TestRisksOfSets(t *testing.T) {
	c, _ := mustLoad(t)
	set := func(names ...string) (out []Scope) {
		for _, n := range names {
			s, _ := c.Normalise(n)
			out = append(out, s)
		}
		return out
	}
	texts := func(risks []Risk) string {
		var all []string
		for _, r := range risks {
			all = append(all, r.Text)
		}
		return strings.Join(all, "\n")
	}
	if one, two := c.Risks(set("mail.google.com")...), c.Risks(set("mail.google.com", "gmail.modify", "gmail.labels", "gmail.readonly")...); !slices.Equal(one, two) {
		t.Errorf("scopes that full mail holds add to it:\n%s", texts(two))
	}
	if got := texts(c.Risks(set("gmail.labels", "gmail.settings.basic")...)); !strings.Contains(got, "your labels") || !strings.Contains(got, "set filters") {
		t.Errorf("of two scopes one is not told:\n%s", got)
	}
	if got := texts(c.Spared(set("mail.google.com", "gmail.labels"), set("gmail.readonly", "gmail.send"))); strings.Contains(got, "names of your labels") || !strings.Contains(got, "for good") || strings.Contains(got, "write to anybody") {
		t.Errorf("spared is what is not, or the other way round:\n%s", got)
	}
	if got := c.Risks(set("openid", "userinfo.email", "userinfo.profile")...); len(got) != 1 {
		t.Errorf("who the user is is told more than once:\n%s", texts(got))
	}
	if got := c.Spared(set("drive.file"), set("drive")); len(got) > 0 {
		t.Errorf("drive spares something of drive.file:\n%s", texts(got))
	}
	if got := texts(c.Spared(set("drive"), set("drive.file"))); !strings.Contains(got, "all your files") {
		t.Errorf("drive.file spares nothing of drive:\n%s", got)
	}
	for _, a := range c.All() {
		if got := c.Spared([]Scope{a}, []Scope{a}); len(got) > 0 {
			t.Errorf("%s spares something of itself: %v", a, got)
		}
	}
}
