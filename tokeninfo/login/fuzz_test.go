package login

import (
	"net/url"
	"strings"
	"testing"
)

// Nothing without the state is an answer, whatever else a callback or a pasted
// text holds.
func FuzzCallback(f *testing.F) {
	c := &callback{host: "127.0.0.1:1", path: "/p", state: strings.Repeat("s", 43)}
	for _, q := range []string{"state=" + c.state + "&code=x", "state=" + c.state + "&error=access_denied", "code=x", "state=&code=x", "%zz", "iss=x&state=" + c.state + "&code=x", "state=" + c.state + "&state=&code=x"} {
		f.Add(q)
		f.Add("http://127.0.0.1:1/p?" + q)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a, why := c.read(text); why == "" {
			q, err := url.ParseQuery(text)
			if err != nil || q.Get("state") != c.state || !a.foreign && a.code.Present() == (a.refusal != "") ||
				a.foreign && (q["iss"] == nil || a.code.Present() || a.refusal != "") {
				t.Errorf("%q gave %+v", text, a)
			}
		}
		if _, why := c.pasted(text); why == "" {
			u, err := url.Parse(text)
			if err != nil || u.Scheme != "http" || u.Host != c.host || u.Path != c.path || u.Query().Get("state") != c.state {
				t.Errorf("%q was taken", text)
			}
		}
	})
}
