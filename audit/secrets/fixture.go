package secrets

import "strings"

// isFixture says whether a path lies among tests and examples, where secrets
// are more often made up. They are shown all the same.
func isFixture(path string) bool {
	folders, name := "", strings.ToLower(path)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		folders, name = name[:i], name[i+1:]
	}
	for word := range strings.FieldsFuncSeq(folders, func(r rune) bool { return strings.ContainsRune("/-_.", r) }) {
		if isFixtureWord(word) {
			return true
		}
	}
	if isFixtureWord(name) {
		return true
	}
	// Of a file's name the first and the last word tell, and what stands between
	// name and extension: client_test.go, client.spec.ts, examples-mail.json,
	// .env.example.
	stem, extension, _ := strings.Cut(strings.TrimPrefix(name, "."), ".")
	if extension == "" {
		return false
	}
	for _, prefix := range []string{"test_", "example_", "example-", "examples_", "examples-"} {
		if strings.HasPrefix(stem, prefix) {
			return true
		}
	}
	first, _, _ := strings.Cut(extension, ".")
	return strings.HasSuffix(stem, "_test") || first == "test" || first == "spec" || first == "example"
}

func isFixtureWord(word string) bool {
	switch word {
	case "test", "tests", "testing", "testdata", "fixture", "fixtures", "example", "examples", "mock", "mocks":
		return true
	}
	return false
}
