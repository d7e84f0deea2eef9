package login

import (
	"net/http/httptest"
	"strconv"
	"testing"
)

// The page says how long it is, since the connection is cut right behind it.
func TestPageHasALength(t *testing.T) {
	w := httptest.NewRecorder()
	Page{Good: true, Title: "Done", Items: []Item{{true, "granted", "gmail.readonly", "<b>"}}}.send(w)
	if got := w.Header().Get("Content-Length"); got == "" || got != strconv.Itoa(w.Body.Len()) {
		t.Errorf("length %q of %d", got, w.Body.Len())
	}
}
