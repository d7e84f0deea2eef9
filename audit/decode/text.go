package decode

import (
	"bufio"
	"io"
)

// Text gives a file's text as lines and columns count in it: UTF-16 as UTF-8,
// and neither with its byte-order mark.
func Text(in io.Reader) io.Reader {
	buffered := bufio.NewReaderSize(in, sniffLen)
	head, _ := buffered.Peek(sniffLen) // what fails here fails again when it is read
	if order, wide := sniffUTF16(head); wide {
		return &utf16Reader{in: buffered, order: order}
	}
	if len(head) >= len(markUTF8) && string(head[:len(markUTF8)]) == markUTF8 {
		_, _ = buffered.Discard(len(markUTF8))
	}
	return buffered
}
