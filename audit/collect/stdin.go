package collect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo/credfile"
)

// maxStdinCredential is up to which size standard input is looked into for
// credentials, in bytes: it cannot be read again, and one that is larger is none.
const maxStdinCredential = 1 << 20

// stdin looks at standard input with everything that looks at files, and counts
// it as one; empty, it is nothing that was examined.
func (c *collector) stdin(ctx context.Context, in io.Reader, progress *Progress) (rules.Coverage, error) {
	at := rules.Location{Origin: rules.Stdin, Path: "-"}
	kept := &keeper{in: in, progress: progress}
	found := c.part()
	done := make(chan error, 1)
	go func() { // which outlives an interrupt, for as long as nothing comes
		space := c.space()
		skips, err := space.EachReader(kept, found.limits, found.input(at))
		c.giveBack(space)
		done <- found.examined(at.Path, skips, err)
	}()
	select {
	case <-ctx.Done():
		return rules.Coverage{}, ctx.Err()
	case err := <-done:
		if err != nil {
			return rules.Coverage{}, err
		}
	}
	if head := kept.head.Bytes(); found.scanner != nil && int64(len(head)) == kept.size && (found.watched || credfile.Framed(head)) {
		found.hold(at, head)
	}
	found.aside.beside(bytes.NewReader(kept.head.Bytes()), found.leaks)
	for i := range found.credentials {
		found.credentials[i].State.Git = rules.GitNone
	}
	for _, dir := range found.gits.list() {
		found.skip(at.Path, dir, tree.SkipGit, rules.ByDesign) // it cannot be read again
	}
	c.add(found)
	if kept.size == 0 {
		return rules.Coverage{}, nil
	}
	progress.file(0) // its bytes were counted as they came
	return rules.Coverage{Files: 1, Bytes: kept.size}, nil
}

// keeper counts what is read, and keeps the beginning.
type keeper struct {
	in       io.Reader
	head     bytes.Buffer
	size     int64
	progress *Progress
}

func (k *keeper) Read(p []byte) (int, error) {
	n, err := k.in.Read(p)
	if k.progress != nil {
		k.progress.bytes.Add(int64(n))
	}
	k.size += int64(n)
	k.head.Write(p[:min(n, maxStdinCredential-k.head.Len())])
	var named *fs.PathError
	if errors.As(err, &named) {
		err = named.Err
	}
	return n, err
}
