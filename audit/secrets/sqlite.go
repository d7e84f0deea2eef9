package secrets

import "bytes"

// How far before a text the header of its record is looked for, in bytes (less
// than most detectors may look), and how long a header may be: that of thirty
// columns is. Longer ones begin with what letters begin with.
const (
	maxRecordBefore = nearReach - 64
	maxRecordHeader = 0x20
)

// recordText gives the length of the text that a row of SQLite holds at start, or
// zero. Nothing stands between the columns of a row; a header before them says
// how long each is (https://www.sqlite.org/fileformat2.html#record_format). No
// page is read: a header is believed where the length before it is that of the
// row, and a column begins at start.
func recordText(data []byte, start int) int {
	for head := start - 2; head >= max(1, start-maxRecordBefore); head-- {
		if size := int(data[head]); size > 1 && size < maxRecordHeader && head+size <= start {
			if n := columnAt(data, head, start); n > 0 {
				return n
			}
		}
	}
	return 0
}

// columnAt gives the length of the column at start of the row whose header begins
// at head.
func columnAt(data []byte, head, start int) int {
	length, total := 0, int(data[head])
	for i, end := head+1, head+total; i < end; {
		kind, n := 0, 0
		for more := true; more; n++ {
			if i+n == end || n > 3 {
				return 0
			}
			kind, more = kind<<7|int(data[i+n]&0x7F), data[i+n] >= 0x80
		}
		i += n
		width := 0
		switch {
		case kind >= 12: // even for bytes, odd for text
			width = (kind - 12) / 2
		case kind > 9:
			return 0 // never stored
		default:
			width = [...]int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[kind]
		}
		if head+total == start && kind >= 12 && width > 0 {
			length = width
		}
		total += width
	}
	if length == 0 || !countsRow(data[:head], total) {
		return 0
	}
	return length
}

// countsRow says whether before ends in the length of a row, and its number
// unless it is an index's.
func countsRow(before []byte, length int) bool {
	sign := []byte{byte(length & 0x7F)}
	for length >>= 7; length > 0; length >>= 7 {
		sign = append([]byte{byte(length&0x7F | 0x80)}, sign...)
	}
	if bytes.HasSuffix(before, sign) {
		return true
	}
	for n := 1; n <= 9 && n < len(before); n++ {
		b := before[len(before)-n]
		if n == 1 && b >= 0x80 || n > 1 && b < 0x80 {
			return false
		}
		if bytes.HasSuffix(before[:len(before)-n], sign) {
			return true
		}
	}
	return false
}
