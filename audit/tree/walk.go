package tree

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"scopeaudit/audit/rules"
)

// Walk reads every regular file of the folder root, or the one file that root
// is, and calls fn with each. Links are not followed, but root itself may be
// one. Files come in no particular order, and from several goroutines at once
// when o.Workers is more than one. Folders named ".git" that hold a git
// directory are skipped, and so are the objects of one that has another name: their
// content is history, not tree; anything else that bears the name is data, and
// read.
//
// What is not read is in the coverage, with a reason, and does not end the walk.
// Coverage.Files and Bytes count what was handed to fn. The error is a
// [*RootError] where root cannot be read at all, else the first error of fn or
// the context's, either of which ends the walk early. An empty folder is no
// error.
func Walk(ctx context.Context, root string, o Options, fn func(File) error) (rules.Coverage, error) {
	at, err := resolve(root)
	if err != nil {
		return rules.Coverage{}, err
	}
	git := o.Git
	if git == nil {
		git = openGit(at)
		defer git.Close()
	}
	w := &walker{git: git, prefix: git.path(at.dir), limits: o.Limits.orDefaults(), exclude: o.Exclude, fn: fn}
	w.skips.limit = w.limits.Skips
	if err := ctx.Err(); err != nil {
		return rules.Coverage{}, err
	}
	if at.file != "" {
		err = w.one(filepath.Join(at.dir, at.file), at.file)
	} else {
		err = w.all(ctx, at.dir, o.Workers)
	}
	if e, ok := err.(openError); ok {
		return rules.Coverage{}, &RootError{root, e.error}
	}
	c := w.covered
	c.Skipped = w.skips.list()
	return c, err
}

// openError marks a failure to open what the user named.
type openError struct{ error }

// walker is one walk.
type walker struct {
	git    *Git
	prefix string // the named folder's path from the top; "" when it is the top
	limits Limits
	// exclude is what the user wants left out; may be nil.
	exclude *Excludes
	fn      func(File) error
	skips   skips

	mu      sync.Mutex
	covered rules.Coverage // without its skips
	entries int
	queue   queue
}

// one reads the single file that the user named.
func (w *walker) one(file, name string) error {
	if w.exclude.leavesOut(name, false) {
		return nil
	}
	h, err := openPath(file)
	if err != nil {
		return openError{err}
	}
	var r reader
	return w.file(h, name, &r)
}

// all reads a folder and all below it.
func (w *walker) all(ctx context.Context, dir string, workers int) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return openError{err}
	}
	defer root.Close()
	// The first folder is opened here, so that a named folder that may not be
	// listed is an error and not a skip.
	top, err := openFolder(root, ".")
	if err != nil {
		return openError{err}
	}
	top.Close()

	// A worker holds at most one folder and one file open, queued files may hold
	// one folder more for each worker, and opening a folder needs two for a
	// moment. The rest is for the program around us.
	workers = max(1, min(workers, (openFileLimit()-24)/5))
	w.queue.init(".")
	stop := context.AfterFunc(ctx, func() { w.queue.stop(ctx.Err()) })
	defer stop()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { w.work(root) })
	}
	wg.Wait()
	return w.queue.err
}

// work takes folders and files from the queue until there are none.
func (w *walker) work(root *os.Root) {
	var r reader
	for {
		j, ok := w.queue.next()
		if !ok {
			return
		}
		if j.from != nil {
			w.files(j.from, j.names, &r)
			j.from.release()
		} else {
			w.folder(root, j.pending, &r)
		}
		w.queue.done()
	}
}

// readAtOnce is how many names of a folder are read before its files are.
const readAtOnce = 256

// folder lists one folder, queues the folders in it and reads its files.
func (w *walker) folder(root *os.Root, p pending, r *reader) {
	dir, err := openFolder(root, p.rel)
	if err != nil {
		w.skip(p.rel, systemText(err), rules.ByFailure)
		return
	}
	f := &folder{root: root, rel: p.rel, dir: dir}
	f.refs.Store(1)
	defer f.release()
	for !w.queue.stopped() {
		entries, err := dir.ReadDir(readAtOnce)
		if len(entries) == 0 {
			if err != nil && err != io.EOF {
				w.skip(p.rel, systemText(err), rules.ByFailure)
			}
			return
		}
		if !w.count(len(entries)) {
			return
		}
		names := make([]string, 0, len(entries))
		for _, e := range entries {
			switch {
			case w.exclude != nil && w.exclude.leavesOut(path.Join(p.rel, e.Name()), e.IsDir()):
			case e.Type().IsRegular():
				names = append(names, e.Name())
			default:
				w.other(root, p, e)
			}
		}
		w.files(f, names, r)
	}
}

