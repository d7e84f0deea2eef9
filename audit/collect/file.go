package collect

import (
	"fmt"
	"iter"
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
)

// file looks at one file, and at what is packed into it, with everything that
// looks at files; name is what the report calls it.
func (c *collector) file(f tree.File, name string) error {
	at := rules.Location{Origin: rules.Tree, Path: name}
	data := f.Bytes()
	watched := credfile.Framed(data)
	var found collector
	skips, err := decode.Each(data, decode.Limits{}, func(m decode.Member, views iter.Seq[decode.View]) error {
		in := at
		if m.Name != "" {
			in.Origin, in.Member = rules.Archive, m.Name
		}
		pass := c.scanner.Begin(in)
		for v := range views {
			pass.Scan(v)
		}
		found.leaks = append(found.leaks, pass.End()...)
		found.silenced += pass.Silenced()
		watched = watched || m.Name == "" && pass.Watched()
		if dropped := pass.Dropped(); dropped > 0 {
			found.skip(name, m.Name, fmt.Sprintf("%d more places that look like secrets: past the limit for one file", dropped), rules.ByFailure)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range skips {
		found.skip(name, s.Path, s.Reason, s.Kind)
	}
	if watched {
		found.credentials = identify(at, data)
	}
	if len(found.leaks) == 0 {
		// Only what is no secret stands under the keys of one: the examples of
		// documentation, our own reports among it.
		found.credentials = slices.DeleteFunc(found.credentials, func(h audit.Held) bool { return h.Credential.Kind == tokeninfo.TextCredential })
	}
	if len(found.credentials) > 0 {
		state := f.State()
		for i := range found.credentials {
			found.credentials[i].State = state
		}
	}
	found.aside.read(f, name, found.leaks)
	c.add(&found)
	return nil
}

// skip records a part of a file that was not examined.
func (c *collector) skip(name, member, reason string, kind rules.SkipKind) {
	if member != "" {
		name += "!" + member
	}
	c.skipped = append(c.skipped, rules.Skipped{Path: name, Reason: reason, Kind: kind})
}

// add takes over what was found in one file.
func (c *collector) add(found *collector) {
	if len(found.leaks)+len(found.credentials)+len(found.skipped)+found.silenced == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaks = append(c.leaks, found.leaks...)
	c.credentials = append(c.credentials, found.credentials...)
	c.skipped = append(c.skipped, found.skipped...)
	c.silenced += found.silenced
	c.aside.add(found.aside)
}

// identify lists the credentials in data. That there is none is no error here:
// most files of a tree hold none.
func identify(at rules.Location, data []byte) []audit.Held {
	credentials, err := credfile.Identify(data)
	if err != nil {
		return nil
	}
	held := make([]audit.Held, len(credentials))
	for i, cred := range credentials {
		place := cred.Place
		place.Origin, place.Path = at.Origin, at.Path
		held[i] = audit.Held{Credential: cred, Location: place}
	}
	return held
}
