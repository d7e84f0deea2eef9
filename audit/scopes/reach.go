package scopes

import (
	"fmt"
	"slices"
	"strings"
)

// maxRegions is the number of bits in reach.within.
const maxRegions = 64

// reach is what a scope opens of that which its methods touch: a region, and
// the named regions that hold it, one bit for each. Region 0 is the account.
type reach struct {
	region int
	within uint64
}

// holds reports whether all of the other reach lies within r. It is reflexive
// and transitive, for within is a transitive closure.
func (r reach) holds(other reach) bool {
	return r.region == other.region || r.region < maxRegions && other.within&(1<<r.region) != 0
}

// region is a named part of what methods touch.
type region struct {
	name   string
	within uint64 // the regions that hold it, itself included
}

// reachRow is a line of the reach table; region is -1 for one of its own.
type reachRow struct {
	scope  Scope // or what scopes begin with
	begins bool
	region int
}

func (t *table) readReach(f []string) error {
	if len(t.regions) == 0 {
		t.regions = []region{{"account", 1}}
	}
	number := func(name string) int {
		return slices.IndexFunc(t.regions, func(r region) bool { return r.name == name })
	}
	if f[0] != "region" {
		scope, begins := strings.CutSuffix(f[0], "*")
		r := reachRow{scope: expand(scope), begins: begins, region: number(f[1])}
		if r.region < 0 && f[1] != "own" {
			return fmt.Errorf("unknown region %q", f[1])
		}
		t.reaches = append(t.reaches, r)
		return nil
	}
	if len(t.regions) == maxRegions || number(f[1]) >= 0 {
		return fmt.Errorf("region %q is one too many", f[1])
	}
	r := region{f[1], 1 << len(t.regions)}
	for name := range strings.SplitSeq(f[2], ",") {
		if n := number(name); n >= 0 {
			r.within |= t.regions[n].within // complete, since holders come first
		} else if name != "-" {
			return fmt.Errorf("unknown region %q", name)
		}
	}
	t.regions = append(t.regions, r)
	return nil
}

// reachOf gives the reach of a scope: that of its line in the table, else of
// the longest line that it begins with, else the account. A scope without
// methods has a region of its own, or every scope would cover it.
func (t *table) reachOf(s Scope, number int, methods bool) reach {
	own := reach{region: maxRegions + number}
	best := -1
	for i, r := range t.reaches {
		if r.scope == s && !r.begins {
			best = i
			break
		}
		if r.begins && strings.HasPrefix(string(s), string(r.scope)) && (best < 0 || len(r.scope) > len(t.reaches[best].scope)) {
			best = i
		}
	}
	switch {
	case best < 0 && methods:
		return reach{0, 1}
	case best < 0 || t.reaches[best].region < 0:
		return own
	}
	n := t.reaches[best].region
	return reach{n, t.regions[n].within}
}
