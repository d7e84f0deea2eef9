package collect_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo/store"
)

// spotToken is a refresh token of full shape, put together here.
func spotToken(mark string) string {
	return "1//" + "0" + planted(mark)[len("ya29."):][:99]
}

// Whatever was found is read again where it was found, and gives its value; what
// changed meanwhile does not.
func TestReadAgain(t *testing.T) {
	r := newRepository(t)
	deleted, kept, packed := spotToken("dElEtEd1"), spotToken("kEpT2xYz"), spotToken("pAcKeD3q")
	r.write("secret/token.json", tokenFile(deleted))
	r.commit("by mistake")
	r.git("rm", "-q", "secret/token.json")
	r.commit("gone?")
	r.write("kept.py", "refresh_token = '"+kept+"'\n")
	zipping := zipped(t, "inner/main.py", "refresh_token = '"+packed+"'\n")
	r.write("homework.zip", zipping)

	key := secrets.Key{7}
	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{r.dir}}, collect.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]int)
	for _, l := range e.Leaks {
		if l.Kind != secrets.RefreshToken {
			continue
		}
		spot, err := collect.ReadAgain(t.Context(), e, l.Location, collect.Options{Key: key})
		if err != nil || len(spot.Leaks) == 0 {
			t.Errorf("%v: %+v, %v", l.Location, spot.Leaks, err)
		}
		values[spot.Value(l.Tag).Reveal()]++
		if l.Location.Blob != "" && (len(spot.Credentials) != 1 || spot.Credentials[0].RefreshToken.Reveal() != deleted) {
			t.Errorf("%v: %d credentials", l.Location, len(spot.Credentials))
		}
	}
	for _, want := range []string{deleted, kept, packed} {
		if values[want] != 1 {
			t.Errorf("a value was read %d times", values[want])
		}
	}

	if err := os.WriteFile(filepath.Join(r.dir, "kept.py"), []byte("refresh_token = '"+spotToken("oThEr444")+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range e.Leaks {
		if l.Location.Path != "kept.py" {
			continue
		}
		spot, err := collect.ReadAgain(t.Context(), e, l.Location, collect.Options{Key: key})
		if err != nil || spot.Value(l.Tag).Present() {
			t.Errorf("another value under the same name was handed out, %v", err)
		}
	}
	for _, at := range []rules.Location{
		{Origin: rules.History, Path: "x", Blob: strings.Repeat("ab", 20)}, {Origin: rules.Stdin, Path: "-"}, {Origin: rules.Env, Path: "X"},
	} {
		if _, err := collect.ReadAgain(t.Context(), e, at, collect.Options{Key: key}); !errors.Is(err, collect.ErrGone) {
			t.Errorf("%+v: %v", at, err)
		}
	}
}

// A file of any size is read again, though the credentials of a large one are not
// told: a notebook with pictures.
func TestReadAgainLarge(t *testing.T) {
	dir := t.TempDir()
	picture := strings.Repeat("iVBORw0KGgo/", (store.MaxCredential+1)/12+1)
	notebook := `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "execution_count": 1, "metadata": {}, "source": ["print(token)"],
 "outputs": [{"output_type": "stream", "name": "stdout", "text": ["refresh_token: ` + spotToken("lArGe123") + `"]},
 {"output_type": "display_data", "metadata": {}, "data": {"image/png": "` + picture + `"}}]}]}`
	if err := os.WriteFile(filepath.Join(dir, "large.ipynb"), []byte(notebook), 0o600); err != nil {
		t.Fatal(err)
	}
	o := collect.Options{Key: secrets.Key{7}}
	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{dir}}, o)
	if err != nil || len(e.Leaks) == 0 {
		t.Fatalf("%d leaks, %v", len(e.Leaks), err)
	}
	spot, err := collect.ReadAgain(t.Context(), e, e.Leaks[0].Location, o)
	if err != nil || spot.Value(e.Leaks[0].Tag).Reveal() != spotToken("lArGe123") || len(spot.Credentials) != 0 {
		t.Errorf("%+v, %v", spot.Leaks, err)
	}
}

// tokenFile is the content of a credential file with a refresh token.
func tokenFile(token string) string {
	return `{"refresh_token": "` + token + `", "token": "", "client_id": "000000000000-example.apps.googleusercontent.com", "client_secret": "x"}`
}

// Wherever a run meets a history, what it found there is read again: around a
// folder, further down, of submodules, without a work tree, and in archives.
func TestReadAgainEverywhere(t *testing.T) {
	deleted := func(t *testing.T, mark string) *repository {
		r := newRepository(t)
		r.write("deep/token.json", tokenFile(spotToken(mark)))
		r.write("deep/old.zip", zipped(t, "in/token.json", tokenFile(spotToken(mark+"zip"))))
		r.commit("by mistake")
		r.git("rm", "-q", "-r", "deep")
		r.write("main.py", "")
		r.commit("gone?")
		return r
	}
	for name, place := range map[string]func(t *testing.T) string{
		"around a folder": func(t *testing.T) string {
			r := deleted(t, "around")
			r.write("sub/main.py", "")
			return filepath.Join(r.dir, "sub")
		},
		"further down": func(t *testing.T) string {
			dir := t.TempDir()
			r := deleted(t, "further")
			if err := os.Rename(r.dir, filepath.Join(dir, "work")); err != nil {
				t.Fatal(err)
			}
			return dir
		},
		"further down, bare": func(t *testing.T) string {
			r := deleted(t, "further")
			dir := t.TempDir()
			r.git("clone", "-q", "--bare", ".", filepath.Join(dir, "a", "work.git"))
			return dir
		},
		"submodule": func(t *testing.T) string {
			r := newRepository(t)
			r.submodule(deleted(t, "submodule"), "third/lib", "third/lib")
			r.commit("with it")
			return r.dir
		},
		"archive": func(t *testing.T) string {
			dir := t.TempDir()
			packInto(t, filepath.Join(dir, "homework.zip"), deleted(t, "archived").dir)
			return dir
		},
		"archive of several": func(t *testing.T) string {
			dir := t.TempDir()
			for _, student := range []string{"kim", "lee"} {
				if err := os.Rename(deleted(t, student).dir, filepath.Join(dir, student)); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join(t.TempDir(), "class.tar.gz")
			packInto(t, file, dir)
			return file
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := collect.Options{Key: secrets.Key{7}, History: collect.HistoryAll}
			e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{place(t)}}, o)
			if err != nil {
				t.Fatal(err)
			}
			met := 0
			for _, l := range e.Leaks {
				if l.Kind != secrets.RefreshToken {
					continue
				}
				met++
				spot, err := collect.ReadAgain(t.Context(), e, l.Location, o)
				if err != nil || !spot.Value(l.Tag).Present() || len(spot.Leaks) == 0 {
					t.Errorf("%v: %d leaks, %v", l.Location, len(spot.Leaks), err)
					continue
				}
				if len(spot.Credentials) != 1 || spot.Credentials[0].RefreshToken.Reveal() != spot.Value(l.Tag).Reveal() {
					t.Errorf("%v: %d credentials", l.Location, len(spot.Credentials))
				}
				for _, again := range spot.Leaks {
					if again.Location.Member != l.Location.Member {
						t.Errorf("read at %v, found at %v", again.Location, l.Location)
					}
				}
			}
			if met < 2 {
				t.Errorf("%d refresh tokens were found", met)
			}
		})
	}
}
