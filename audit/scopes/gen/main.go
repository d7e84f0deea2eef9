// Command gen writes the data file of audit/scopes from the discovery documents
// of the pinned module google.golang.org/api:
//
//	go generate ./audit/scopes
package main

import (
	"fmt"
	"os"

	"scopeaudit/audit/scopes/internal/generate"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, version, err := generate.Locate()
	if err != nil {
		return err
	}
	data, err := generate.Build(os.DirFS(dir), version)
	if err != nil {
		return err
	}
	return os.WriteFile("catalogue.zst", data, 0o644)
}
