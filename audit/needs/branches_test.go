package needs_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// A branch without a statement ends nothing, and what follows it is reached.
func TestEmptyBranches(t *testing.T) {
	for name, source := range map[string]string{
		"a.js":   "const {google} = require('googleapis');\nfunction f(a) {\n  if (a) return; else ;\n  google.gmail('v1').users.labels.list();\n}\n",
		"b.js":   "const {google} = require('googleapis');\nfunction f(a) {\n  if (a) ; else return;\n  google.gmail('v1').users.labels.list();\n}\n",
		"A.java": "import com.google.api.services.gmail.Gmail;\nclass A {\n  void f(Gmail g, boolean a) {\n    if (a) return; else ;\n    g.users().labels().list(\"me\").execute();\n  }\n}\n",
	} {
		r := infer(t, []txtar.File{{Name: name, Data: []byte(source)}}, true)
		if len(r.Programs) != 1 || len(r.Programs[0].Calls) != 1 || r.Programs[0].Calls[0].State != "live" {
			t.Errorf("%s: the call is not live: %+v", name, r.Programs)
		}
	}
}
