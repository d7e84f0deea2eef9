package audit_test

import (
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// probed makes a probe of "PLMSG": profile, labels, messages, search, language;
// a small letter was refused, a dot not answered.
func probed(outcomes string) *tokeninfo.Probe {
	methods := []string{"getProfile", "labels.list", "messages.list", "messages.list", "settings.getLanguage"}
	p := &tokeninfo.Probe{Asked: now}
	for i, o := range outcomes {
		call := tokeninfo.ProbedCall{Method: "gmail.users." + methods[i], Search: i == 3}
		switch {
		case o == '.':
			call.Outcome, call.Reason = tokeninfo.NotProven, "no answer in time"
		case 'a' <= o && o <= 'z':
			call.Outcome = tokeninfo.Refused
		default:
			call.Outcome = tokeninfo.Opened
		}
		p.Calls = append(p.Calls, call)
	}
	return p
}

func TestProbe(t *testing.T) {
	const auth = "https://www.googleapis.com/auth/gmail."
	for _, tt := range []struct {
		name     string
		granted  []string
		outcomes string
		follows  string
		findings int
	}{
		{"reads", []string{readonly}, "PLMSG", "https://mail.google.com/, gmail.modify, gmail.readonly", 0},
		{"full mail reads no more", []string{fullMail}, "PLMSG", "success names no single scope", 0},
		{"metadata alone", []string{metadata}, "PLMsg", "gmail.metadata is held, alone or beside", 0},
		{"metadata beside", []string{metadata, readonly}, "PLMsG", "gmail.metadata is held, alone or beside", 0},
		{"labels", []string{auth + "labels"}, "pLmsg", "it reads no mail; alone, each of these would open the same, so success names no single scope: gmail.labels", 0},
		{"settings", []string{auth + "settings.basic"}, "plmsG", "gmail.settings.basic", 0},
		{"drafts", []string{auth + "compose"}, "Plmsg", "gmail.compose", 0},
		{"send", []string{send}, "plmsg", "reads nothing of Gmail", 0},
		{"two small ones", []string{auth + "labels", auth + "settings.basic"}, "pLmsG", "several are held", 0},
		{"refused in spite of the scope", []string{readonly}, "plmsg", "reads nothing", 5},
		{"opened without a scope", []string{auth + "labels"}, "PLMSG", "reads and searches", 4},
		{"not answered", []string{readonly}, "PLM.G", "little follows", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			held := with(token(tt.granted...), func(h *audit.Held) {
				h.Grant = &tokeninfo.Grant{Access: tokeninfo.Live, Scopes: tt.granted, ClientID: h.Credential.ClientID, Asked: now}
				h.Probe = probed(tt.outcomes)
			})
			r := audit.Check(audit.Evidence{Time: now, Credentials: []audit.Held{held}}, policy(t, ""), catalogue(t))
			if got := strings.Join(r.Credentials[0].Probe.Follows, "\n"); !strings.Contains(got, tt.follows) || !strings.Contains(got, "was not tried") {
				t.Errorf("follows: %s\nwant %q", got, tt.follows)
			}
			n := 0
			for _, f := range r.Findings {
				if f.Rule == rules.ProbeDiffers {
					n++
				}
			}
			if n != tt.findings {
				t.Errorf("%d findings, want %d: %+v", n, tt.findings, r.Findings)
			}
		})
	}
}
