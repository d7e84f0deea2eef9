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
		"secret", "token", "passw", "credential", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key",
		"accountkey", "account_key", "account-key", "storagekey", "storage_key", "storage-key", "authkey", "auth_key", "auth-key",
	}
}

// matchNamed reads a key and where its value begins once, for all rules that
// tell a secret by its name; the first that knows it wins.
func matchNamed(w window) (match, bool) {
	from, to := word(w.data, w.at)
	start, quoted := valueAfter(w.data, from, to)
	if start < 0 {
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
