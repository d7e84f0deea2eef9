package collect

import (
	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// Credential reads the credentials in a file that the user named: any format
// that credfile knows, or a bare access token. The error is a *store.FileError
// for a file that cannot be read, or a *credfile.NotCredential for one that
// holds none.
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
	info.State.Git = git.State(name)
	for i := range e.Credentials {
		e.Credentials[i].State = info.State
	}
	return e, err
}

// Bytes reads the credentials in bytes that the user handed in: any format that
// credfile knows, or a bare access token.
func Bytes(data []byte, at rules.Location) (audit.Evidence, error) {
	credentials, err := credfile.Identify(data)
	if err != nil {
		bare, bareErr := credfile.FromToken(string(data))
		if bareErr != nil {
			return audit.Evidence{}, err
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

// Join puts credentials that the user named before those that a walk met; one
// that was met as well is not listed twice.
func Join(tree, named audit.Evidence) audit.Evidence {
	asked := make(map[string]bool)
	for _, held := range named.Credentials {
		asked[held.Location.Path] = held.Location.Origin == rules.Tree
	}
	credentials := named.Credentials
	for _, held := range tree.Credentials {
		if held.Location.Origin != rules.Tree || !asked[held.Location.Path] {
			credentials = append(credentials, held)
		}
	}
	tree.Credentials = credentials
	tree.Coverage.Skipped = append(tree.Coverage.Skipped, named.Coverage.Skipped...)
	return tree
}
