package secrets

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

// Values that the tests below plant.
var (
	accessValue  = "ya29." + draw("url64", 160, 1)
	refreshValue = "1//0" + draw("url64", 99, 11)
	secretValue  = "GOCSPX-" + draw("url64", 28, 41)
	legacyValue  = draw("url64", 24, 51)
	clientValue  = draw("digit", 12, 90) + "-" + draw("low", 32, 91) + clientIDSuffix
)

// texts gives every string that can be reached from v, bytes included.
func texts(v reflect.Value, out *[]string) {
	switch v.Kind() {
	case reflect.String:
		*out = append(*out, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), out)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			var b []byte
			for i := range v.Len() {
				b = append(b, byte(v.Index(i).Uint()))
			}
			*out = append(*out, string(b))
			return
		}
		for i := range v.Len() {
			texts(v.Index(i), out)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), out)
		}
	}
}

func TestALeakHoldsNoSecret(t *testing.T) {
	s := NewScanner(Key{9})
	planted := []string{accessValue, refreshValue, secretValue, legacyValue}
	// Secrets as keys of secrets: what stands before a value is the writer's text too.
	planted = append(planted, draw("an", 20, 77)+"token", "refresh_token"+draw("low", 20, 78))
	text := fmt.Sprintf("client_id = %s\ntoken = %q\nrefresh_token = %q\nclient_secret = %q\n{%q: %q, %q: %q}\n{\"client_secret\": %q}",
		clientValue, planted[0], planted[1], planted[2], planted[4], planted[0], planted[5], planted[1], planted[3])
	leaks := scan(s, "f", []byte(text))
	if len(leaks) < 6 {
		t.Fatalf("only %v were found", ruleSet(leaks))
	}
	for _, r := range Rules() {
		for _, v := range readVectors(t, r.ID) {
			leaks = append(leaks, scan(s, v.path, []byte(v.text))...)
		}
	}
	var all []string
	texts(reflect.ValueOf(leaks), &all)
	for _, secret := range planted {
		for form, f := range map[string]string{
			"plain": secret, "base64": base64.RawStdEncoding.EncodeToString([]byte(secret)),
			"base64url": base64.RawURLEncoding.EncodeToString([]byte(secret)), "hex": hex.EncodeToString([]byte(secret)),
			"URL": url.QueryEscape(secret), "path": url.PathEscape(secret), "the better half": secret[len(secret)/2:], "its middle": secret[6 : len(secret)-6],
		} {
			for _, text := range all {
				if strings.Contains(text, f) {
					t.Errorf("%s of a secret stands in %q", form, text)
				}
			}
		}
	}
}

func TestMasks(t *testing.T) {
	s := NewScanner(Key{})
	for text, want := range map[string]string{
		accessValue:                             "ya29.…(165)…" + accessValue[161:],
		refreshValue:                            "1//…(103)…" + refreshValue[99:],
		secretValue:                             "GOCSPX-…(35)…" + secretValue[31:],
		"client_secret = '" + legacyValue + "'": "client secret…(24)",
		"token = 'ya29.a0" + draw("an", 8, 3) + "'": "ya29.…(15)",
		"refresh_token = '1/" + draw("an", 43, 3):   "1/…(45)",
		clientValue: clientValue,
	} {
		leaks := scan(s, "f", []byte(text))
		if len(leaks) != 1 || leaks[0].Masked != want {
			t.Errorf("%q is masked in %+v, want %q", text, leaks, want)
		}
	}
}

// The documentation of fingerprint, followed by hand.
func TestFingerprintsAreAsDocumented(t *testing.T) {
	by := func(fields ...string) string {
		var b []byte
		for _, f := range fields {
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(f))), f...)
		}
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:16])
	}
	cut := func(seed uint64) string { return "'ya29.a0" + draw("an", 8, seed) + "'\n" }
	leaks := scan(NewScanner(Key{}), "a/b", []byte(accessValue+"\ntoken = "+cut(1)+"access_token = "+cut(2)+"TOKEN = "+cut(3)))
	want := []string{
		by("scopeaudit leak v1 value", "google-access-token", "a/b", accessValue),
		by("scopeaudit leak v1 key", "google-token-cut-short", "a/b", "token", "1"),
		by("scopeaudit leak v1 key", "google-token-cut-short", "a/b", "accesstoken", "1"),
		by("scopeaudit leak v1 key", "google-token-cut-short", "a/b", "token", "2"),
	}
	for i, l := range leaks {
		if i >= len(want) || l.Fingerprint != want[i] {
			t.Errorf("%s at %s has the fingerprint %s, want %v", l.Rule, l.Location, l.Fingerprint, want)
		}
	}
	if len(leaks) != len(want) {
		t.Errorf("%d findings, want %d", len(leaks), len(want))
	}
}