// other deals with an entry that is not a file.
func (w *walker) other(root *os.Root, p pending, e fs.DirEntry) {
	rel := path.Join(p.rel, e.Name())
	switch t := e.Type(); {
	case t.IsDir() && (e.Name() == ".git" && isGitDir(root, rel) || e.Name() == "objects" && isGitDir(root, p.rel)):
		w.skip(rel, SkipGit, rules.ByDesign)
	case t.IsDir() && p.depth >= w.limits.Depth:
		w.skip(rel, SkipDeep, rules.ByFailure)
	case t.IsDir():
		w.queue.folder(pending{rel, p.depth + 1})
	case t&fs.ModeSymlink != 0:
		w.skip(rel, SkipLink, rules.ByDesign)
	case t&fs.ModeNamedPipe != 0:
		w.skip(rel, SkipPipe, rules.ByDesign)
	case t&fs.ModeSocket != 0:
		w.skip(rel, SkipSocket, rules.ByDesign)
	case t&fs.ModeDevice != 0:
		w.skip(rel, SkipDevice, rules.ByDesign)
	default:
		w.skip(rel, SkipIrregular, rules.ByDesign)
	}
}

// files reads files of one folder, and gives half of them away whenever another
// worker has nothing to do.
func (w *walker) files(f *folder, names []string, r *reader) {
	const step = 8
	for len(names) > 0 && !w.queue.stopped() {
		if len(names) > step && w.queue.wanted() {
			half := len(names) / 2
			w.queue.files(f, names[half:])
			names = names[:half]
			continue
		}
		for _, name := range names[:min(step, len(names))] {
			h, err := openEntry(f, name)
			rel := path.Join(f.rel, name)
			switch {
			case err != nil && isLink(err):
				w.skip(rel, SkipLink, rules.ByDesign)
			case err != nil:
				w.skip(rel, systemText(err), rules.ByFailure)
			default:
				if err := w.file(h, rel, r); err != nil {
					w.queue.stop(err)
					return
				}
			}
		}
		names = names[min(step, len(names)):]
	}
}

// file reads an open file and hands it to the callback, open still if it is
// large.
func (w *walker) file(h handle, rel string, r *reader) error {
	content, info, skip, kind := r.read(h, w.limits)
	isLarge := skip == "" && content == nil
	if !isLarge {
		h.close()
	}
	if skip != "" {
		w.skip(rel, skip, kind)
		return nil
	}
	f := File{
		Path: path.Join(w.prefix, rel), Rel: rel,
		content: content, mode: info.mode, modeKnown: info.modeKnown, git: w.git,
	}
	if isLarge {
		f.large = &large{handle: h, size: info.size}
		defer f.large.close()
	}
	if !w.countBytes(f.Size()) {
		return nil
	}
	return w.fn(f)
}

// count counts entries, and ends the walk at the limit.
func (w *walker) count(n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries += n
	if w.entries <= w.limits.Entries {
		return true
	}
	w.end(SkipEntries)
	return false
}

// countBytes counts a file that was read, and ends the walk at the limit.
func (w *walker) countBytes(n int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > w.limits.Bytes-w.covered.Bytes {
		w.end(SkipBytes)
		return false
	}
	w.covered.Files++
	w.covered.Bytes += n
	return true
}

// end stops the walk at a total limit; it is said once. The caller holds mu.
func (w *walker) end(reason string) {
	if w.queue.stop(nil) {
		w.skips.add("", reason, rules.ByFailure)
	}
}

func (w *walker) skip(rel, reason string, kind rules.SkipKind) {
	w.skips.add(path.Join(w.prefix, rel), reason, kind)
}
