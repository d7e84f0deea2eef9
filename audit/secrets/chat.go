package secrets

import (
	"bytes"

	"scopeaudit/audit/rules"
)

// slackShapes are the tokens of Slack: a kind, number groups and a tail; and its
// webhooks, which are URLs.
// https://docs.slack.dev/authentication/tokens
func slackShapes() []shape {
	const message = "a Slack token: it reads or writes in a workspace within its scopes"
	token := func(prefix string, least, most int, judge func(window, *match, []byte) bool) shape {
		return shape{rule: rules.SlackToken, prefixes: []string{prefix}, in: isAlnumDash, min: least, max: most,
			severity: rules.High, message: message, key: "token", judge: judge}
	}
	return []shape{
		token("xoxb-", 20, 160, numbered), token("xoxp-", 20, 200, numbered), token("xoxa-", 20, 200, numbered),
		token("xoxr-", 20, 200, numbered), token("xoxs-", 20, 200, numbered), token("xoxo-", 20, 200, numbered),
		token("xoxe-", 100, 200, numbered), token("xoxe.xoxb-", 100, 200, numbered), token("xoxe.xoxp-", 100, 200, numbered),
		token("xapp-", 40, 160, numbered),
		{rule: rules.SlackWebhook, prefixes: []string{"hooks.slack.com/"}, in: func(b byte) bool { return isAlnum(b) || b == '/' }, min: 40, max: 90,
			severity: rules.Medium, message: "a Slack webhook: whoever knows the URL may post into its channel",
			key: "webhook_url", judge: slackHook},
	}
}

// numbered says whether the first group is a number, as in every token of Slack,
// and the last one random.
func numbered(_ window, _ *match, tail []byte) bool {
	digits := run(tail, 0, isDigit)
	last := tail[bytes.LastIndexByte(tail, '-')+1:]
	least := 16
	if bytes.Count(tail, []byte("-")) >= 3 {
		least = 10 // the oldest, behind three numbers
	}
	return digits > 0 && digits < len(tail) && tail[digits] == '-' && len(last) >= least && looksRandom(last)
}

func slackHook(_ window, m *match, tail []byte) bool {
	kind, path, _ := bytes.Cut(tail, []byte("/"))
	switch string(kind) {
	case "services", "workflows", "triggers":
	default:
		return false
	}
	secret := path[bytes.LastIndexByte(path, '/')+1:]
	m.tail = false
	return bytes.Count(path, []byte("/")) >= 2 && len(secret) >= 20 && looksRandom(secret) && !placeholder(secret)
}
