package main

import (
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

//go:embed demo/gmail_connect.py
var demoScript []byte

// demoFolder is where the story's files lie, and what takes them away again.
func demoFolder(write string) (dir string, remove func(), err error) {
	if write == "" {
		if dir, err = os.MkdirTemp("", "scopeaudit-demo-"); err != nil {
			return "", nil, unfinished("set the variable TMPDIR to another folder, or name a new one with --write", "no folder for the story's files: %v", reason(err))
		}
		return dir, func() { os.RemoveAll(dir) }, nil
	}
	if write == "-" {
		return "", nil, usage("name a new folder", "--write: the files go into a folder")
	}
	if err := os.Mkdir(write, 0o755); errors.Is(err, fs.ErrExist) {
		return "", nil, usage("name a folder that does not exist yet", "--write: %q exists already", write)
	} else if err != nil {
		return "", nil, unfinished("choose another place", "--write: %q: %v", write, reason(err))
	}
	return write, func() {}, nil
}

// homework writes the student's project: the script, the client's file, the
// token as the script saves it, and the notebook that printed it.
func (s *demoStage) homework(dir string, t tokeninfo.Token) error {
	token, err := s.tokenFile(t)
	if err != nil {
		return err
	}
	client, err := json.Marshal(map[string]any{"installed": map[string]any{
		"client_id": s.client.ID, "project_id": "homework", "client_secret": s.client.Secret.Reveal(),
		"auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token",
		"redirect_uris": []string{"http://localhost"},
	}})
	if err != nil {
		return err
	}
	notebook, err := json.MarshalIndent(map[string]any{
		"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{},
		"cells": []any{
			cell("from gmail_connect import gmail_connect, newest\nservice = gmail_connect()", ""),
			cell("open('token.json').read()", "'"+string(token)+"'"),
			cell("[m['snippet'] for m in newest(service)]", "['Choose a new password']"),
		},
	}, "", " ")
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"gmail_connect.py": demoScript, "client_credentials.json": client, "token.json": token, "inbox.ipynb": notebook,
	} {
		// Python's open(…, 'w') lets everybody read.
		if err := store.WriteFile(filepath.Join(dir, name), content, store.WriteOptions{Mode: 0o644}); err != nil {
			return err
		}
	}
	return nil
}

// cell is a notebook's cell that was run.
func cell(source, output string) map[string]any {
	outputs := []any{}
	if output != "" {
		outputs = append(outputs, map[string]any{
			"output_type": "execute_result", "execution_count": 1, "metadata": map[string]any{},
			"data": map[string]any{"text/plain": []string{output}},
		})
	}
	return map[string]any{
		"cell_type": "code", "id": randomText(8), "execution_count": 1, "metadata": map[string]any{},
		"source": []string{source}, "outputs": outputs,
	}
}

// tokenFile is the token in the file that google-auth for Python loads.
func (s *demoStage) tokenFile(t tokeninfo.Token) ([]byte, error) {
	return credfile.Encode(tokeninfo.Credential{
		Kind: tokeninfo.GoogleAuth, ClientID: s.client.ID, ClientSecret: s.client.Secret,
		AccessToken: t.Access, RefreshToken: t.Refresh, Scopes: t.Scopes, Expiry: t.Expiry,
	}, tokeninfo.GoogleAuth)
}

// randomText is n characters of base64url that nobody can guess.
func randomText(n int) string {
	data := make([]byte, n)
	rand.Read(data) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(data)[:n]
}
