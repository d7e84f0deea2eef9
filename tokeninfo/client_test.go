package tokeninfo

import (
	"strings"
	"testing"
)

func TestSecretForm(t *testing.T) {
	for value, want := range map[string]SecretForm{
		"":                                       NoSecret,
		"GOCSPX" + "-" + strings.Repeat("a", 28): SecretCurrent,
		"GOCSPX-EXAMPLE":                         SecretCut,
		"GOCSPX-":                                SecretCut,
		"GOCSPX-" + strings.Repeat("a", 17):      SecretCut, // 24 in all
		"GOCSPX" + "-" + strings.Repeat("a", 29): SecretOther,
		strings.Repeat("a", 24):                  SecretOld,
		"secret":                                 SecretOther,
	} {
		if got := (Credential{ClientSecret: NewSecret(value)}).SecretForm(); got != want {
			t.Errorf("%d characters: %s, want %s", len(value), got, want)
		}
	}
}

func TestProjectNumber(t *testing.T) {
	for id, want := range map[string]string{
		"000000000000-example.apps.googleusercontent.com": "000000000000",
		"32555940559.apps.googleusercontent.com":          "32555940559",
		"12a-example.apps.googleusercontent.com":          "",
		"-example.apps.googleusercontent.com":             "",
		"000000000000-example":                            "",
		"":                                                "",
	} {
		if got := (Credential{ClientID: id}).ProjectNumber(); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
