package collect

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// Spot is one file, or one object of git's history, that a user pointed at: it
// was read again, and this time the values of its secrets were kept.
type Spot struct {
	// Leaks are what stands in it.
	Leaks []secrets.Leak
	// Credentials are those that its own format tells of; none in a member of an
	// archive.
	Credentials []tokeninfo.Credential

	values map[secrets.Tag]tokeninfo.Secret
}

// Value is the value of a secret of the spot.
func (s Spot) Value(tag secrets.Tag) tokeninfo.Secret { return s.values[tag] }

// ReadSpot reads what stands at a place of which the content is given. Tags are
// those of a [Run] under the same key.
func ReadSpot(data []byte, at rules.Location, o Options) (Spot, error) {
	s := Spot{values: make(map[secrets.Tag]tokeninfo.Secret)}
	found := &part{scanner: o.scanner().Revealing(func(tag secrets.Tag, value string) {
		s.values[tag] = tokeninfo.NewSecret(value)
	})}
	input := at
	input.Member = ""
	if _, err := decode.Each(data, decode.Limits{}, found.input(input)); err != nil {
		return Spot{}, err
	}
	for _, l := range found.leaks {
		if l.Location.Member == at.Member {
			s.Leaks = append(s.Leaks, l)
		}
	}
	if at.Member == "" {
		s.Credentials, _ = credfile.Identify(data) // that it holds none is no error
	}
	return s, nil
}

// ErrGone says that what was found can no longer be read where it was.
var ErrGone = errors.New("it can no longer be read where it was found")

// ReadAgain gives the content at a place of the evidence: a file of a tree, or an
// object of git's history.
func ReadAgain(e audit.Evidence, at rules.Location) ([]byte, error) {
	for _, root := range e.Roots {
		rel, ok := inRoot(root.Name, at.Path)
		switch {
		case !ok:
			continue
		case at.Blob != "":
			if data, err := object(root.Real, rel, at.Blob); err == nil {
				return data, nil
			}
		case at.Origin == rules.Tree || at.Origin == rules.Archive:
			data, _, err := store.ReadFile(filepath.Join(root.Real, filepath.FromSlash(rel)), store.MaxCredential)
			return data, err
		}
	}
	return nil, ErrGone
}

// inRoot makes a path of a report one below the root of that name.
func inRoot(name, path string) (rel string, ok bool) {
	switch {
	case name == ".", name == "":
		return path, true
	case path == name:
		return "", true
	}
	return strings.CutPrefix(path, name+"/")
}

// object reads an object of the repository whose work tree encloses a folder, or
// of one further down on the way to the path.
func object(real, rel, name string) ([]byte, error) {
	dirs := []string{real}
	for i, c := range rel {
		if c == '/' {
			if dir := filepath.Join(real, filepath.FromSlash(rel[:i])); exists(filepath.Join(dir, ".git")) {
				dirs = append(dirs, dir)
			}
		}
	}
	for _, dir := range dirs {
		if data, err := objectIn(dir, name); err == nil {
			return data, nil
		}
	}
	return nil, ErrGone
}

func objectIn(dir, name string) ([]byte, error) {
	git, err := tree.OpenGit(dir)
	if err != nil {
		return nil, err
	}
	defer git.Close()
	h, _ := git.History(true)
	if h == nil {
		return nil, ErrGone
	}
	defer h.Close()
	for _, format := range []objects.Format{objects.SHA1, objects.SHA256} {
		if id, err := objects.ParseID(format, name); err == nil {
			_, data, err := h.Reader().Get(id)
			return data, err
		}
	}
	return nil, ErrGone
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
