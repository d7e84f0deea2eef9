package needs

import (
	"bytes"
	"strings"
)

// batchPath is in the addresses to which requests of an API are sent together.
// Source: https://developers.google.com/workspace/calendar/api/guides/batch
const batchPath = "googleapis.com/batch"

// unreadBatch is why requests that a program puts together by itself are not
// known: they are in a text that it makes.
const unreadBatch = "which requests are sent together is not known"

// batches lists addresses to which requests are sent together.
func (r *recorder) batches(m *module) {
	if bytes.Contains(m.text, []byte("BatchHttpRequest")) {
		return // of Google's own client, which is given requests that are read
	}
	for _, n := range m.marks {
		if strings.Contains(n.text, batchPath) && n.block != nil {
			r.fail(m, n, unreadBatch, r.batchOf(n.text))
		}
	}
}

// batchOf is the API that an address of batches is for; empty where it may be for
// any.
func (r *recorder) batchOf(url string) string {
	before, after, _ := strings.Cut(url, batchPath)
	api := strings.Trim(before[strings.LastIndexByte(before, '/')+1:], ".") // gmail.googleapis.com/batch
	if path := strings.Split(after, "/"); api == "www" && len(path) > 1 {
		api = path[1] // www.googleapis.com/batch/calendar/v3
	}
	if len(r.index.apis[api]) == 0 {
		return ""
	}
	return api
}
