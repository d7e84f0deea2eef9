package secrets

import (
	"slices"

	"scopeaudit/audit/rules"
)

// Rules documents every rule of this package.
func Rules() []rules.Rule {
	return slices.Concat(tokenRules(), clientRules(), keyRules(), platformRules(), serviceRules(), providerRules(), generalRules())
}

// builtinDetectors are those of all families.
func builtinDetectors() []detector {
	return slices.Concat(
		googleDetectors(), detectors(forgeShapes()), detectors(slackShapes()), detectors(awsShapes()),
		detectors(serviceShapes()), detectors(providerShapes()), []detector{
			{anchors: []string{"AKIA", "ASIA"}, match: secretBesideAWSKeyID},
			{anchors: []string{".eyJ", ".eyA", ".ewo"}, far: alongRun, match: jwt},
			{anchors: []string{"PRIVATE KEY", "PRIVATE+KEY"}, far: overLines, match: privateKey},
			{anchors: []string{"LS0tLS1CRUdJTi"}, far: overLines, match: privateKeyBase64},
			{anchors: []string{"T3BlbkFJ"}, far: alongRun, match: openAIKey},
			{anchors: []string{"telegr"}, fold: true, match: telegramToken},
			{anchors: []string{"facebook"}, fold: true, match: facebookAppTokenBeside},
			{anchors: []string{"0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"}, match: entraSecret},
			{anchors: []string{".Ag"}, far: alongRun, match: entraRefresh},
			{anchors: []string{"AAAAAAAAAAAAAAAAAAAAAA"}, match: xBearer},
			{anchors: []string{"://"}, match: urlPassword},
			{anchors: keyAnchors(), fold: true, match: matchNamed},
		})
}

// googleDetectors are the rules of the Google family. What each finds is
// documented by the rule whose ID its matches carry.
func googleDetectors() []detector {
	return []detector{
		{anchors: []string{"ya29."}, far: alongRun, match: accessToken},
		{anchors: []string{"1//0", `1\/\`, `1\\/`, `1\\\`, "1%2F%2F0", "1%2f%2f0"}, far: alongRun, match: refreshToken},
		{anchors: []string{"refresh"}, fold: true, match: legacyRefreshToken},
		{anchors: []string{"4/0A", `4\/0A`, "4%2F0A", "4%2f0A", "code=4/", "code=4%2"}, match: authorizationCode},
		{anchors: []string{clientIDSuffix}, match: clientID},
		{anchors: []string{"GOCSPX-"}, match: clientSecret},
		{anchors: []string{"secret"}, fold: true, match: legacyClientSecret},
		{anchors: []string{clientIDSuffix}, match: secretBesideClientID},
		{anchors: []string{"AIza"}, match: apiKey},
		{anchors: []string{"QUl6YVN5"}, match: apiKeyBase64},
		{anchors: []string{"AQ.Ab8R"}, match: expressKey},
		{anchors: []string{"private_key", "privatekey", "private-key"}, fold: true, match: serviceAccountKey},
		// "service_account" in base64, at each of the three alignments.
		{anchors: []string{"c2VydmljZV9hY2NvdW50", "NlcnZpY2VfYWNjb3Vud", "zZXJ2aWNlX2FjY291bn"}, far: overLines, match: serviceAccountBase64},
		{anchors: []string{"AAAA"}, match: fcmServerKey},
		{anchors: []string{"GOOG"}, match: storageID},
		{anchors: []string{"GOOG"}, match: secretBesideStorageID},
		{anchors: []string{"secret"}, fold: true, match: storageSecret},
	}
}
