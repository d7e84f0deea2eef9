package secrets

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"scopeaudit/audit/rules"
)

// pairStorage makes a storage secret a finding if an ID stands close enough.
func pairStorage(found []finding) []finding {
	var ids []finding
	for _, f := range found {
		if f.Rule == storageIDFact {
			ids = append(ids, f)
		}
	}
	var out []finding
	for _, f := range found {
		switch {
		case f.Rule == storageIDFact:
			continue
		case f.Rule == rules.GoogleStorageHMAC:
			if id := nearest(f, ids); id == nil || distance(f, *id) > hmacDistance {
				continue
			}
			f.fact = false
		}
		out = append(out, f)
	}
	return out
}

func distance(a, b finding) int64 { return max(a.pos-b.pos, b.pos-a.pos) }

// nearest gives the one of others that stands closest to f, the earlier of two.
func nearest(f finding, others []finding) *finding {
	var best *finding
	for i := range others {
		if best == nil || distance(f, others[i]) < distance(f, *best) {
			best = &others[i]
		}
	}
	return best
}

// partner gives the one of others that goes with the i-th of these: in a file
// of several credentials, as rclone's, the i-th too, since a neighbour's part may
// stand closer than one's own; else the nearest. Both are in order.
func partner(i int, these, others []finding) *finding {
	if len(these) == len(others) {
		return &others[i]
	}
	return nearest(these[i], others)
}

// maxParts bounds how many findings of one kind are looked at for composites.
// Pairing compares each with each, and an input with more is a dump of many.
const maxParts = 500

// compose says which client a secret belongs to, grades what is published, and
// adds the composites of one input: nearest wins.
func compose(found []finding) []finding {
	var ids, secrets, tokens []finding
	for i := range found {
		if found[i].Kind == ClientID && len(ids) < maxParts {
			ids = append(ids, found[i])
		}
	}
	for i := range found {
		f := &found[i]
		switch f.Kind {
		case AccessToken, RefreshToken, ClientSecret:
			if id := nearest(*f, ids); id != nil {
				f.ClientID = id.ClientID
			}
		}
		switch {
		case f.Kind == ClientSecret:
			if app := publishedClient(f.ClientID); app != "" {
				f.Severity = rules.Info
				f.Message = "the client secret of " + app + ", which is published with the program: it is no secret"
			}
			if len(secrets) < maxParts {
				secrets = append(secrets, *f)
			}
		case f.Kind == RefreshToken && len(tokens) < maxParts:
			tokens = append(tokens, *f)
		}
	}
	if len(ids) == 0 {
		return found
	}
	// In the order of their places, whichever view each was found in.
	inOrder := func(a, b finding) int { return a.Location.Compare(b.Location) }
	slices.SortStableFunc(secrets, inOrder)
	slices.SortStableFunc(tokens, inOrder)
	done := map[Tag]bool{}
	for i, token := range tokens {
		secret := partner(i, tokens, secrets)
		if secret == nil {
			break
		}
		id := nearest(*secret, ids)
		if !done[token.Tag] {
			done[token.Tag] = true
			found = append(found, finding{Leak: fullCredential(id.ClientID, token.Leak, secret.Leak, id.part()...)})
		}
		done[secret.Tag] = true
	}
	for _, secret := range secrets {
		if id := nearest(secret, ids); !done[secret.Tag] {
			done[secret.Tag] = true
			found = append(found, finding{Leak: oauthClient(id.ClientID, secret.Leak, id.part()...)})
		}
	}
	return found
}

// part gives what a composite may name: a fact is no finding that it could.
func (f finding) part() []Leak {
	if f.fact {
		return nil
	}
	return []Leak{f.Leak}
}

func fullCredential(clientID string, token, secret Leak, id ...Leak) Leak {
	l := composite(rules.GoogleFullCredential, append([]Leak{token, secret}, id...))
	l.Severity, l.ClientID = rules.Critical, clientID
	l.Message = "a full Google credential (client ID, client secret and refresh token): anyone who has it can make access tokens"
	app := publishedClient(clientID)
	if app != "" {
		l.Message = "a refresh token with the published client of " + app + ": anyone who has it can make access tokens"
	}
	if token.Rule == rules.GoogleTokenCutShort || app == "" && secret.Rule == rules.GoogleTokenCutShort {
		l.Message = "a full Google credential (client ID, client secret and refresh token) that" + cutMessage
	}
	return l
}

