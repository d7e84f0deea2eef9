package secrets

// named is a value that stands under the name of a secret.
type named struct {
	key
	data   []byte
	start  int  // of the value
	quoted bool // it stands between quotes
}

// keyAnchors are the words in names of keys that make it worth looking for a
// value. "key" alone is in every other line of source.
func keyAnchors() []string {
	return []string{
		"secret", "token", "passw", "credential", "creds", "privatekey", "private_key", "private-key", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key",
		"accountkey", "account_key", "account-key", "storagekey", "storage_key", "storage-key", "authkey", "auth_key", "auth-key",
	}
}

// matchNamed reads a key and where its value begins once, for all rules that
// tell a secret by its name; the first that knows it wins.
func matchNamed(w window) (match, bool) {
	// Every value that is looked for has a digit, and most of what follows the
	// word "token" in source has none.
	if rest := w.data[w.at:min(len(w.data), w.at+digitReach)]; run(rest, 0, isNoDigit) == len(rest) {
		return match{}, false
	}
	from, to := word(w.data, w.at)
	start, quoted := valueAfter(w.data, from, to)
	if start < 0 {
		return match{}, false
	}
	// What no rule here takes for a value is most of what source has.
	if head := w.data[start:min(len(w.data), start+genericFloor)]; len(head) < genericFloor || run(head, 0, isPrint) < len(head) {
		return match{}, false
	}
	n := named{key: newKey(w.data[from:to], from), data: w.data, start: start, quoted: quoted}
	for _, judge := range [...]func(named) (match, bool){
		azureStorageKey, facebookAppToken, facebookSecret, lwaSecret, xToken, awsSecret, genericSecret,
	} {
		if m, ok := judge(n); ok {
			return m, true
		}
	}
	return match{}, false
}

// digitReach is within how many bytes of its key's word a value has a digit: the
// rest of the word, what stands between, and the head of the value.
const digitReach = 64 + maxKeyDistance/2 + 40

func isNoDigit(b byte) bool { return !isDigit(b) }
