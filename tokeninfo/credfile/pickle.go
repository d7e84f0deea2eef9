package credfile

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"scopeaudit/tokeninfo"
)

const (
	pickleProto = 0x80 // opens pickles of protocol 2 and later
	pickleClass = "google.oauth2.credentials Credentials"
)

// maybePickle reports whether data may be a pickle that names the class we look
// for, or is surely some pickle.
func maybePickle(data []byte) bool {
	if len(data) < 2 {
		return false
	}
	if data[0] == pickleProto {
		return data[1] >= 2 && data[1] <= 5
	}
	// Protocols 0 and 1 begin with the first opcode: a global, a mark, an empty
	// container.
	return bytes.IndexByte([]byte("c(]})"), data[0]) >= 0 &&
		bytes.Contains(data, []byte("cgoogle.oauth2.credentials\nCredentials\n"))
}

// readPickle lists google-auth's credentials inside a pickle (row 9). The
// opcodes are read and noted, nothing is imported or called. The second result
// says whether the pickle could be read to its end.
func readPickle(data []byte) ([]tokeninfo.Credential, bool) {
	m := machine{data: data}
	ok := m.run()
	var out []tokeninfo.Credential
	for _, o := range m.built {
		if o.of.name() != pickleClass || len(out) == maxCredentials {
			continue
		}
		if c, ok := pickled(o); ok {
			out = append(out, c)
		}
	}
	if len(out) > 1 {
		for i := range out {
			out[i].Label = "object " + strconv.Itoa(i+1)
		}
	}
	if !ok {
		return note(out, []string{"the pickle is damaged or half-written: Python does not load it"}), false
	}
	if m.stranger() {
		out = note(out, []string{"the pickle names code that is neither google-auth's nor Python's own types: loading it may run that code"})
	}
	return out, true
}

// pickled reads one object's attributes.
func pickled(o *thing) (tokeninfo.Credential, bool) {
	c := tokeninfo.Credential{Kind: tokeninfo.Pickle}
	state := value{kind: object}
	var expiry *thing
	scopes := map[string][]string{}
	for key, v := range o.attributes() {
		switch key {
		case "expiry":
			expiry = v
		case "_scopes", "_granted_scopes", "_default_scopes":
			scopes[key] = v.strings()
		}
		if v.kind == isText {
			// google-auth's attributes are its keys with an underscore.
			state.keys = append(state.keys, strings.TrimPrefix(key, "_"))
			state.items = append(state.items, value{kind: text, str: v.str})
		}
	}
	f := fieldsOf(state, &c.Warnings)
	filled := f.user(tokeninfo.Pickle)
	filled.AccessToken = tokeninfo.NewSecret(f.text("token"))
	filled.Warnings = c.Warnings
	if expiry != nil {
		filled.Expiry = expiry.datetime()
	}
	wanted := scopes["_scopes"]
	if len(wanted) == 0 {
		wanted = scopes["_default_scopes"]
	}
	if granted := scopes["_granted_scopes"]; len(granted) > 0 {
		filled.Requested, filled.Scopes, filled.Claim = wanted, granted, tokeninfo.ClaimGranted
	} else if len(wanted) > 0 {
		filled.Scopes, filled.Claim = wanted, tokeninfo.ClaimRequested
	}
	return filled, filled.AccessToken.Present() || filled.RefreshToken.Present()
}

// stranger reports whether the pickle names a global that an honest one of
// google-auth has no use for.
func (m *machine) stranger() bool {
	for _, g := range m.globals {
		module, _, _ := strings.Cut(g, " ")
		switch {
		case strings.HasPrefix(module, "google."), module == "datetime", module == "copy_reg", module == "copyreg":
		case slices.Contains([]string{
			"builtins set", "builtins frozenset", "builtins object", "builtins list", "builtins dict",
			"__builtin__ set", "__builtin__ frozenset", "__builtin__ object", "_codecs encode",
			"collections OrderedDict",
		}, g):
		default:
			return true
		}
	}
	return false
}

// datetime reads what Python's datetime packs into ten bytes: year, month, day,
// hour, minute, second, microseconds. google-auth's is naive UTC.
func (t *thing) datetime() time.Time {
	if t.kind != isCall || t.of.name() != "datetime datetime" || len(t.items) == 0 {
		return time.Time{}
	}
	b := t.items[0].packed()
	if len(b) != 10 {
		return time.Time{}
	}
	year, month := int(b[0])<<8|int(b[1]), int(b[2]&0x7f)
	micro := int(b[7])<<16 | int(b[8])<<8 | int(b[9])
	if year == 0 || month < 1 || month > 12 {
		return time.Time{}
	}
	return time.Date(year, time.Month(month), int(b[3]), int(b[4]), int(b[5]), int(b[6]), micro*1000, time.UTC)
}

// packed gives bytes; the old protocols write them as a call that encodes text.
func (t *thing) packed() []byte {
	if t.kind == isCall && t.of.name() == "_codecs encode" && len(t.items) > 0 {
		var out []byte
		for _, r := range t.items[0].str {
			if r > 0xff || len(out) > 16 {
				return nil
			}
			out = append(out, byte(r))
		}
		return out
	}
	return []byte(t.str)
}
