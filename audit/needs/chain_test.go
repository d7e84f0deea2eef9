package needs_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// A map that is called as a resource is none: it is asked what it has, and set.
func TestMapsAreNoResources(t *testing.T) {
	const source = `const SCOPES = ['https://www.googleapis.com/auth/gmail.modify'];
const auth = new google.auth.GoogleAuth({scopes: SCOPES});
function find(store, id) {
  if (!store.attachments.has(id)) return null;
  return store.attachments.get(id);
}
function fetchAll(client, id) {
  return client.users.messages.attachments.get({userId: 'me', messageId: id, id: 'a'});
}
`
	r := infer(t, []txtar.File{{Name: "store.js", Data: []byte("const {google} = require('googleapis');\n" + source)}}, true)
	if len(r.Programs) != 1 || len(r.Programs[0].Calls) != 1 || r.Programs[0].Calls[0].At.Line != 9 {
		t.Errorf("calls: %+v", r.Programs[0].Calls)
	}
}
