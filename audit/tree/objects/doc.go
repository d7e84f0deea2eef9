// Package objects reads what a git repository holds, without git: the objects
// of its packs and loose files, whole or each once ([Store.Each]), the refs that
// name them ([ReadRefs]), and what commits, trees and tags say. It reads files
// that it is given and starts nothing; of the repository's configuration it
// looks at the names of formats alone ([ReadExtensions]).
//
// The layout is that of gitrepository-layout(5), the formats those of
// gitformat-pack(5): packs of version 2 and 3, indexes of version 1 and 2, deltas
// against an offset or a name, in the same pack or elsewhere in the store, names
// of SHA-1 and SHA-256. A multi-pack-index is not read, since git keeps the index
// of each pack beside it, nor are bitmaps, reverse indexes and commit graphs: all
// that they say follows from what is read. Refs are read from files and from
// reftables; where they are kept otherwise, it is said that they are not known.
//
// # How Each goes
//
// A pack is laid out as a forest, each delta below its base. Workers take trees
// and go down them: an object is decompressed once, given to the callback, and is
// there for its deltas. The branch with the most objects comes last, when its
// base is no longer needed; so a worker keeps at most as many bases as the
// logarithm of a tree's objects, and in a chain just one. What does not fit in
// the budget is let go of and made again when it is needed.
//
// What is larger than Limits.Base is never held: it is given as a stream, also
// where deltas make it, and what they make of it is made piece by piece.
//
// The cost is that of inflating, two thirds of the time; so there is an inflate
// of our own, which knows how large an object is and goes from slice to slice.
//
// # What is hostile
//
// Everything that is read. What is corrupt, missing, or beyond a limit is counted
// in [Stats] with its reason and does not end a pass; an object that is damaged in
// one pack is taken from another. Memory is bounded by [Limits], whatever sizes an
// object claims, and 28 bytes for each object of a pack. Time is bounded by what
// the objects hold: a small pack can hold much, and a caller that does not want
// to read it all ends the pass by its context, or by an error.
package objects
