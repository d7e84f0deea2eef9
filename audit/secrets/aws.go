package secrets

import (
	"bytes"

	"scopeaudit/audit/rules"
)

const (
	awsSecretLen     = 40
	awsPairDistance  = 10 << 10
	awsSecretMessage = "an AWS secret access key: it signs requests as its user or role"
)

func awsShapes() []shape {
	return []shape{
		{rule: rules.AWSAccessKeyID, prefixes: []string{"AKIA", "ASIA"}, in: isUpperBase32, min: 16, max: 16,
			severity: rules.Low, message: "an AWS access key ID: it names a key, and its secret may stand elsewhere",
			key: "aws_access_key_id", judge: awsKeyID},
		{rule: rules.AWSBedrockKey, prefixes: []string{"ABSK"}, in: isB64Pad, min: 109, max: 271,
			severity: rules.High, message: "an Amazon Bedrock API key: anyone can use the models it opens, at its account's cost",
			key: "api_key"},
		{rule: rules.AWSBedrockKey, prefixes: []string{"bedrock-api-key-"}, in: isB64Pad, min: 60, max: 2048,
			severity: rules.High, message: "a short-lived Amazon Bedrock API key: it opens models for up to twelve hours",
			key: "api_key"},
	}
}

// awsKeyID leaves words and the samples of AWS's documents alone.
func awsKeyID(_ window, m *match, tail []byte) bool {
	m.tail = false
	return looksLikeID(tail) && !bytes.HasSuffix(tail, []byte("EXAMPLE"))
}

// looksLikeID tells sixteen random capitals and digits from words. One in thirty
// has no digit; words then have more vowels, and more of each.
func looksLikeID(tail []byte) bool {
	if run(tail, 0, isUpper) < len(tail) {
		return shannon(tail) >= 2.8
	}
	vowels := 0
	for _, v := range []byte("AEIOU") {
		vowels += bytes.Count(tail, []byte{v})
	}
	return vowels < 5 && shannon(tail) >= 3.2
}

// awsSecret judges forty characters under the name of a secret: of AWS by name,
// else only beside an ID.
func awsSecret(n named) (match, bool) {
	if !isStorageSecret(n.data, n.start, run(n.data, n.start, isB64)) || !n.names("secret", "accesskey", "awskey") {
		return match{}, false
	}
	m := match{
		rule: rules.AWSSecretAccessKey, severity: rules.Critical, confidence: rules.MediumConfidence, message: awsSecretMessage,
		start: n.start, end: n.start + awsSecretLen, key: n.shown("aws_secret_access_key"), label: "AWS secret", random: true,
		fact: !n.names("awssecret", "secretaccesskey", "awskey", "s3secret"),
	}
	m.under(n.key)
	return m, true
}

// secretBesideAWSKeyID knows the same without a key, next to the ID.
func secretBesideAWSKeyID(w window) (match, bool) {
	const distance = 128
	end := run(w.data, w.at, isUpperBase32)
	if end-w.at != 20 || !looksLikeID(w.data[w.at+4:end]) ||
		w.at > 0 && isURL64(w.data[w.at-1]) && !escaped(w.data[:w.at]) {
		return match{}, false
	}
	for i := end; i < min(len(w.data), end+distance); {
		to := run(w.data, i, isB64)
		if isStorageSecret(w.data, i, to) {
			m := match{
				rule: rules.AWSSecretAccessKey, severity: rules.Critical, confidence: rules.MediumConfidence, message: awsSecretMessage,
				start: i, end: to, label: "AWS secret", random: true, fact: true,
			}
			m.span(w.at, to)
			return m, true
		}
		i = max(to, i+1)
	}
	return match{}, false
}

// pairAWS makes a secret a finding if an ID stands close enough, and says of the
// ID that its secret is there too.
func pairAWS(found []finding) {
	var ids, secrets []*finding
	for i := range found {
		switch found[i].Rule {
		case rules.AWSAccessKeyID:
			ids = append(ids, &found[i])
		case rules.AWSSecretAccessKey:
			secrets = append(secrets, &found[i])
		}
	}
	for _, id := range ids[:min(len(ids), maxParts)] {
		for _, secret := range secrets[:min(len(secrets), maxParts)] {
			if distance(*id, *secret) > awsPairDistance {
				continue
			}
			if !id.paired {
				id.paired, id.Severity = true, rules.High
				id.Message = "an AWS access key ID, and its secret stands close by"
			}
			if !secret.paired {
				secret.paired, secret.fact, secret.Confidence = true, false, rules.HighConfidence
				secret.Message = awsSecretMessage + ", and the key's ID stands close by"
			}
		}
	}
}
