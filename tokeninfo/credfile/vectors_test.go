package credfile

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/decode"
	"scopeaudit/tokeninfo"
)

var update = flag.Bool("update", false, "write what Identify says into the vectors; read the difference before committing it")

const vectorDir = "../../testdata/vectors/credfile"

// vector is one file of testdata/vectors/credfile; its README describes the
// format.
type vector struct {
	name   string
	about  []string // header lines before the first expect:
	keys   map[string]string
	expect []string // header lines from the first expect: on
	raw    []byte   // the body as it stands in the file
	data   []byte   // the body decoded
}

func (v vector) row() int { n, _ := strconv.Atoi(v.keys["row"]); return n }

func (v vector) accepted() bool { return !slices.Contains(v.expect, "expect: error") }

func readVectors(t testing.TB) []vector {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(vectorDir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors in %s: %v", vectorDir, err)
	}
	var out []vector
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := bytes.Cut(file, []byte("\n---\n"))
		if !ok {
			t.Fatalf("%s: no line ---", path)
		}
		v := vector{name: filepath.Base(path), keys: map[string]string{}, raw: body, data: body}
		for line := range strings.Lines(string(head)) {
			line = strings.TrimSuffix(line, "\n")
			key, val, _ := strings.Cut(line, ": ")
			if key == "expect" || len(v.expect) > 0 {
				v.expect = append(v.expect, line)
				continue
			}
			v.about, v.keys[key] = append(v.about, line), val
		}
		switch v.keys["encoding"] {
		case "base64":
			v.data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(body)), ""))
		case "hex":
			v.data, err = hex.DecodeString(strings.Join(strings.Fields(string(body)), ""))
		case "":
		default:
			err = errors.New("unknown encoding")
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, v)
	}
	return out
}

// show writes a result as the header of a vector does.
func show(creds []tokeninfo.Credential, err error) []string {
	if err != nil {
		var e *NotCredential
		if !errors.As(err, &e) {
			return []string{"expect: " + err.Error()}
		}
		out := []string{"expect: error", "looks: " + e.Looks}
		if e.Hint != "" {
			out = append(out, "hint: "+e.Hint)
		}
		return out
	}
	var out []string
	for _, c := range creds {
		add := func(key, val string) {
			if val != "" {
				out = append(out, key+": "+val)
			}
		}
		add("expect", string(c.Kind))
		add("label", c.Label)
		add("claim", string(c.Claim))
		for _, s := range c.Scopes {
			add("scope", s)
		}
		for _, s := range c.Requested {
			add("asked", s)
		}
		var holds []string
		for _, s := range []struct {
			name   string
			secret tokeninfo.Secret
		}{{"access", c.AccessToken}, {"refresh", c.RefreshToken}, {"client-secret", c.ClientSecret}, {"id-token", c.IDToken}, {"private-key", c.PrivateKey}} {
			if s.secret.Present() {
				holds = append(holds, s.name)
			}
		}
		add("holds", strings.Join(holds, " "))
		add("client-id", c.ClientID)
		add("published", c.PublishedClient)
		add("client-type", c.ClientType)
		for _, s := range c.RedirectURIs {
			add("redirect", s)
		}
		add("account", c.Account)
		add("project", c.ProjectID)
		if !c.Expiry.IsZero() {
			add("expires", c.Expiry.UTC().Format(time.RFC3339Nano))
		}
		for _, e := range c.Endpoints {
			word := "endpoint"
			if e.Foreign {
				word = "foreign"
			}
			add(word, e.Field+" "+e.Value)
		}
		if p := c.Place; p.Line > 1 || p.Cell > 0 {
			add("place", strings.TrimSuffix(fmt.Sprintf("line %d, %s", p.Line, p.CellName()), ", "))
		}
		for _, s := range c.Warnings {
			add("warning", s)
		}
		for _, s := range c.CannotTell {
			add("cannot-tell", s)
		}
	}
	return out
}

func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			creds, err := Identify(v.data)
			got := show(creds, err)
			if slices.Equal(got, v.expect) {
				return
			}
			if *update && len(got) > 0 && len(v.expect) > 0 && got[0] == v.expect[0] {
				lines := slices.Concat(v.about, got, []string{"---", ""})
				file := append([]byte(strings.Join(lines, "\n")), v.raw...)
				if err := os.WriteFile(filepath.Join(vectorDir, v.name), file, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(v.expect, "\n"))
		})
	}
}

