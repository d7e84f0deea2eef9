package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
)

// Wanted gives the secrets in the content of a file whose copies are to be found:
// a credential of any format that credfile knows, a private key in PEM, or one
// secret alone on its line. Identifiers are none, nor are the client secrets that
// a well-known program publishes. The error is a *credfile.NotCredential.
func Wanted(data []byte) ([]secrets.Wanted, error) {
	credentials, err := credfile.Identify(data)
	if err != nil {
		w, ok := bare(data)
		if !ok {
			return nil, notWanted(err)
		}
		return []secrets.Wanted{w}, nil
	}
	var all []secrets.Wanted
	met := make(map[string]bool)
	for _, c := range credentials {
		if c.PublishedClient != "" {
			c.ClientSecret = tokeninfo.Secret{}
		}
		for _, w := range []secrets.Wanted{
			{Kind: secrets.AccessToken, Reveal: c.AccessToken.Reveal},
			{Kind: secrets.RefreshToken, Reveal: c.RefreshToken.Reveal},
			{Kind: secrets.ClientSecret, Reveal: c.ClientSecret.Reveal},
			{Kind: secrets.PrivateKeyText, Reveal: c.PrivateKey.Reveal},
		} {
			if w.Findable() && !met[w.Reveal()] {
				met[w.Reveal()] = true
				all = append(all, w)
			}
		}
	}
	if len(all) == 0 {
		what, _ := credentials[0].Kind.Describe()
		return nil, notWanted(&credfile.NotCredential{Looks: cmp.Or(what, "a file") + " without a secret that can be looked for"})
	}
	return all, nil
}

// bare takes data for one secret alone on its line, or for a private key.
func bare(data []byte) (secrets.Wanted, bool) {
	views := decode.Views(data) // UTF-16, as some shells write it
	if len(views) != 1 {
		return secrets.Wanted{}, false
	}
	text := strings.TrimSpace(string(views[0].Data))
	if strings.Contains(text, "PRIVATE KEY-----") {
		w := secrets.Wanted{Kind: secrets.PrivateKeyText, Reveal: func() string { return text }}
		return w, w.Findable()
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "Bearer "))
	if text == "" || strings.ContainsAny(text, "\r\n") || strings.ContainsAny(text[:1], "{[<") || !utf8.ValidString(text) ||
		strings.HasSuffix(text, ".apps.googleusercontent.com") {
		return secrets.Wanted{}, false
	}
	w := secrets.Wanted{Reveal: func() string { return text }}
	for head, kind := range map[string]secrets.Kind{
		"ya29.": secrets.AccessToken, "1//": secrets.RefreshToken, "GOCSPX-": secrets.ClientSecret,
	} {
		if strings.HasPrefix(text, head) {
			w.Kind = kind
		}
	}
	return w, w.Findable()
}

func notWanted(err error) error {
	other := &credfile.NotCredential{Looks: "no credential"}
	if e := (*credfile.NotCredential)(nil); errors.As(err, &e) {
		other.Looks = e.Looks
	}
	other.Wanted = fmt.Sprintf("a credential or one secret of %d to %d characters on its line", secrets.MinWanted, secrets.MaxWanted)
	other.Hint = "name the file whose copies you look for; an identifier, such as a client ID, is no secret"
	return other
}

// Find is [Run] for copies of o.Wanted, and of nothing else. Original is the file
// that they were read from, wherever it lies, or empty: what stands in it is no
// copy.
func Find(ctx context.Context, s Sources, original string, o Options) (audit.Evidence, error) {
	real := ""
	if original != "" {
		var err error
		if real, err = realPath(original); err != nil {
			return audit.Evidence{}, &tree.RootError{Path: original, Err: err}
		}
	}
	e, err := Run(ctx, s, o)
	if err != nil {
		return e, err
	}
	// Neither a comment nor another credential is what was asked for.
	e.Comments, e.Credentials = nil, nil
	name := ""
	if real != "" {
		name = under(e.Roots, real)
	}
	e.Leaks = slices.DeleteFunc(e.Leaks, func(l secrets.Leak) bool {
		return name != "" && l.Location.Path == name && l.Location.Origin != rules.History
	})
	e.Notes = append(findNotes(e, o.Wanted, name), e.Notes...)
	if name != "" {
		delete(e.Files, name)
	}
	return e, nil
}

// under is what reports call the file at an absolute path, or empty if no root
// holds it.
func under(roots []audit.Root, real string) string {
	for _, r := range roots {
		if rel, err := filepath.Rel(r.Real, real); err == nil && filepath.IsLocal(rel) {
			return path.Join(r.Name, filepath.ToSlash(rel))
		}
	}
	return ""
}

// findNotes say what was looked for, and what git does with it.
func findNotes(e audit.Evidence, wanted []secrets.Wanted, original string) []string {
	names := make(map[string]int)
	for _, w := range wanted {
		names[w.Name()]++
	}
	var what []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		what = append(what, count(names[name], name))
	}
	notes := []string{"looked for copies of " + strings.Join(what, ", ")}
	if len(e.Leaks) == 0 {
		notes[0] = fmt.Sprintf("no copy of the %s (%s) in %s", count(len(wanted), "secret"), strings.Join(what, ", "), count(e.Coverage.Files, "file"))
	}
	if original != "" {
		note := original + " is the original and counts as no copy"
		if e.Files[original].Git == rules.GitTracked {
			note += "; git tracks it: whoever clones the repository has it"
		}
		notes = append(notes, note)
	}
	return notes
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
