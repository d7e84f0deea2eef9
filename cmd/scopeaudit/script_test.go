package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"scopeaudit": func() { os.Exit(mainCode()) }})
}

// TestScripts runs the users' stories in testdata/script. Each has a stand-in for
// Google of its own and searches all that it printed for every secret that it
// planted; the commands that the stories use beside testscript's own are in
// story_test.go.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		Setup:               setupStory,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"tokenfile": tokenfile,
			"misbehave": misbehave,
			"requests":  requests,
			"serve":     serve,
			"plant":     plant,
			"mkfifo":    mkfifo,
		},
	})
}
