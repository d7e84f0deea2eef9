package decode

import "testing"

// What is no joint at first sight, and what only looks like one.
func TestUnusualJoints(t *testing.T) {
	const id = "597735808762-1ekweyyf6f6bqpx2q63176o1llf1ouaf.apps.googleusercontent.com"
	const oldest = "597735808762.apps.googleusercontent.com"
	for _, c := range []struct {
		name, text, marker string
		want               bool
	}{
		{"an identifier over lines", "x = (\n  \"" + id[:24] + "\"\n  \"" + id[24:48] + "\"\n  \"" + id[48:] + "\")", id, true},
		{"no digits in the later pieces", "x = (\n  \"" + oldest[:13] + "\"\n  \"" + oldest[13:26] + "\"\n  \"" + oldest[26:] + "\")", oldest, true},
		{"an empty template", "const t = `abcDEF123${''}456GHIjkl`;", "abcDEF123456GHIjkl", true},
		{"an empty template of Ruby", `t = "abcDEF123#{""}456GHIjkl"`, "abcDEF123456GHIjkl", true},
		{"a list of imports", "import (\n\t\"k8s.io/api/apps/v1beta2\"\n\t\"k8s.io/api/core/v1\"\n)", "v1beta2k8s.io", false},
		{"a list of words", "x = {\n  \"first\"\n  \"second\"\n}", "firstsecond", false},
		{"a short line that ends softly", "Content-Transfer-Encoding: quoted-printable\n\naccess: abcDEF123abcDEF123abcDEF123abcDEF123=\n456GHIjkl\n", "123456GHIjkl", true},
		{"settings without a value", "FIRST_NAME=\nSECOND_NAME=\n", "FIRST_NAMESECOND", false},
	} {
		if got := len(shown(all(t, []byte(c.text)), c.marker)) > 0; got != c.want {
			t.Errorf("%s: put together %v, want %v", c.name, got, c.want)
		}
	}
}
