package audit

import (
	"fmt"
	"path"
	"strings"
	"unicode"

	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// file judges the file that holds a credential: who else gets it by way of git
// or of the machine. A credential pasted into source or a notebook is the
// business of the secret rules: there the file itself has to stay.
//
// Remedies are for the file's own folder: the top of its work tree may lie
// between the place that the path starts from and the file.
func (c *check) file(s subject) {
	if s.Location.Origin != rules.Tree || s.Credential.Kind == tokeninfo.TextCredential || !holdsSecret(s.Credential) {
		return
	}
	switch s.State.Git {
	case rules.GitTracked:
		f := c.finding(rules.CredentialTracked, s.Location)
		f.Message = fmt.Sprintf("git tracks %s: whoever clones the repository has the credential", s.name())
		f.Remedy = fmt.Sprintf("%sthen run `%s` in its folder and name the file in .gitignore; the commits that hold it still do",
			endFirst(s.Credential, path.Base(s.Location.Path)), Untrack(path.Base(s.Location.Path)))
		if s.Credential.Kind == tokeninfo.ClientSecrets && s.Credential.ClientType == "installed" {
			f.Severity = rules.Medium
		}
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	case rules.GitUntracked:
		f := c.finding(rules.CredentialNotIgnored, s.Location)
		f.Message = fmt.Sprintf("neither tracked nor ignored: the next `git add .` commits %s", s.name())
		f.Remedy = fmt.Sprintf("run `printf '%%s\\n' %s >> .gitignore` in its folder", ShellQuote(IgnoreLine(path.Base(s.Location.Path))))
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
	c.readable(s)
}

// readable compares the permission bits with the policy's.
func (c *check) readable(s subject) {
	if c.policy.FileMode == 0 || !s.State.ModeKnown || (!s.Named && s.State.Git == rules.GitTracked) {
		return
	}
	if s.State.Mode&^c.policy.FileMode == 0 {
		return
	}
	f := c.finding(rules.FileReadable, s.Location)
	f.Message = fmt.Sprintf("its mode is %04o, the policy allows %04o at most", s.State.Mode, c.policy.FileMode)
	f.Remedy = fmt.Sprintf("run `chmod %o %s` in its folder", c.policy.FileMode, ShellQuote(path.Base(s.Location.Path)))
	f.Subject.Credential = s.id
	c.add(f, s.words()...)
}

// holdsSecret reports whether there is anything in the file worth hiding.
func holdsSecret(cred tokeninfo.Credential) bool {
	return cred.AccessToken.Present() || cred.RefreshToken.Present() || cred.ClientSecret.Present() || cred.PrivateKey.Present()
}

// endFirst says how a credential ends, since hiding a leaked one mends nothing.
func endFirst(cred tokeninfo.Credential, name string) string {
	switch {
	case cred.PrivateKey.Present():
		return "delete the key in the Cloud console, "
	case cred.RefreshToken.Present() || cred.AccessToken.Present():
		return "run `scopeaudit revoke " + ShellQuote(name) + "` in its folder (or end the grant at " + connectionsPage + "), "
	default:
		return "reset the client secret in the Cloud console, "
	}
}

// IgnoreLine makes a line of .gitignore of a path from the file's folder: it is
// anchored, and what gitignore reads as a pattern is escaped.
func IgnoreLine(p string) string {
	escaped := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path.Clean(p))
	if strings.HasSuffix(escaped, " ") {
		escaped = strings.TrimSuffix(escaped, " ") + `\ `
	}
	return "/" + escaped
}

// Untrack is the command by which git forgets a file and leaves it where it is. Git
// takes a path for a pattern if it looks like one (gitglossary(7), pathspec).
func Untrack(path string) string {
	literal := ""
	if strings.ContainsAny(path, `*?[\`) || strings.HasPrefix(path, ":") {
		literal = "--literal-pathspecs "
	}
	return "git " + literal + "rm --cached -- " + ShellQuote(path)
}

// ShellQuote makes one word of a POSIX shell of s, so that a remedy can be
// pasted whatever a file is called. A name that holds what a terminal might act
// on is given as a pattern of question marks: such a command must not be built.
func ShellQuote(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-/+@%:,=", r))
	}) < 0
	if plain {
		return s
	}
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) >= 0 {
		safe := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-/", r) {
				return r
			}
			return '?'
		}, s)
		return safe
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
