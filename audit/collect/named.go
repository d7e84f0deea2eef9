package collect

import (
	"fmt"
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// Credential reads the credentials in a file that the user named: any format
// that credfile knows, or a bare token. The error is a *store.FileError
// for a file that cannot be read, or wraps a *credfile.NotCredential for one
// that holds none.
func Credential(path string) (audit.Evidence, error) {
	data, info, err := store.ReadFile(path, store.MaxCredential)
	if err != nil {
		return audit.Evidence{}, err
	}
	git, err := tree.OpenGit(path)
	if err != nil {
		return audit.Evidence{}, err
	}
	defer git.Close()
	name, err := git.Path(path)
	if err != nil {
		return audit.Evidence{}, err
	}
	e, err := Bytes(data, rules.Location{Origin: rules.Tree, Path: name})
	if err != nil {
		return e, fmt.Errorf("%q: %w", path, err)
	}
	info.State.Git = git.State(name)
	for i := range e.Credentials {
		e.Credentials[i].State = info.State
	}
	return e, nil
}

// Bytes reads the credentials in bytes that the user handed in: any format that
// credfile knows, or a bare token.
func Bytes(data []byte, at rules.Location) (audit.Evidence, error) {
	credentials, err := credfile.Identify(data)
	if err != nil {
		bare, bareErr := credfile.FromToken(string(data))
		if bareErr != nil {
			var ok bool
			if bare, ok = credfile.FromRefreshToken(string(data)); !ok {
				return audit.Evidence{}, err
			}
		}
		credentials = []tokeninfo.Credential{bare}
	}
	e := audit.Evidence{Coverage: rules.Coverage{Files: 1, Bytes: int64(len(data))}}
	for _, cred := range credentials {
		place := cred.Place
		place.Origin, place.Path = at.Origin, at.Path
		e.Credentials = append(e.Credentials, audit.Held{
			Credential: cred, Location: place, Named: true, State: rules.FileState{Git: rules.GitNone},
		})
	}
	return e, nil
}

// credentials reads the files that the user named as credentials, each once, and
// names them as the walk does.
func (p *places) credentials(files []string, exclude *tree.Excludes) (audit.Evidence, error) {
	var all audit.Evidence
	met := make(map[string]bool)
	for _, file := range files {
		e, err := Credential(file)
		if err != nil {
			return audit.Evidence{}, err
		}
		real, err := realPath(file)
		if err != nil {
			return audit.Evidence{}, &tree.RootError{Path: file, Err: err}
		}
		if met[real] {
			continue
		}
		met[real] = true
		for i := range e.Credentials {
			e.Credentials[i].Location.Path = p.name(real)
		}
		all.Credentials = append(all.Credentials, e.Credentials...)
		if !p.walk(real, exclude) { // else the walk counts it
			all.Coverage.Add(e.Coverage)
		}
	}
	return all, nil
}

// join puts credentials that the user named before those that a walk met; one
// that was met as well is not listed twice.
func join(e, named audit.Evidence) audit.Evidence {
	asked := make(map[string]bool)
	for _, held := range named.Credentials {
		asked[held.Location.Path] = true
	}
	e.Credentials = slices.DeleteFunc(e.Credentials, func(h audit.Held) bool { return asked[h.Location.Path] })
	return Join(e, named)
}

// Join puts credentials that were handed in otherwise before all others.
func Join(e, handed audit.Evidence) audit.Evidence {
	e.Credentials = slices.Concat(handed.Credentials, e.Credentials)
	e.Coverage.Add(handed.Coverage)
	return e
}
