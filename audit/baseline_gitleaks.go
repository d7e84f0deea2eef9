package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit/rules"
)

// gitleaksFinding is what is read of an element of gitleaks' JSON report. What it
// quotes, Secret and Match and Line, is not.
type gitleaksFinding struct {
	RuleID, File       *string
	StartLine, EndLine *int
	Commit             string
}

func decodeGitleaks(data []byte) ([]BaselineEntry, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, syntaxFault(data, err)
	}
	return eachEntry(data, list, func(raw []byte) (BaselineEntry, error) {
		var f gitleaksFinding
		if json.Unmarshal(raw, &f) != nil || f.RuleID == nil || f.File == nil || f.StartLine == nil || *f.RuleID == "" || len(*f.RuleID)+len(*f.File) > maxField {
			return BaselineEntry{}, &BaselineError{0, "this is no finding of gitleaks: it has no RuleID, File and StartLine", takes}
		}
		e := BaselineEntry{Rule: rules.ID(*f.RuleID), Path: slashed(*f.File), First: *f.StartLine, Last: *f.StartLine, Commit: f.Commit}
		if f.EndLine != nil {
			e.Last = max(e.Last, *f.EndLine)
		}
		return e, nil
	})
}

// decodeIgnore reads a .gitleaksignore: fingerprints FILE:RULE:LINE, or
// COMMIT:FILE:RULE:LINE, and comments.
func decodeIgnore(data []byte) ([]BaselineEntry, error) {
	var out []BaselineEntry
	number := 0
	for raw := range bytes.Lines(data) {
		number++
		text := strings.TrimSpace(string(raw))
		if text == "" || text[0] == '#' {
			continue
		}
		if len(out) == maxEntries {
			return nil, &BaselineError{number, fmt.Sprintf("lists more than %d findings", maxEntries), takes}
		}
		e, ok := ignored(text)
		if !ok {
			return nil, &BaselineError{number, "is no baseline: as a .gitleaksignore, this line would be FILE:RULE:LINE or COMMIT:FILE:RULE:LINE", takes}
		}
		e.Line = number
		out = append(out, e)
	}
	return out, nil
}

// ignored reads one fingerprint of gitleaks from its end, since a path may hold
// colons.
func ignored(text string) (BaselineEntry, bool) {
	parts := strings.Split(text, ":")
	n := len(parts)
	if n < 3 || len(text) > maxField {
		return BaselineEntry{}, false
	}
	line, err := strconv.Atoi(parts[n-1])
	rule := parts[n-2]
	if err != nil || line < 0 || rule == "" || strings.ContainsAny(rule, " \t/\\\"'") {
		return BaselineEntry{}, false
	}
	e := BaselineEntry{Rule: rules.ID(rule), First: line, Last: line}
	// Gitleaks writes commits with 40 digits, or 7 since version 8.26.
	if commit := parts[0]; n > 3 && len(commit) >= 7 && isHex(commit) {
		e.Commit, parts = commit, parts[1:]
	}
	e.Path = slashed(strings.Join(parts[:len(parts)-2], ":"))
	return e, parts[0] != ""
}

// slashed is a path of another tool as ours are written.
func slashed(name string) string {
	return path.Clean(strings.ReplaceAll(name, `\`, "/"))
}

// sameRule reports whether a finding of our rule may be the one that another tool
// found by its rule. Where we have no rule for what it looks for, or it only
// knows that something looks secret, the place decides.
func sameRule(theirs, ours rules.ID, all map[rules.ID]rules.Rule) bool {
	if theirs == "generic-api-key" {
		return true
	}
	same := counterparts(string(theirs))
	for id := range all {
		if _, name, ok := strings.Cut(string(id), ":"); ok && name == string(theirs) {
			same = append(same, id)
		}
	}
	return len(same) == 0 || slices.Contains(same, ours)
}

// counterparts are our rules for what a rule of gitleaks' own pack finds.
func counterparts(theirs string) []rules.ID {
	switch theirs {
	case "gcp-api-key":
		return []rules.ID{rules.GoogleAPIKey, rules.GoogleExpressKey}
	case "github-fine-grained-pat":
		return []rules.ID{rules.GitHubFineGrained}
	case "slack-webhook-url":
		return []rules.ID{rules.SlackWebhook}
	case "aws-access-token":
		return []rules.ID{rules.AWSAccessKeyID}
	case "aws-amazon-bedrock-api-key-long-lived", "aws-amazon-bedrock-api-key-short-lived":
		return []rules.ID{rules.AWSBedrockKey}
	case "stripe-access-token":
		return []rules.ID{rules.StripeKey}
	case "openai-api-key":
		return []rules.ID{rules.OpenAIKey}
	case "anthropic-api-key", "anthropic-admin-api-key":
		return []rules.ID{rules.AnthropicKey}
	case "npm-access-token":
		return []rules.ID{rules.NPMToken}
	case "pypi-upload-token":
		return []rules.ID{rules.PyPIToken}
	case "sendgrid-api-token":
		return []rules.ID{rules.SendGridKey}
	case "telegram-bot-api-token":
		return []rules.ID{rules.TelegramToken}
	case "age-secret-key":
		return []rules.ID{rules.AgeKey}
	case "facebook-access-token", "facebook-page-access-token":
		return []rules.ID{rules.FacebookAccessToken, rules.FacebookAppToken}
	case "facebook-secret":
		return []rules.ID{rules.FacebookAppSecret}
	case "azure-ad-client-secret":
		return []rules.ID{rules.EntraClientSecret}
	case "twitter-bearer-token":
		return []rules.ID{rules.XBearerToken}
	case "jwt", "jwt-base64":
		return []rules.ID{rules.JWT}
	case "private-key":
		return []rules.ID{rules.PrivateKey, rules.GoogleServiceAccountKey}
	}
	for _, family := range []struct {
		prefix string
		rule   rules.ID
	}{
		{"github-", rules.GitHubToken}, {"gitlab-", rules.GitLabToken}, {"slack-", rules.SlackToken},
		{"huggingface-", rules.HuggingFaceToken}, {"digitalocean-", rules.DigitalOceanToken}, {"shopify-", rules.ShopifyToken},
	} {
		if strings.HasPrefix(theirs, family.prefix) {
			return []rules.ID{family.rule}
		}
	}
	return nil
}
