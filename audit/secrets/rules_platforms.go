package secrets

import "scopeaudit/audit/rules"

// Pages that the rules of developer platforms rest on.
const (
	pageGitHub = "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"
	pageGitLab = "https://docs.gitlab.com/security/tokens/"
	pageSlack  = "https://docs.slack.dev/authentication/tokens"
	pageAWS    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
)

// thenClean ends the remedy of every secret that was written into a file.
const thenClean = ", then take the value out of the file and of its history"

func platformRules() []rules.Rule {
	return []rules.Rule{
		{
			ID: rules.GitHubToken, Title: "GitHub token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "Text holds \"ghp_\", \"gho_\", \"ghu_\", \"ghs_\" or \"ghr_\" and 36 or more characters, the last six of which are a checksum " +
				"(if it does not fit, the finding is low), or \"ghs_\", a number and a JWT.",
			Why:    "Whoever has it reads and writes repositories as its owner, within its scopes: code, secrets of workflows, releases.",
			Before: `git clone https://ghp_EXAMPLE@github.com/owner/name`, After: `gh auth login; git clone https://github.com/owner/name`,
			Remedy:  "delete the token at https://github.com/settings/tokens" + thenClean,
			Sources: []string{pageGitHub, "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/"},
		},
		{
			ID: rules.GitHubFineGrained, Title: "fine-grained GitHub token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"github_pat_\" and 82 characters.",
			Why:    "It acts as its owner in the repositories and with the permissions that were chosen when it was made.",
			Before: `GITHUB_TOKEN=github_pat_EXAMPLE`, After: `GITHUB_TOKEN from the environment, or gh auth login`,
			Remedy:  "delete the token at https://github.com/settings/personal-access-tokens" + thenClean,
			Sources: []string{pageGitHub},
		},
		{
			ID: rules.GitLabToken, Title: "GitLab token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What: "Text holds one of GitLab's prefixes (personal, deploy, feed, runner, trigger, CI job, agent, OAuth, SCIM, mail) and the " +
				"characters of its token; in the routable form with a version the checksum is verified, and one that does not fit is low.",
			Why:    "It reads or writes projects and groups within its scopes; a runner's token lets others take jobs with all their secrets.",
			Before: `curl --header "PRIVATE-TOKEN: glpat-EXAMPLE"`, After: `curl --header "PRIVATE-TOKEN: $GITLAB_TOKEN"`,
			Remedy:  "revoke the token in GitLab, under access tokens of the user, project or group" + thenClean,
			Sources: []string{pageGitLab, "https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/"},
		},
		{
			ID: rules.SlackToken, Title: "Slack token in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"xoxb-\", \"xoxp-\", \"xapp-\", \"xoxe-\" or another kind of Slack token, a number and a random tail.",
			Why:    "It reads messages and files of a workspace, or posts to it, within its scopes, and most do not expire.",
			Before: `client = WebClient(token="xoxb-EXAMPLE")`, After: `client = WebClient(token=os.environ["SLACK_BOT_TOKEN"])`,
			Remedy:  "revoke the token at https://api.slack.com/apps" + thenClean,
			Sources: []string{pageSlack},
		},
		{
			ID: rules.SlackWebhook, Title: "Slack webhook in the open",
			Severity: rules.Medium, Confidence: rules.HighConfidence,
			What:   "Text holds a URL at hooks.slack.com with its secret part.",
			Why:    "Whoever knows the URL posts into its channel in the name of the application: a good bait.",
			Before: `requests.post("https://hooks.slack.com/services/EXAMPLE")`, After: `requests.post(os.environ["SLACK_WEBHOOK_URL"])`,
			Remedy:  "remove the webhook from the application at https://api.slack.com/apps" + thenClean,
			Sources: []string{"https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"},
		},
		{
			ID: rules.AWSAccessKeyID, Title: "AWS access key ID",
			Severity: rules.Low, Confidence: rules.HighConfidence,
			What: "Text holds \"AKIA\" or \"ASIA\" and 16 capitals and digits; samples that end in EXAMPLE are left alone. It is high " +
				"where the secret stands within 10 KiB.",
			Why:    "It is the name of a key, not the key: it tells the account's number, and that the secret is not far.",
			Before: `aws_access_key_id = AKIA(16 characters)`, After: `a profile in ~/.aws/config with short-lived credentials`,
			Remedy:  "if its secret was ever in the open, deactivate and delete the key at https://console.aws.amazon.com/iam",
			Sources: []string{pageAWS, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"},
		},
		{
			ID: rules.AWSSecretAccessKey, Title: "AWS secret access key in the open",
			Severity: rules.Critical, Confidence: rules.HighConfidence,
			What: "Under the name of an AWS secret, or within 10 KiB of an access key ID, stand 40 random characters; it is surer where " +
				"the ID is there.",
			Why:    "With its ID it signs any request that its user may make, from anywhere, until the key is deleted.",
			Before: `aws_secret_access_key = (40 characters)`, After: `a profile in ~/.aws/config with short-lived credentials`,
			Remedy:  "deactivate and delete the key at https://console.aws.amazon.com/iam" + thenClean,
			Sources: []string{pageAWS},
		},
		{
			ID: rules.AWSBedrockKey, Title: "Amazon Bedrock API key in the open",
			Severity: rules.High, Confidence: rules.HighConfidence,
			What:   "Text holds \"ABSK\" and 109 or more characters of base64, or \"bedrock-api-key-\" and a short-lived key.",
			Why:    "Anyone may use the models that it opens, and its account pays.",
			Before: `AWS_BEARER_TOKEN_BEDROCK=ABSK(base64)`, After: `AWS_BEARER_TOKEN_BEDROCK from the environment`,
			Remedy:  "delete the key in the Bedrock console, under API keys" + thenClean,
			Sources: []string{"https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"},
		},
	}
}
