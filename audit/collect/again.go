package collect

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
)

// ErrGone says that what was found can no longer be read where it was.
var ErrGone = errors.New("it can no longer be read where it was found")

// ReadAgain reads once more what stands at a place of the evidence: in a file of a
// tree, or in an object of git's history, either of which may be in an archive.
func ReadAgain(ctx context.Context, e audit.Evidence, at rules.Location, o Options) (Spot, error) {
	var named []string
	for _, root := range e.Roots {
		named = append(named, root.Real)
	}
	places, err := locate(named)
	if err != nil {
		return Spot{}, err
	}
	defer places.close()
	for _, s := range places.sources {
		rel, ok := inRoot(places.prefix(s), at.Path)
		switch {
		case !ok:
			continue
		case at.Blob != "":
			if data, ok := s.object(rel, at.Blob); ok {
				return ReadSpot(data, at, o)
			}
			if at.Member == "" {
				continue
			}
			data, ok, err := s.archivedObject(ctx, rel, at.Blob)
			switch {
			case err != nil:
				return Spot{}, err
			case ok:
				return readSpot(bytes.NewReader(data), innerMember(data, at.Member), at, o)
			}
		case at.Origin == rules.Tree || at.Origin == rules.Archive:
			return ReadFile(ctx, filepath.Join(s.top, filepath.FromSlash(rel)), at, o)
		}
	}
	return Spot{}, ErrGone
}

// inRoot makes a path of a report one below the root of that name.
func inRoot(name, path string) (rel string, ok bool) {
	if name == "" {
		return path, true
	}
	return strings.CutPrefix(path, name+"/")
}

// object reads an object of the history that holds a path: that of the repository
// around the source, of one further down on the way, or of a submodule of these.
func (s source) object(path, name string) (data []byte, found bool) {
	look := func(h *tree.History, _ string, _ []rules.Skipped) error {
		if h != nil && !found {
			data, found = objectOf(h, name)
		}
		return nil
	}
	try := func(h *tree.History, _ []rules.Skipped) {
		if h == nil {
			return
		}
		defer h.Close()
		if look(h, "", nil); !found {
			h.Submodules(look)
		}
	}
	try(s.git.History(true))
	for i, c := range path {
		if c == '/' && !found {
			try(s.git.HistoryOf(path[:i]))
		}
	}
	return data, found
}

// archivedObject reads an object of a history in an archive.
func (s source) archivedObject(ctx context.Context, archive, name string) (data []byte, found bool, err error) {
	file := filepath.Join(s.top, filepath.FromSlash(archive))
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return nil, false, nil
	}
	_, err = tree.Walk(ctx, file, tree.Options{}, func(f tree.File) error {
		var gits gitDirs
		_, err := decode.Files(f, f.Size(), decode.Limits{}, func(m decode.File) error {
			gits.see(m.Name)
			return nil
		})
		for _, dir := range gits.list() {
			if err != nil || found {
				break
			}
			var files *tree.Archived
			if files, _, err = gitFiles(f, f.Size(), dir); err != nil {
				break
			}
			if h, _ := tree.ArchivedHistory(files, dir); h != nil {
				data, found = objectOf(h, name)
				h.Close()
			}
		}
		return err
	})
	return data, found, err
}

// objectOf reads an object of a history by its name.
func objectOf(h *tree.History, name string) ([]byte, bool) {
	for _, format := range []objects.Format{objects.SHA1, objects.SHA256} {
		if id, err := objects.ParseID(format, name); err == nil {
			_, data, err := h.Reader().Get(id)
			return data, err == nil
		}
	}
	return nil, false
}

// innerMember is what a member's name leaves for an object that is one itself: in
// a history in an archive, a file's path in there comes first.
func innerMember(data []byte, member string) string {
	for _, inner := range splitMember(member) {
		if _, ok := memberOf(bytes.NewReader(data), inner); ok && inner != "" {
			return inner
		}
	}
	return ""
}
