package secrets

import (
	"bytes"
	"strings"

	"scopeaudit/audit/rules"
)

// serviceShapes are the keys of services that have one or two forms each.
func serviceShapes() []shape {
	const hours = "anyone can use the models it opens, at its owner's cost"
	one := func(rule rules.ID, prefix string, in func(byte) bool, n int, severity rules.Severity, message, key string) shape {
		return shape{rule: rule, prefixes: strings.Fields(prefix), in: in, min: n, max: n, severity: severity, message: message, key: key}
	}
	between := func(s shape, least, most int) shape {
		s.min, s.max = least, most
		return s
	}
	ending := func(s shape, suffix string) shape {
		s.suffix = suffix
		return s
	}
	return []shape{
		between(one(rules.StripeKey, "sk_live_ rk_live_", isAlnum, 0, rules.High, "a Stripe key: it moves the money of a live account", "api_key"), 10, 247),
		between(one(rules.StripeKey, "sk_test_ rk_test_", isAlnum, 0, rules.Low, "a Stripe key of test mode: it moves no money", "api_key"), 10, 247),
		between(one(rules.StripeKey, "sk_prod_ rk_prod_", isAlnum, 0, rules.High, "a key of the form that Stripe's have", "api_key"), 24, 247),
		one(rules.StripeKey, "whsec_", isB64Pad, 32, rules.High, "the secret of a Stripe webhook: it lets others forge events", "secret"),
		ending(one(rules.AnthropicKey, "sk-ant-api03- sk-ant-admin01- sk-ant-oat01-", isURL64, 95, rules.High, "an Anthropic API key: "+hours, "api_key"), "AA"),
		one(rules.NPMToken, "npm_", isAlnum, 36, rules.High, "an npm token: it publishes packages as its owner, or reads private ones", "token"),
		between(one(rules.PyPIToken, "pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw", isURL64, 0, rules.High, "a PyPI token: it publishes packages as its owner", "token"), 50, 1000),
		one(rules.HuggingFaceToken, "hf_ api_org_", isLetter, 34, rules.High, "a Hugging Face token: it reads or writes models and data as its owner", "token"),
		one(rules.DigitalOceanToken, "dop_v1_ doo_v1_ dor_v1_", isLowerHex, 64, rules.High, "a DigitalOcean token: it manages machines and their data", "token"),
		one(rules.DockerHubToken, "dckr_pat_", isURL64, 27, rules.High, "a Docker Hub token: with the account's name it pushes images", "token"),
		one(rules.DockerHubToken, "dckr_oat_", isURL64, 32, rules.High, "a Docker Hub token of an organisation: it pushes images", "token"),
		one(rules.ShopifyToken, "shpat_ shpca_ shppa_ shpss_", isHex, 32, rules.High, "a Shopify token: it reads and changes a shop, its orders and customers", "token"),
		{rule: rules.SendGridKey, prefixes: []string{"SG."}, in: isURL64Dot, min: 66, max: 66, severity: rules.High,
			message: "a SendGrid key: it sends mail in the name of its owner's domains", key: "api_key",
			judge: func(_ window, _ *match, tail []byte) bool { return bytes.IndexByte(tail, '.') == 22 && tail[23] != '.' }},
		{rule: rules.AgeKey, prefixes: []string{"AGE-SECRET-KEY-1"}, in: func(b byte) bool { return isUpper(b) || isDigit(b) }, min: 58, max: 58,
			severity: rules.Critical, message: "an age identity: it decrypts every file that was encrypted to it", key: "key",
			judge: func(_ window, m *match, tail []byte) bool {
				if !bech32Fits("age-secret-key-", strings.ToLower(string(tail))) {
					m.malformed()
				}
				return true
			}},
	}
}

// openAIKey knows keys with "OpenAI" in base64 inside: sk-proj-, sk-svcacct-,
// sk-admin-, and the older form without a kind.
func openAIKey(w window) (match, bool) {
	start := w.at
	for start > 0 && isURL64(w.data[start-1]) {
		start--
	}
	head := bytes.LastIndex(w.data[start:w.at], []byte("sk-"))
	if head < 0 {
		return match{}, false
	}
	start += head
	middle := w.at + len("T3BlbkFJ")
	end := run(w.data, middle, isURL64)
	before, after := w.data[start+len("sk-"):w.at], w.data[middle:end]
	kind, _, _ := bytes.Cut(before, []byte("-"))
	switch string(kind) {
	case "proj", "svcacct", "admin":
		if len(before) < 58 || len(after) < 58 || len(after) > 74 {
			return match{}, false
		}
	default:
		if len(before) != 20 || len(after) != 20 {
			return match{}, false
		}
	}
	if _, _, ok := tokenAt(w.data, start, end); !ok || placeholder(before[len(kind)%len(before):]) || placeholder(after) {
		return match{}, false
	}
	s := shape{rule: rules.OpenAIKey, severity: rules.High, key: "api_key",
		message: "an OpenAI API key: anyone can use the models it opens, at its owner's cost"}
	return s.found(w, start, end, "sk-"), true
}

// telegramToken knows a bot's number, a colon and 35 characters, close to the
// name of the service.
func telegramToken(w window) (match, bool) {
	const distance, secret = 60, 35
	for i := max(0, w.at-distance-secret); i < min(len(w.data), w.at+distance+len("telegram")+10); i++ {
		if w.data[i] != ':' {
			continue
		}
		start := i
		for start > 0 && isDigit(w.data[start-1]) {
			start--
		}
		end := run(w.data, i+1, isURL64)
		if n := i - start; n < 8 || n > 10 || end-i-1 != secret || placeholder(w.data[i+1:end]) || !looksRandom(w.data[i+1:end]) {
			continue
		}
		if start > 0 && isURL64(w.data[start-1]) && !bytes.HasSuffix(w.data[:start], []byte("bot")) && !escaped(w.data[:start]) {
			continue
		}
		s := shape{rule: rules.TelegramToken, severity: rules.Medium, key: "bot_token",
			message: "the token of a Telegram bot: it reads what is sent to the bot and writes in its name"}
		m := s.found(w, start, end, "bot token")
		m.span(min(w.at, m.from), max(w.at, m.to))
		return m, true
	}
	return match{}, false
}
