// Package objects reads what a git repository holds, without git: the objects
// of its packs and loose files, whole or each once ([Store.Each]), the refs that
// name them ([ReadRefs]), and what commits, trees and tags say. It reads files
// that it is given and starts nothing; of the repository's configuration it
// looks at the names of formats alone ([ReadExtensions]).
//
// The formats are those of gitformat-pack(5), which has the index as well, of
// gitrepository-layout(5), gitformat-commit-graph(5) for none of it: packs of
// version 2 and 3, indexes of version 1 and 2, deltas against an offset or a
// name, in the same pack or elsewhere in the store, names of SHA-1 and SHA-256.
// A multi-pack-index is not read, since git keeps the index of each pack beside
// it, nor are bitmaps, reverse indexes and commit graphs: all that they say
// follows from what is read.
//
// Everything read is hostile. What is corrupt, missing, or beyond a limit is
// counted in [Stats] with its reason and does not end a pass; memory is bounded
// by [Limits], whatever sizes an object claims.
package objects
