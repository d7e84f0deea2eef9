package decode

import "bytes"

// entities finds the character references of HTML and XML to ASCII, by number
// and by name.
func entities(edits []edit, text []byte, from, to int, all bool) ([]edit, int) {
	i := from
	for i < to {
		n := bytes.IndexByte(text[i:to], '&')
		if n < 0 {
			return edits, to
		}
		i += n
		size, r := entity(text[i:])
		if size == 0 {
			i++
			continue
		}
		if all || asciiRune(r) && r != '<' && r != '>' {
			edits = append(edits, edit{i, i + size, r})
		}
		i += size
	}
	return edits, i
}

// maxEntity is how long a reference may be, in bytes: leading zeros go on.
const maxEntity = 16

// entity reads the reference at the start of s: its size, zero if it is none
// that stands for ASCII, and its character.
func entity(s []byte) (int, rune) {
	if len(s) < 4 || s[1] != '#' && (s[1] < 'a' || s[1] > 'z') {
		return 0, 0
	}
	end := bytes.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 3 {
		return 0, 0
	}
	name := s[1:end]
	if name[0] != '#' {
		if r := named(string(name)); r != 0 {
			return end + 1, r
		}
		return 0, 0
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	var r rune
	for _, b := range digits {
		v := rune(hexValue[b])
		if v < 0 || v >= base {
			return 0, 0
		}
		if r = r*base + v; r >= 0x80 {
			return 0, 0
		}
	}
	if len(digits) == 0 || r == 0 {
		return 0, 0
	}
	return end + 1, r
}

// named gives the character of a name that HTML defines for an ASCII character
// that may stand in or around a secret, or zero.
func named(name string) rune {
	switch name {
	case "quot":
		return '"'
	case "apos":
		return '\''
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "sol":
		return '/'
	case "period":
		return '.'
	case "lowbar":
		return '_'
	case "hyphen", "dash":
		return '-'
	case "equals":
		return '='
	case "plus":
		return '+'
	case "colon":
		return ':'
	case "comma":
		return ','
	case "lbrace", "lcub":
		return '{'
	case "rbrace", "rcub":
		return '}'
	case "nbsp":
		return ' '
	}
	return 0
}
