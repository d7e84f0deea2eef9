package collect

import (
	"errors"
	"fmt"
	"iter"

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
	space := c.space()
	defer c.giveBack(space)
	found := &collector{scanner: c.scanner}
	var skips []rules.Skipped
	var err error
	if f.Whole() {
		found.watched = credfile.Framed(f.Bytes())
		skips, err = space.Each(f.Bytes(), decode.Limits{}, found.input(at))
	} else {
		found.watched = framed(f)
		skips, err = space.EachAt(f, f.Size(), decode.Limits{}, found.input(at))
	}
	if err := found.examined(name, skips, err); err != nil {
		return err
	}
	if found.watched {
		c.identify(f, at, found)
	}
	if len(found.credentials) > 0 {
		state := f.State()
		for i := range found.credentials {
			found.credentials[i].State = state
		}
	}
	found.aside.read(f, name, found.leaks)
	c.add(found)
	return nil
}

// input gives what looks at an input, and at each of its members, by views.
func (c *collector) input(at rules.Location) func(decode.Member, iter.Seq[decode.View]) error {
	return func(m decode.Member, views iter.Seq[decode.View]) error {
		in := at
		if m.Name != "" {
			in.Origin, in.Member = rules.Archive, m.Name
		}
		pass := c.scanner.Begin(in)
		for v := range views {
			pass.Scan(v)
		}
		c.leaks = append(c.leaks, pass.End()...)
		c.silenced += pass.Silenced()
		c.watched = c.watched || m.Name == "" && pass.Watched()
		if dropped := pass.Dropped(); dropped > 0 {
			c.skip(at.Path, m.Name, fmt.Sprintf("%d more places that look like secrets: past the limit for one file", dropped), rules.ByFailure)
		}
		return nil
	}
}

// examined takes over what was not examined of an input.
func (c *collector) examined(name string, skips []rules.Skipped, err error) error {
	for _, s := range skips {
		c.skip(name, s.Path, s.Reason, s.Kind)
	}
	var failed *decode.ReadError
	if errors.As(err, &failed) {
		c.skip(name, "", failed.Err.Error(), rules.ByFailure)
		return nil
	}
	return err
}

// framed is [credfile.Framed] of a file that is not held.
func framed(f tree.File) bool {
	head := make([]byte, 64)
	n, _ := f.ReadAt(head, 0)
	return credfile.Framed(head[:n])
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

// identify lists the credentials in a file that may hold one, unless it is larger
// than credfile looks into. Of files that are not held, one at a time is.
func (c *collector) identify(f tree.File, at rules.Location, found *collector) {
	data := f.Bytes()
	if !f.Whole() {
		if f.Size() > credfile.MaxFile {
			return
		}
		c.holding.Lock()
		defer c.holding.Unlock()
		data = make([]byte, f.Size())
		if n, _ := f.ReadAt(data, 0); n < len(data) {
			return // which the scan has found too
		}
	}
	found.hold(at, data)
}

// hold lists the credentials in data. That there is none is no error here: most
// files of a tree hold none.
func (c *collector) hold(at rules.Location, data []byte) {
	credentials, err := credfile.Identify(data)
	if err != nil {
		return
	}
	for _, cred := range credentials {
		// Only what is no secret stands under the keys of one: the examples of
		// documentation, our own reports among it.
		if len(c.leaks) == 0 && cred.Kind == tokeninfo.TextCredential {
			continue
		}
		place := cred.Place
		place.Origin, place.Path = at.Origin, at.Path
		c.credentials = append(c.credentials, audit.Held{Credential: cred, Location: place})
	}
}
