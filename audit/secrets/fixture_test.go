package secrets

import "testing"

func TestIsFixture(t *testing.T) {
	for path, want := range map[string]bool{
		"tests/a.py": true, "a/testdata/b.json": true, "a/test-fixtures/b": true, "testing/a.go": true, "a/Examples/b": true,
		"src/__tests__/a.js": true, "integration_tests/a.py": true, "mock/a": true, "my.fixtures/a": true, "tests": true,
		"client_test.go": true, "client.spec.ts": true, "client.test.js": true, "test_client.py": true,
		"a/examples-mail.json": true, "example_client.json": true, ".env.example": true, "config.example.yaml": true,

		"": false, "a.py": false, "token.json": false, "contest/a.py": false, "latest/a.py": false, "attestation/a": false,
		"testimony.txt": false, "mocking/a": false, ".env": false, "examples.py": false, "spec/a.yaml": false,
	} {
		if got := isFixture(path); got != want {
			t.Errorf("isFixture(%q) is %v, want %v", path, got, want)
		}
	}
}
