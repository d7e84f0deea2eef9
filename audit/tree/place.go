package tree

import "path"

// Path is what a walk would call a file, as [File.Path] has it, for a caller
// that reads a file of the named folder itself. The error is a [*RootError].
func (g *Git) Path(file string) (string, error) {
	at, err := resolve(file)
	if err != nil {
		return "", err
	}
	return path.Join(g.path(at.dir), at.file), nil
}
