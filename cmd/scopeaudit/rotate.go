package main

import (
	"bytes"
	"context"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// rotatable says why a file could not keep a new refresh token, nil if it could.
// It is asked before the old one is used: a server that rotates ends it by that.
func rotatable(path string, data []byte, c tokeninfo.Credential) error {
	if _, can := credfile.Renew(data, c, tokeninfo.Token{Refresh: tokeninfo.NewSecret("x")}); !can {
		return unfinished("sign in again with `scopeaudit login`, into a file that can", "%q cannot hold a new refresh token, so the old one was not used", path)
	}
	return store.CanWrite(path, true)
}

// refreshed uses a refresh token. A server that rotates is heard out, interrupt or
// not: with its answer, the only token that is still good would be lost.
func refreshed(ctx context.Context, server tokeninfo.Provider, c tokeninfo.Credential) (tokeninfo.Token, error) {
	if server.Rotates() {
		ctx = context.WithoutCancel(ctx) // the server's own time limit stands
	}
	return server.Refresh(ctx, clientOf(c), c.RefreshToken)
}

// keepRotated writes a refresh token that came in the old one's place, before
// anything else is done with what came.
func keepRotated(path string, was []byte, c tokeninfo.Credential, fresh tokeninfo.Secret) ([]byte, error) {
	now, err := keepRenewed(path, was, c, tokeninfo.Token{Refresh: fresh})
	if err != nil {
		return was, unfinished("sign in again: the one in the file may be dead now", "a new refresh token came in the old one's place and could not be kept: %v", err)
	}
	return now, nil
}

// keepRenewed writes what is new of a token into the file that held the old one,
// leaves the rest of it as it is, and gives what the file holds now. A format
// without a place for what is new is left alone.
func keepRenewed(path string, was []byte, c tokeninfo.Credential, token tokeninfo.Token) ([]byte, error) {
	data, can := credfile.Renew(was, c, token)
	if !can || bytes.Equal(data, was) {
		return was, nil
	}
	if err := store.WriteFile(path, data, store.WriteOptions{Replace: true, Was: was}); err != nil {
		return was, err
	}
	return data, nil
}
