package collect

import (
	"errors"
	"fmt"
	"iter"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
)

// part is what one input holds: a file, or standard input.
type part struct {
	scanner     *secrets.Scanner // nil: secrets are not looked for
	code        *code            // nil: what code needs is not asked
	limits      decode.Limits
	leaks       []secrets.Leak
	credentials []audit.Held
	skipped     []rules.Skipped
	silenced    int
	dropped     int  // leaks past what one run keeps
	watched     bool // it may hold a credential
	gits        gitDirs
	aside       aside
}

// file looks at one file, and at what is packed into it, with everything that
// looks at files; name is what the report calls it, and lies where it is.
func (c *collector) file(f tree.File, name, lies string) error {
	at := rules.Location{Origin: rules.Tree, Path: name}
	space := c.space()
	defer c.giveBack(space)
	if c.code != nil {
		c.code.file(f, name, lies)
	}
	found := c.part()
	found.watched = found.scanner != nil && framed(f)
	var skips []rules.Skipped
	var err error
	if f.Whole() {
		skips, err = space.Each(f.Bytes(), found.limits, found.input(at))
	} else {
		skips, err = space.EachAt(c.reading(f), f.Size(), found.limits, found.input(at))
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
	c.repositories(f.Path, found)
	c.pointer(f)
	c.add(found)
	return nil
}

// part is for one input.
func (c *collector) part() *part {
	p := &part{scanner: c.scanner, code: c.code}
	if c.codeOnly() {
		p.scanner, p.limits = nil, decode.Limits{Nesting: -1}
	}
	return p
}

// input gives what looks at an input, and at each of its members, by views.
func (p *part) input(at rules.Location) func(decode.Member, iter.Seq[decode.View]) error {
	return func(m decode.Member, views iter.Seq[decode.View]) error {
		in := at
		if m.Name != "" {
			p.gits.see(m.Name)
			in.Member = nested(at.Member, m.Name)
			if at.Blob == "" { // of one in git, that it is there says more
				in.Origin = rules.Archive
			}
		}
		code := p.code
		if m.Name == "" {
			code = nil // which has seen it
		}
		switch {
		case p.scanner != nil:
		case code == nil:
			return nil
		default:
			for v := range views {
				if code.member(at.Path, m, v) {
					break
				}
			}
			return nil
		}
		pass := p.scanner.Begin(in)
		for v := range views {
			if code != nil && code.member(at.Path, m, v) {
				code = nil
			}
			pass.Scan(v)
		}
		leaks := pass.End()
		room := min(len(leaks), maxLeaks-len(p.leaks))
		p.leaks = append(p.leaks, leaks[:room]...)
		p.dropped += len(leaks) - room
		p.silenced += pass.Silenced()
		p.watched = p.watched || m.Name == "" && pass.Watched()
		if dropped := pass.Dropped(); dropped > 0 {
			p.skip(at.Path, m.Name, fmt.Sprintf("%d more places that look like secrets: past the limit for one file", dropped), rules.ByFailure)
		}
		return nil
	}
}

// examined takes over what was not examined of an input.
func (p *part) examined(name string, skips []rules.Skipped, err error) error {
	for _, s := range skips {
		p.skip(name, s.Path, s.Reason, s.Kind)
	}
	p.skipped = past(p.skipped, p.dropped, "places that look like secrets: past the limit for one run", rules.ByFailure)
	var failed *decode.ReadError
	if errors.As(err, &failed) {
		p.skip(name, "", failed.Err.Error(), rules.ByFailure)
		return nil
	}
	return err
}

// framed is [credfile.Framed] of a file, held or not.
func framed(f tree.File) bool {
	if f.Whole() {
		return credfile.Framed(f.Bytes())
	}
	head := make([]byte, 64)
	n, _ := f.ReadAt(head, 0)
	return credfile.Framed(head[:n])
}

// skip records a part of a file that was not examined.
func (p *part) skip(name, member, reason string, kind rules.SkipKind) {
	if member != "" {
		name += "!" + member
	}
	p.skipped = append(p.skipped, rules.Skipped{Path: name, Reason: reason, Kind: kind})
}

// identify lists the credentials in a file that may hold one, unless it is larger
// than credfile looks into. Of files that are not held, one at a time is.
func (c *collector) identify(f tree.File, at rules.Location, found *part) {
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
func (p *part) hold(at rules.Location, data []byte) {
	credentials, err := credfile.Identify(data)
	if err != nil {
		return
	}
	for _, cred := range credentials {
		// Only what is no secret stands under the keys of one: the examples of
		// documentation, our own reports among it.
		if len(p.leaks) == 0 && cred.Kind == tokeninfo.TextCredential {
			continue
		}
		place := at
		place.Line, place.Column, place.EndLine, place.EndColumn = cred.Place.Line, cred.Place.Column, cred.Place.EndLine, cred.Place.EndColumn
		place.Cell, place.Execution, place.Output = cred.Place.Cell, cred.Place.Execution, cred.Place.Output
		p.credentials = append(p.credentials, audit.Held{Credential: cred, Location: place})
	}
}
