//go:build !unix

package store

import (
	"io/fs"
	"os"

	"scopeaudit/audit/rules"
)

// openFile has no flags against pipes and links here; ReadFile asks the name
// before and the descriptor after.
func openFile(path string) (*os.File, error) { return os.Open(path) }

// fileState knows no mode: the bits that Go shows on Windows say nothing about
// who may read.
func fileState(fs.FileInfo) rules.FileState { return rules.FileState{} }

// syncFolder has nothing to do: these systems cannot flush a folder.
func syncFolder(*os.Root) {}
