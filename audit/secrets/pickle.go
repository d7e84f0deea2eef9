package secrets

import "bytes"

// serialisedKey finds the string that a pickle or a Java object stream holds
// right before the one at start, as the key of a dictionary before its value,
// and gives where it stands; from is -1 if there is none.
func serialisedKey(data []byte, start int) (from, end int) {
	none := -1
	i := start
	switch {
	case i >= 2 && data[i-2] == 0x8C && serialised(data, i) > 0:
		i -= 2
	case i >= 3 && data[i-3] == 't' && serialised(data, i) > 0:
		i -= 3
	case i >= 5 && serialised(data, i) > 0:
		i -= 5
	case i >= 2 && data[i-1] == 'V' && data[i-2] == '\n':
		// Protocol 0 is lines of text: "Vkey", "p1", "Vvalue".
		line := bytes.LastIndexByte(data[max(0, i-2-maxMemo):i-2], '\n')
		if line < 0 {
			return none, none
		}
		end = max(0, i-2-maxMemo) + line
		if next := pickledLine(data, end); next != i {
			return none, none
		}
		from = end
		for from > max(0, end-maxKeyDistance) && isWord(data[from-1]) {
			from--
		}
		if from < end && data[from] == 'V' && unicodeOpcode(data[:from+1]) {
			return from + 1, end
		}
		if from+2 < end && data[from] == 's' && data[from+1] == 'V' {
			return from + 2, end
		}
		return none, none
	default:
		return none, none
	}
	// What was pushed is remembered: MEMOIZE, BINPUT, LONG_BINPUT.
	switch {
	case i >= 1 && data[i-1] == 0x94:
		i--
	case i >= 2 && data[i-2] == 'q':
		i -= 2
	case i >= 5 && data[i-5] == 'r':
		i -= 5
	}
	for from = i - 1; from > max(0, i-maxKeyDistance) && isWord(data[from]); from-- {
		if serialised(data, from) == i-from {
			return from, i
		}
	}
	return none, none
}

// maxMemo is how long the line is by which a pickle of protocol 0 remembers a
// string, in bytes.
const maxMemo = 12

// pickledLine gives where the value begins that a pickle of protocol 0 holds
// behind the key whose line ends at end, or -1.
func pickledLine(data []byte, end int) int {
	rest := data[end:min(len(data), end+maxMemo+2)]
	if len(rest) < 2 || rest[0] != '\n' || rest[1] != 'p' {
		return -1
	}
	n := run(rest, 2, isDigit)
	if n == 2 || n+1 >= len(rest) || rest[n] != '\n' || rest[n+1] != 'V' {
		return -1
	}
	return end + n + 2
}
