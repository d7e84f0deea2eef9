package audit

import (
	"bytes"
	"testing"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Whatever stands around a piece of source, taking it out takes out no more than
// it, its line and commas.
func FuzzElement(f *testing.F) {
	f.Add([]byte("SCOPES = ['a', 'b',  # c\n 'd']"), uint16(10), uint8(3), "a.py", false)
	f.Add([]byte(`"SCOPES = [\n", "  \"a\",\n", "]"`), uint16(20), uint8(5), "a.ipynb", true)
	f.Add([]byte("x = ('a', 'b')"), uint16(5), uint8(3), "a.json", false)
	f.Add([]byte("/* ( */ {'a' /* , */}"), uint16(9), uint8(3), "a.java", false)
	f.Fuzz(func(t *testing.T, text []byte, start uint16, length uint8, path string, notebook bool) {
		from := min(int(start), len(text))
		to := min(from+int(length), len(text))
		at := rules.Location{Path: path}
		if notebook {
			at.Cell = 1
		}
		e := elementAt(text, from, to, at)
		if e.open >= from || e.before >= from || e.behind >= 0 && e.behind < to {
			t.Fatalf("open %d, before %d, behind %d around %d to %d", e.open, e.before, e.behind, from, to)
		}
		e.inList()
		e.only()
		e.separator()
		kept := e.without()
		if len(kept) > len(text) || !bytes.HasPrefix(kept, text[:min(max(e.before, 0), bytes.LastIndexByte(text[:from], '\n')+1)]) {
			t.Fatalf("%q becomes %q", text, kept)
		}
		if n := len(e.tupled(kept)) - len(kept); n < 0 || n > 1 {
			t.Fatalf("%q becomes %q", kept, e.tupled(kept))
		}
	})
}

// Whatever a literal is, it is narrowed to something that asks for what is meant.
func FuzzLiteral(f *testing.F) {
	cat, err := scopes.Load()
	if err != nil {
		f.Fatal(err)
	}
	c := &check{cat: cat}
	const full, read, drive = "https://mail.google.com/", "https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/drive"
	for _, seed := range []string{"'" + full + "'", "scope=" + full + "%20" + drive, "\"" + drive + "," + full + "," + full + "\"", "gmail.MailGoogleComScope", "GmailScopes.MAIL_GOOGLE_COM", "https%3A%2F%2Fmail.google.com%2F", "\\n" + full + "\\n" + drive} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, ok := c.literal(text, []scopes.Scope{full})
		if !ok {
			return
		}
		now, ok := c.narrow(l, narrowing{full: {read}})
		if !ok {
			return
		}
		if _, still := c.literal(now, []scopes.Scope{full}); still {
			t.Errorf("%q becomes %q", text, now)
		}
		if _, found := c.literal(now, []scopes.Scope{read}); !found {
			t.Errorf("%q becomes %q", text, now)
		}
	})
}
