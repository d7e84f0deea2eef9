package secrets

import (
	"bytes"

	"scopeaudit/audit/rules"
)

// forgeShapes are the tokens of GitHub and GitLab.
func forgeShapes() []shape {
	const gitLab = "a GitLab token: it acts in projects and groups within its scopes"
	lab := func(prefix string, in func(byte) bool, least, most int) shape {
		return shape{rule: rules.GitLabToken, prefixes: []string{prefix}, in: in, min: least, max: most,
			severity: rules.High, message: gitLab, key: "token", judge: gitLabChecksum}
	}
	return []shape{
		{rule: rules.GitHubToken, prefixes: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, in: isAlnum, min: 36, max: 76,
			severity: rules.High, message: "a GitHub token: it acts as its owner, or as the application that it was given to",
			key: "token", judge: gitHubChecksum},
		{rule: rules.GitHubToken, prefixes: []string{"ghs_"}, in: func(b byte) bool { return isURL64(b) || b == '.' }, min: 60, max: 4000,
			severity: rules.High, message: "a GitHub installation token: it acts as an application, for about an hour",
			key: "token", judge: gitHubInstallation},
		{rule: rules.GitHubFineGrained, prefixes: []string{"github_pat_"}, in: func(b byte) bool { return isAlnum(b) || b == '_' }, min: 82, max: 82,
			severity: rules.High, message: "a fine-grained GitHub token: it acts as its owner within the repositories and permissions that were chosen",
			key: "token"},
		lab("glpat-", isURL64Dot, 20, 320),
		lab("glrt-", isURL64Dot, 20, 320),
		lab("gldt-", isURL64, 20, 20),
		lab("glft-", isURL64, 20, 20),
		lab("glsoat-", isURL64, 20, 20),
		lab("glffct-", isURL64, 20, 20),
		lab("glimt-", isURL64, 25, 25),
		lab("glagent-", isURL64, 50, 50),
		lab("glptt-", isLowerHex, 40, 40),
		lab("gloas-", isAlnum, 64, 64),
		lab("glcbt-", isURL64, 20, 120),
		lab("GR1348941", isURL64, 20, 20),
	}
}

// gitHubChecksum verifies the last six characters. Refresh tokens are longer
// than the others, and none but they may be.
func gitHubChecksum(w window, m *match, tail []byte) bool {
	if len(tail) != 36 && w.data[m.start+2] != 'r' {
		return false
	}
	if body := tail[:len(tail)-6]; crcBase62(body) != string(tail[len(tail)-6:]) {
		m.malformed()
	}
	return true
}

// gitHubInstallation knows digits, "_" and a JWT.
func gitHubInstallation(w window, m *match, tail []byte) bool {
	digits := run(tail, 0, isDigit)
	if digits == 0 || digits == len(tail) || tail[digits] != '_' {
		return false
	}
	head, rest, _ := bytes.Cut(tail[digits+1:], []byte("."))
	payload, signature, ok := bytes.Cut(rest, []byte("."))
	return ok && len(signature) >= signatureFloor && jsonPart(head) != nil && jsonPart(payload) != nil
}

// gitLabChecksum takes tokens of the fixed length, and of the routable form,
// payload "." (version ".") length and checksum, whose checksum is verified
// where a version says how it is made.
func gitLabChecksum(w window, m *match, tail []byte) bool {
	dot := bytes.IndexByte(tail, '.')
	if dot < 0 {
		switch m.label {
		case "glpat-":
			return len(tail) == 20
		case "glrt-": // "t1_" says which kind of runner
			return len(tail) == 20 || len(tail) == 23 && tail[0] == 't'
		}
		return true
	}
	parts := bytes.Split(tail, []byte("."))
	last := parts[len(parts)-1]
	if len(parts) > 3 || len(parts) == 3 && len(parts[1]) != 2 || len(last) != 9 || dot < 27 || run(last, 0, isLowerAlnum) != len(last) {
		// A full stop, or an attribute of a shorter one: only the fixed part is it.
		m.end = m.start + len(m.label) + dot
		return dot == 20
	}
	if value := w.data[m.start:m.end]; len(parts) == 3 && crcBase36(value[:len(value)-7]) != string(value[len(value)-7:]) {
		m.malformed()
	}
	return true
}