// Equal secrets are equal under any rule's spelling, in one run only.
func TestTags(t *testing.T) {
	pem := "-----BEGIN PRIVATE KEY-----\\n" + draw("b64", 64, 81) + "\\n" + draw("b64", 64, 82) + "\\n-----END PRIVATE KEY-----\\n"
	object := `{"private_key": "` + pem + `", "client_email": "a@example.com"}`
	forms := []string{object, strings.ReplaceAll(object, `"`, `\"`), strings.ReplaceAll(object, `\n`, `\\n`), base64.StdEncoding.EncodeToString([]byte(`{"type":"service_account",` + object[1:]))}
	s := NewScanner(Key{1})
	first := scan(s, "f", []byte(forms[0]))
	for _, form := range forms {
		leaks := scan(s, "f", []byte(form))
		if len(leaks) != 1 || leaks[0].Tag != first[0].Tag {
			t.Errorf("%.40q… gives %v", form, leaks)
		}
	}
	if other := scan(NewScanner(Key{2}), "f", []byte(object)); other[0].Tag == first[0].Tag {
		t.Error("the tag does not depend on the key")
	}
}

func find(leaks []Leak, rule rules.ID) *Leak {
	i := slices.IndexFunc(leaks, func(l Leak) bool { return l.Rule == rule })
	if i < 0 {
		return nil
	}
	return &leaks[i]
}

func TestGrades(t *testing.T) {
	s := NewScanner(Key{})
	client := func(kind, id string) string {
		return fmt.Sprintf(`{%q: {"client_id": %q, "client_secret": %q}}`, kind, id, secretValue)
	}
	gcloud := "32555940559" + clientIDSuffix
	for _, c := range []struct {
		name, text string
		rule       rules.ID
		want       rules.Severity
		says       string
	}{
		{"installed", client("installed", clientValue), rules.GoogleOAuthClient, rules.Low, "installed application"},
		{"web", client("web", clientValue), rules.GoogleOAuthClient, rules.High, "web application"},
		{"web, the secret", client("web", clientValue), rules.GoogleClientSecret, rules.High, "web application"},
		{"not said", client("client", clientValue), rules.GoogleOAuthClient, rules.Medium, "does not say which"},
		{"published", client("installed", gcloud), rules.GoogleOAuthClient, rules.Info, "gcloud"},
		{"published, the secret", client("installed", gcloud), rules.GoogleClientSecret, rules.Info, "gcloud"},
		{"published, the ID", gcloud, rules.GoogleClientID, rules.Info, "gcloud"},
		{"a token of a published client", client("installed", gcloud) + refreshValue, rules.GoogleRefreshToken, rules.Critical, ""},
		{"a full credential of it", client("installed", gcloud) + refreshValue, rules.GoogleFullCredential, rules.Critical, "gcloud"},
		{"cut short", "refresh_token = '1//0" + draw("url64", 20, 3) + "'", rules.GoogleTokenCutShort, rules.High, "treat it as exposed"},
	} {
		l := find(scan(s, "f", []byte(c.text)), c.rule)
		if l == nil || l.Severity != c.want || !strings.Contains(l.Message, c.says) {
			t.Errorf("%s: got %+v, want %s to be %s and to say %q", c.name, l, c.rule, c.want, c.says)
		}
	}
}

func TestAKnownInnerPartMakesACutTokenSurer(t *testing.T) {
	s := NewScanner(Key{})
	for inner, want := range map[string]rules.Confidence{"CgYIARAAG": rules.MediumConfidence, "CgZIARAAG": rules.LowConfidence} {
		leaks := scan(s, "f", []byte("refresh_token = '1//0"+draw("an", 12, 7)+inner+"A1'"))
		if len(leaks) != 1 || leaks[0].Confidence != want {
			t.Errorf("with %s: %+v, want one finding of %s confidence", inner, leaks, want)
		}
	}
}

