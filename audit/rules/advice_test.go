package rules

import "testing"

func TestAdviceExplainsWhatPeopleMeet(t *testing.T) {
	a := Advice{Text: "access_denied", Also: []string{"Google hasn't verified this app"}}
	for met, want := range map[string]bool{
		"access_denied":                           true,
		"Error 403: Access_Denied":                true,
		"Google hasn’t\n  verified this app":      true,
		"https://127.0.0.1/?error=access_denied&": true,
		"access denied":                           false,
		"":                                        false,
	} {
		if got := a.Explains(met); got != want {
			t.Errorf("Explains(%q) = %v, want %v", met, got, want)
		}
	}
}
