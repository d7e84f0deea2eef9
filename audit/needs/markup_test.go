package needs

import (
	"bytes"
	"strings"
	"testing"
)

func TestScriptsOnly(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"<p>it's</p><script>a()</script><p>b", "a()"},
		{"<SCRIPT type='module'>a()</SCRIPT>", "a()"},
		{"<script lang=\"ts\" setup>a()</script>", "a()"},
		{"<script type=text/javascript>a()</script>", "a()"},
		{"<script type=\"application/json\">{}</script><script>b()", "b()"},
		{"<script type=\"text/template\"><b></script>x", ""},
		{"<!-- <script>a()</script> --><script>b()</script>", "b()"},
		{"<!-- <script>a()</script>", ""},
		{"<script", ""},
		{"no markup at all", ""},
	} {
		text := []byte(test.text)
		scriptsOnly(text)
		if got := strings.TrimSpace(string(text)); got != test.want {
			t.Errorf("of %q is left %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzScriptsOnly holds that what is left stands where it stood.
func FuzzScriptsOnly(f *testing.F) {
	for _, seed := range []string{"", "<script>\na\r\n</script>", "<!--<script>--></SCRIPT", "<script type='", "<\xff\x00İ<ScRiPt>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := bytes.Clone(text)
		scriptsOnly(got)
		for i, c := range got {
			if c != text[i] && (c != ' ' || text[i] == '\n') {
				t.Fatalf("%q became %q", text, got)
			}
		}
	})
}