func TestAFullCredentialNamesItsParts(t *testing.T) {
	text := fmt.Sprintf("id = %s\nclient_secret = %s\nrefresh_token = %s\nrefresh_token = %s\n", clientValue, secretValue, refreshValue, refreshValue)
	leaks := scan(NewScanner(Key{}), "f", []byte(text))
	full := find(leaks, rules.GoogleFullCredential)
	if full == nil {
		t.Fatalf("not found among %v", ruleSet(leaks))
	}
	want := []string{find(leaks, rules.GoogleClientID).Fingerprint, find(leaks, rules.GoogleClientSecret).Fingerprint, find(leaks, rules.GoogleRefreshToken).Fingerprint}
	if !slices.Equal(full.Parts, want) || full.Location.Line != 1 || full.ClientID != clientValue {
		t.Errorf("parts %v at %s of %s, want %v at its first part", full.Parts, full.Location, full.ClientID, want)
	}
	count := 0
	for _, l := range leaks {
		if l.Rule == rules.GoogleFullCredential || l.Rule == rules.GoogleOAuthClient {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d composites, want one", count)
	}
}

// base64(1) breaks its lines after 76 characters, PEM tools after 64.
func TestAServiceAccountKeyInWrappedBase64(t *testing.T) {
	key := `{"type": "service_account", "private_key": "-----BEGIN PRIVATE ` + `KEY-----\n` + draw("b64", 800, 61) +
		`\n-----END PRIVATE KEY-----\n", "client_email": "a@example.iam.gserviceaccount.com"}`
	for pad := range 3 { // the anchor at each alignment
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", pad) + key))
		for _, width := range []int{64, 76} {
			for _, end := range []string{"\n", "\r\n"} {
				var lines []string
				for part := range slices.Chunk([]byte(text), width) {
					lines = append(lines, string(part))
				}
				input := "key of the server" + end + strings.Join(lines, end) + end + "and this is the next line" + end
				if got := ruleSet(scan(NewScanner(Key{}), "f", []byte(input))); !slices.Equal(got, []string{string(rules.GoogleServiceAccountKey)}) {
					t.Errorf("padded by %d, lines of %d, %q: found %v", pad, width, end, got)
				}
			}
		}
	}
}

// In a file of several credentials each token goes with its own client, though
// the next one's may stand closer.
func TestEachCredentialOfAFileHasItsOwnClient(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range uint64(3) {
		id := draw("digit", 12, 90+i) + "-" + draw("low", 32, 91+i) + clientIDSuffix
		want = append(want, id)
		fmt.Fprintf(&text, "[r%d]\ntype = drive\nclient_id = %s\nclient_secret = GOCSPX-%s\ntoken = {\"access_token\":\"ya29.%s\",\"refresh_token\":\"1//0%s\"}\n",
			i, id, draw("url64", 28, 41+i), draw("url64", 700, i), draw("url64", 99, 11+i))
	}
	var got []string
	for _, l := range scan(NewScanner(Key{}), "rclone.conf", []byte(text.String())) {
		if l.Rule == rules.GoogleFullCredential {
			got = append(got, l.ClientID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("full credentials of %v, want %v", got, want)
	}
}

// What was cut short opens nothing, and no sentence may say that it does.
func TestACompositeOfCutPartsSaysSo(t *testing.T) {
	text := fmt.Sprintf(`{"client_id": %q, "client_secret": %q, "refresh_token": "1//0%s"}`, clientValue, secretValue, draw("url64", 20, 3))
	full := find(scan(NewScanner(Key{}), "f", []byte(text)), rules.GoogleFullCredential)
	if full == nil || !strings.Contains(full.Message, "cut short") || strings.Contains(full.Message, "can make") {
		t.Errorf("got %+v", full)
	}
}

func TestJoin(t *testing.T) {
	s := NewScanner(Key{})
	file := func(path, text string) []Leak { return scan(s, path, []byte(text)) }
	client := fmt.Sprintf(`{"installed": {"client_id": %q, "client_secret": %q}}`, clientValue, secretValue)
	token := fmt.Sprintf(`{"access_token": %q, "refresh_token": %q}`, accessValue, refreshValue)
	other := fmt.Sprintf(`{"client_id": "%s-%s%s", "refresh_token": %q}`, draw("digit", 12, 1), draw("low", 32, 2), clientIDSuffix, refreshValue)
	whole := fmt.Sprintf(`{"client_id": %q, "client_secret": %q, "refresh_token": %q}`, clientValue, secretValue, refreshValue)
	for _, c := range []struct {
		name  string
		leaks [][]Leak
		want  int
	}{
		{"beside each other", [][]Leak{file("a/client_credentials.json", client), file("a/token.json", token)}, 1},
		{"at the top", [][]Leak{file("client_credentials.json", client), file("token.json", token)}, 1},
		{"in two folders", [][]Leak{file("a/client_credentials.json", client), file("b/token.json", token)}, 0},
		{"the token twice", [][]Leak{file("c.json", client), file("t1.json", token), file("t2.json", token)}, 1},
		{"of another client", [][]Leak{file("c.json", client), file("t.json", other)}, 0},
		{"whole in one of them", [][]Leak{file("c.json", client), file("t.json", token), file("w.json", whole)}, 0},
		{"no client", [][]Leak{file("t.json", token), file("s.txt", secretValue)}, 0},
		{"nothing", nil, 0},
	} {
		joined := Join(slices.Concat(c.leaks...))
		if len(joined) != c.want {
			t.Errorf("%s: %d composites, want %d", c.name, len(joined), c.want)
		}
		for _, l := range joined {
			if l.Rule != rules.GoogleFullCredential || l.Severity != rules.Critical || len(l.Parts) < 2 ||
				len(l.Fingerprint) != 32 || !strings.HasSuffix(l.Location.Path, "client_credentials.json") && c.name != "the token twice" {
				t.Errorf("%s: %+v", c.name, l)
			}
		}
	}
}

func TestAValueInSourceAndOutputIsFoundInBoth(t *testing.T) {
	text := fmt.Sprintf(`{"cells": [{"cell_type": "code", "source": "t = '%s'", "outputs": [{"data": {"text/plain": "'%s'"}}]}]}`, accessValue, accessValue)
	leaks := scan(NewScanner(Key{}), "n.ipynb", []byte(text))
	if len(leaks) != 2 || leaks[0].Tag != leaks[1].Tag || leaks[0].Location.Output || !leaks[1].Location.Output {
		t.Errorf("found %+v, want the source and the output", leaks)
	}
}

func TestRulesAreDocumented(t *testing.T) {
	ids := []rules.ID{
		rules.GoogleAccessToken, rules.GoogleRefreshToken, rules.GoogleRefreshTokenLegacy, rules.GoogleAuthorizationCode,
		rules.GoogleClientID, rules.GoogleClientSecret, rules.GoogleClientSecretLegacy, rules.GoogleAPIKey, rules.GoogleExpressKey,
		rules.GoogleServiceAccountKey, rules.GoogleFCMServerKey, rules.GoogleStorageHMAC, rules.GoogleTokenCutShort,
		rules.GoogleOAuthClient, rules.GoogleFullCredential,
		rules.GitHubToken, rules.GitHubFineGrained, rules.GitLabToken, rules.SlackToken, rules.SlackWebhook,
		rules.AWSAccessKeyID, rules.AWSSecretAccessKey, rules.AWSBedrockKey, rules.JWT, rules.PrivateKey,
		rules.StripeKey, rules.OpenAIKey, rules.AnthropicKey, rules.NPMToken, rules.PyPIToken, rules.SendGridKey, rules.TelegramToken, rules.HuggingFaceToken, rules.DigitalOceanToken, rules.DockerHubToken, rules.ShopifyToken, rules.AgeKey,
		rules.FacebookAccessToken, rules.FacebookAppToken, rules.FacebookAppSecret, rules.InstagramToken, rules.EntraClientSecret, rules.EntraRefreshToken, rules.AzureStorageKey, rules.AmazonLWAAccess, rules.AmazonLWARefresh, rules.AmazonLWAClient, rules.AmazonMWSToken, rules.XBearerToken, rules.XAccessToken,
		rules.URLPassword, rules.GenericSecret,
	}
	s := NewScanner(Key{})
	for _, r := range Rules() {
		i := slices.Index(ids, r.ID)
		if i < 0 {
			t.Errorf("%s is documented twice, or no rule of this package", r.ID)
			continue
		}
		ids = slices.Delete(ids, i, i+1)
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || r.What == "" || r.Why == "" || r.Before == "" || r.Remedy == "" ||
			len(r.Sources) == 0 || r.Confidence == 0 {
			t.Errorf("%s is not fully documented", r.ID)
		}
		// What explains a rule is printed into files that are scanned in turn.
		if leaks := scan(s, "README.md", []byte(r.Before+"\n"+r.After)); len(leaks) != 0 {
			t.Errorf("the example of %s is itself taken for %v", r.ID, ruleSet(leaks))
		}
	}
	if len(ids) != 0 {
		t.Errorf("not documented: %v", ids)
	}
}

// A rule without a literal would have to look everywhere.
func TestEveryDetectorHasRareAnchors(t *testing.T) {
	for i, d := range builtinDetectors() {
		if len(d.anchors) == 0 {
			t.Errorf("detector %d has no anchor", i)
		}
		for _, a := range d.anchors {
			if len(a) < minLiteral || len(a) > maxLiteral || d.fold && a != strings.ToLower(a) {
				t.Errorf("detector %d: %q is no anchor", i, a)
			}
		}
	}
}
