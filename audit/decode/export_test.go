package decode

// WindowSpace is a Space with another window, so that tests meet its borders in
// inputs of a size that they can make many of.
func WindowSpace(size int) *Space { return &Space{size: size} }
