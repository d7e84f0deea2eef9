package tokeninfo

import "strings"

// SecretForm tells the generations of Google's client secrets apart. The values
// are part of the JSON format.
type SecretForm string

// The forms, observed in the files that Google's console gives.
const (
	SecretCurrent SecretForm = "current" // GOCSPX- and 28 characters
	SecretOld     SecretForm = "old"     // 24 characters, as given out before GOCSPX-
	SecretCut     SecretForm = "cut"     // GOCSPX- and fewer: the file was edited
	SecretOther   SecretForm = "other"   // no form that Google is known to give out
	NoSecret      SecretForm = "none"
)

// SecretForm says of which form the client secret is.
func (c Credential) SecretForm() SecretForm {
	value := c.ClientSecret.Reveal()
	tail, current := strings.CutPrefix(value, "GOCSPX-")
	switch {
	case value == "":
		return NoSecret
	case current && len(tail) == 28:
		return SecretCurrent
	case current && len(tail) < 28:
		return SecretCut
	case len(value) == 24 && !current:
		return SecretOld
	}
	return SecretOther
}

// ProjectNumber is the number of the Cloud project in a client ID, which begins
// with it (observed); empty for what is no client ID of Google's.
func (c Credential) ProjectNumber() string {
	name, ours := strings.CutSuffix(c.ClientID, ".apps.googleusercontent.com")
	number, _, _ := strings.Cut(name, "-")
	if !ours || number == "" || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}