// TestVectorsCoverTheTable holds that each of the 29 rows has two accepted
// vectors and a near miss, and that every kind but the one given by hand appears.
func TestVectorsCoverTheTable(t *testing.T) {
	accepted, near := map[int]int{}, map[int]int{}
	kinds := map[string]bool{}
	for _, v := range readVectors(t) {
		if v.accepted() {
			accepted[v.row()]++
		} else {
			near[v.row()]++
		}
		for _, line := range v.expect {
			if kind, ok := strings.CutPrefix(line, "expect: "); ok {
				kinds[kind] = true
			}
		}
	}
	for row := 1; row <= 29; row++ {
		if accepted[row] < 2 || near[row] < 1 {
			t.Errorf("row %d has %d accepted vectors and %d near misses, want 2 and 1", row, accepted[row], near[row])
		}
	}
	readme, err := os.ReadFile(filepath.Join(vectorDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range allKinds() {
		if k != tokeninfo.BareAccessToken && !kinds[string(k)] {
			t.Errorf("no vector shows kind %s", k)
		}
		if !bytes.Contains(readme, []byte("`"+string(k)+"`")) {
			t.Errorf("the README of the vectors does not list kind %s", k)
		}
		if name, what := k.Describe(); name == "" || what == "" {
			t.Errorf("Describe knows nothing of kind %s", k)
		}
	}
	if extra := len(slices.Collect(maps.Keys(kinds))) - 1 - (len(allKinds()) - 1); extra > 0 {
		t.Errorf("vectors show %d kinds that allKinds does not list", extra)
	}
}

func allKinds() []tokeninfo.Kind {
	return []tokeninfo.Kind{
		tokeninfo.GoogleAuth, tokeninfo.ADCUser, tokeninfo.NodeUser, tokeninfo.NodeCredentials, tokeninfo.GoToken,
		tokeninfo.ClientSecrets, tokeninfo.OAuth2Client, tokeninfo.OAuth2ClientMultistore, tokeninfo.Pickle,
		tokeninfo.JavaStored, tokeninfo.GcloudDB, tokeninfo.ServiceAccount, tokeninfo.ExternalAccount,
		tokeninfo.ExternalUser, tokeninfo.ImpersonatedAccount, tokeninfo.GDCHAccount, tokeninfo.ClaspLocal,
		tokeninfo.ClaspGlobal, tokeninfo.ClaspV3, tokeninfo.Rclone, tokeninfo.GAMOAuth2, tokeninfo.GAMService,
		tokeninfo.OAuth2L, tokeninfo.OAuthlibTool, tokeninfo.MuttOAuth2, tokeninfo.GWSCache, tokeninfo.FirebaseTools,
		tokeninfo.TokenResponse, tokeninfo.TextCredential, tokeninfo.BareAccessToken,
	}
}

// TestEveryCredentialSaysWhatItCannotTell: nothing is left blank.
func TestEveryCredentialSaysWhatItCannotTell(t *testing.T) {
	for _, v := range readVectors(t) {
		creds, _ := Identify(v.data)
		for _, c := range creds {
			if len(c.CannotTell) == 0 {
				t.Errorf("%s: nothing is said about what the file cannot tell", v.name)
			}
			if c.Claim == "" {
				t.Errorf("%s: no claim", v.name)
			}
		}
	}
}

// TestMaybeMissesNothing asks the reader behind the gate.
func TestMaybeMissesNothing(t *testing.T) {
	for _, v := range readVectors(t) {
		if creds, _ := identify(v.data); len(creds) > 0 && !Maybe(v.data) {
			t.Errorf("%s: Maybe is false where identify finds %s", v.name, creds[0].Kind)
		}
	}
	for _, s := range []string{"", "package main\n", `{"name": "x", "version": "1.0.0", "url": "http://a/?a=1\u0026b=2"}`} {
		if Maybe([]byte(s)) {
			t.Errorf("Maybe(%q) is true", s)
		}
	}
}

// TestLiteralsMissNothing looks for the literals as a walk does, in all that is
// decoded of a file: the gate and the reader behind it must agree.
func TestLiteralsMissNothing(t *testing.T) {
	for _, v := range readVectors(t) {
		creds, _ := identify(v.data)
		if len(creds) > 0 && !Framed(v.data) && !told(t, v.data) {
			t.Errorf("%s: no literal tells of %s", v.name, creds[0].Kind)
		}
	}
	for _, s := range []string{
		"", "package main\n", `{"parameters": {"access_token": {"type": "string"}, "client_id": []}}`, "const x = token.refresh_token;\n",
	} {
		if told(t, []byte(s)) {
			t.Errorf("%q is taken for a credential", s)
		}
	}
}

// told says whether a literal that tells stands in data or what is encoded there.
func told(t testing.TB, data []byte) bool {
	t.Helper()
	tells := false
	_, err := decode.Each(data, decode.Limits{Depth: -1}, func(_ decode.Member, views iter.Seq[decode.View]) error {
		for v := range views {
			for _, literal := range Literals() {
				for at := 0; ; at++ {
					n := bytes.Index(v.Data[at:], []byte(literal))
					if n < 0 {
						break
					}
					at += n
					tells = tells || Tells(v.Data, at)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tells
}
