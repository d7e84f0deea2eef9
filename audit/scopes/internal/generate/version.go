package generate

import (
	"cmp"
	"regexp"
	"strconv"
)

// compareDocuments says which of two documents to believe about a method that
// both describe: the one that Google's directory prefers, else the newest
// stable version, else the newest.
func compareDocuments(a, b Discovery, preferred map[string]bool) int {
	return cmp.Or(
		compareBool(preferred[a.Name+" "+a.Version], preferred[b.Name+" "+b.Version]),
		compareVersions(a.Version, b.Version),
		cmp.Compare(a.Revision, b.Revision),
		cmp.Compare(b.Name, a.Name))
}

// versionPattern reads v3, v2.1, v1beta2, v1p3beta1, alpha and directory_v1.
var versionPattern = regexp.MustCompile(`^(?:[a-z]+_)?(?:v(\d+)(?:\.(\d+))?)?(.*)$`)

// compareVersions orders versions: stable after unfinished, then by number.
func compareVersions(a, b string) int {
	x, y := versionPattern.FindStringSubmatch(a), versionPattern.FindStringSubmatch(b)
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	return cmp.Or(
		compareBool(x[3] == "", y[3] == ""),
		cmp.Compare(number(x[1]), number(y[1])),
		cmp.Compare(number(x[2]), number(y[2])),
		cmp.Compare(x[3], y[3]))
}

func compareBool(a, b bool) int {
	if a == b {
		return 0
	}
	if a {
		return 1
	}
	return -1
}
