package secrets

import (
	"bytes"
	"testing"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// BenchmarkBeginnings reads a line on which a thousand keys begin and none ends.
func BenchmarkBeginnings(b *testing.B) {
	data := bytes.Repeat([]byte("-----BEGIN RSA PRIVATE KEY-----"), 1<<20/31)
	s := NewScanner(Key{})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		pass := s.Begin(rules.Location{})
		pass.Scan(decode.Whole(data))
		pass.End()
	}
}