func oauthClient(clientID string, secret Leak, id ...Leak) Leak {
	l := composite(rules.GoogleOAuthClient, append([]Leak{secret}, id...))
	l.Severity, l.ClientID = secret.Severity, clientID
	switch {
	case publishedClient(clientID) != "":
		l.Message = "the published OAuth client of " + publishedClient(clientID) + ": an identity that everyone has"
	case secret.Severity >= rules.High:
		l.Message = "the identity of a web application (client ID and client secret), which must be kept confidential"
	case secret.Severity == rules.Low:
		l.Message = "the identity of an installed application (client ID and client secret): Google does not treat it as confidential, " +
			"yet it lets others use the application's name and quota"
	default:
		l.Message = "the identity of an application (client ID and client secret): confidential for a web application, " +
			"not for an installed one; the text does not say which it is"
	}
	return l
}

// composite joins parts: it stands where the first of them does, and is as sure
// as the least sure.
func composite(rule rules.ID, parts []Leak) Leak {
	slices.SortStableFunc(parts, compareLeaks)
	l := Leak{Rule: rule, Confidence: rules.HighConfidence, Location: parts[0].Location}
	tags := make([]Tag, 0, len(parts))
	for _, part := range parts {
		l.Confidence = min(l.Confidence, part.Confidence)
		l.Parts = append(l.Parts, part.Fingerprint)
		if part.Kind != ClientID {
			tags = append(tags, part.Tag)
		}
	}
	slices.SortFunc(tags, func(a, b Tag) int { return slices.Compare(a[:], b[:]) })
	h := sha256.New() // the tags are keyed already
	h.Write([]byte(rule))
	for _, t := range tags {
		h.Write(t[:])
	}
	h.Sum(l.Tag[:0])
	l.Fingerprint = fingerprint(append([]string{labelComposite, string(rule), placeName(l.Location)},
		slices.Sorted(slices.Values(l.Parts))...)...)
	return l
}

// Join gives the full credentials that lie in several files of one folder, as
// client_credentials.json beside token.json: leaks are all those of a run. A
// refresh token that already is part of a full credential makes no second one,
// and clients that are known to differ are not joined.
func Join(leaks []Leak) []Leak {
	tags := map[string]Tag{}
	folders := map[string][]Leak{}
	for _, l := range leaks {
		tags[l.Fingerprint] = l.Tag
		if name, ok := folder(l.Location); ok {
			folders[name] = append(folders[name], l)
		}
	}
	done := map[Tag]bool{}
	for _, l := range leaks {
		if l.Rule == rules.GoogleFullCredential {
			for _, part := range l.Parts {
				done[tags[part]] = true
			}
		}
	}
	var joined []Leak
	for _, in := range folders {
		joined = append(joined, joinFolder(in, done)...)
	}
	slices.SortStableFunc(joined, compareLeaks)
	return joined
}

func joinFolder(in []Leak, done map[Tag]bool) []Leak {
	slices.SortStableFunc(in, compareLeaks)
	var joined []Leak
	here := map[Tag]bool{}
	for _, token := range in {
		if token.Kind != RefreshToken || done[token.Tag] || here[token.Tag] {
			continue
		}
		if secret, ok := clientFor(token, in); ok {
			here[token.Tag] = true
			l := fullCredential(cmp.Or(token.ClientID, secret.ClientID), token, secret)
			l.Message += "; its parts lie in files beside each other"
			joined = append(joined, l)
		}
	}
	return joined
}

// clientFor finds the client secret in a folder that may go with a refresh
// token: of the same client if that is known, else of any.
func clientFor(token Leak, in []Leak) (Leak, bool) {
	best, found := Leak{}, false
	for _, l := range in {
		switch {
		case l.Kind != ClientSecret || l.ClientID == "" && token.ClientID == "":
		case l.ClientID != "" && l.ClientID == token.ClientID:
			return l, true
		case !found && (l.ClientID == "" || token.ClientID == ""):
			best, found = l, true
		}
	}
	return best, found
}

// folder names what lies beside each other. Objects of history without a path
// lie nowhere.
func folder(l rules.Location) (string, bool) {
	path := placeName(l)
	i := len(path) - 1
	for i >= 0 && path[i] != '/' && path[i] != '!' {
		i--
	}
	return string(l.Origin) + "\x00" + l.Commit + "\x00" + path[:i+1], path != "" && path != "-" && l.Origin != rules.Env
}
