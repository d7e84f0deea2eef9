package secrets

import (
	"hash/crc32"
	"strconv"
	"strings"
)

// crcBase62 is the checksum at the end of GitHub's tokens: CRC-32 (IEEE) over
// the characters between the prefix and itself, in base 62 (0-9A-Za-z), six
// characters, padded with zeros on the left.
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
func crcBase62(text []byte) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE(text)
	var out [6]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(out[:])
}

// crcBase36 is the checksum at the end of GitLab's routable tokens: CRC-32
// (IEEE) over everything before it, in base 36, seven characters.
// https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
func crcBase36(text []byte) string {
	sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(text)), 36)
	return strings.Repeat("0", 7-len(sum)) + sum
}

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Fits verifies the checksum of BIP 173 at the end of data, which stands
// in lower case and without what comes before its last "1".
func bech32Fits(prefix, data string) bool {
	sum := bech32Sum(prefix)
	for i := range len(data) {
		v := strings.IndexByte(bech32Alphabet, data[i])
		if v < 0 {
			return false
		}
		sum = bech32Step(sum, byte(v))
	}
	return sum == 1
}

// bech32Sum is the state after the human-readable part.
func bech32Sum(prefix string) uint32 {
	sum := uint32(1)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]&31)
	}
	return sum
}

// bech32Step takes one five-bit value into the checksum, a BCH code over GF(32).
func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = sum&0x1FFFFFF<<5 ^ uint32(v)
	for i, g := range [...]uint32{0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
