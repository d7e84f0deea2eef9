package tree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"scopeaudit/audit/tree/objects"
)

// What the reader of our own does not know may be read by the git that is
// installed here, which may be newer. It is told where objects lie and nothing
// else of the repository: its git directory is one of ours, so that no setting,
// hook, attribute, replacement or remote of the repository exists for it. It lists
// and prints objects, and can be asked for no more.

// Why that is not done, or did not help.
const (
	SkipNoGit     = "git objects in a format that is not read here: install a git that reads it, and it is read with its help"
	SkipOldGit    = "git objects in a format that is read neither here nor by the git that is installed"
	SkipUnsafeGit = "git objects in a format that is not read here, and git is not let at them: they borrow from others, or have links among them"
	SkipPacked    = "git objects in a format that is not read here: unpack the archive, and name the folder"
)

// maxListed bounds how many objects git lists.
const maxListed = 64 << 20

// gitReader is a git that gives objects. It is safe for concurrent use.
type gitReader struct {
	format objects.Format
	ids    []objects.ID

	shadow string // the git directory of our own
	cancel context.CancelFunc
	cmd    *exec.Cmd

	mu     sync.Mutex
	in     io.WriteCloser
	out    *bufio.Reader
	broken error
}

var objectTypes = map[string]objects.Type{
	"commit": objects.TypeCommit, "tree": objects.TypeTree, "blob": objects.TypeBlob, "tag": objects.TypeTag,
}

// safeFormat is what the name of a format may be, since it goes into a
// configuration of ours.
var safeFormat = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// startGit starts git on one object directory. Format is what the repository
// calls the format of its objects' names. The error has no cause but what the
// user is told.
func startGit(git, store, format string) (*gitReader, error) {
	if !safeFormat.MatchString(format) {
		return nil, errors.New(SkipOldGit)
	}
	if !onlyFiles(store) {
		return nil, errors.New(SkipUnsafeGit)
	}
	shadow, err := os.MkdirTemp("", "scopeaudit-")
	if err != nil {
		return nil, errors.New(systemText(err))
	}
	ctx, cancel := context.WithCancel(context.Background())
	g := &gitReader{shadow: shadow, cancel: cancel}
	if err := g.start(ctx, git, store, format); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *gitReader) start(ctx context.Context, git, store, format string) error {
	config := "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n\tbigFileThreshold = 32m\n\tdeltaBaseCacheLimit = 64m\n\tcommitGraph = false\n" +
		"[extensions]\n\tobjectFormat = " + format + "\n[pack]\n\tthreads = 1\n[gc]\n\tauto = 0\n"
	for name, content := range map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config, "refs/heads/": "", "objects/": ""} {
		at := filepath.Join(g.shadow, filepath.FromSlash(name))
		var err error
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(at, 0o700)
		} else {
			err = os.WriteFile(at, []byte(content), 0o600)
		}
		if err != nil {
			return errors.New(systemText(err))
		}
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, git, append([]string{"cat-file", "--buffer"}, args...)...)
		cmd.Dir = g.shadow
		// All that git is told; what is not here, our own environment has no say in.
		cmd.Env = []string{
			"GIT_DIR=" + g.shadow, "GIT_OBJECT_DIRECTORY=" + store,
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_ATTR_NOSYSTEM=1",
			"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=" + os.DevNull,
			"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=", "HOME=" + g.shadow, "XDG_CONFIG_HOME=" + g.shadow, "LC_ALL=C",
		}
		if runtime.GOOS == "windows" {
			cmd.Env = append(cmd.Env, "SystemRoot="+os.Getenv("SystemRoot"))
		}
		return cmd
	}
	if err := g.list(run("--batch-all-objects", "--unordered", "--batch-check=%(objectname) %(objecttype)")); err != nil {
		return err
	}
	// Not buffered, this one: it answers each question at once.
	g.cmd = run("--no-buffer", "--batch")
	var err error
	if g.in, err = g.cmd.StdinPipe(); err == nil {
		var out io.Reader
		if out, err = g.cmd.StdoutPipe(); err == nil {
			g.out = bufio.NewReaderSize(out, 64<<10)
			err = g.cmd.Start()
		}
	}
	if err != nil {
		g.cmd = nil
		return errors.New(systemText(err))
	}
	return nil
}

// list learns which objects there are. Git has to be content with all of them.
func (g *gitReader) list(cmd *exec.Cmd) error {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.New(systemText(err))
	}
	var complaint oneByte
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return errors.New(systemText(err))
	}
	err = g.names(out)
	if err != nil {
		g.cancel()
	}
	if failed := cmd.Wait(); err == nil && (failed != nil || complaint.any) {
		err = errors.New(SkipOldGit)
	}
	return err
}

func (g *gitReader) names(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		// That it can tell the type shows that it can read the pack.
		name, kind, _ := strings.Cut(lines.Text(), " ")
		if len(g.ids) == 0 && len(name) == 2*objects.SHA256.Size() {
			g.format = objects.SHA256
		}
		id, err := objects.ParseID(g.format, name)
		if _, ok := objectTypes[kind]; !ok || err != nil || len(g.ids) == maxListed {
			return errors.New(SkipOldGit)
		}
		g.ids = append(g.ids, id)
	}
	return lines.Err()
}

// oneByte remembers whether anything was written.
type oneByte struct{ any bool }

func (o *oneByte) Write(p []byte) (int, error) {
	o.any = o.any || len(p) > 0
	return len(p), nil
}

// List is that of [objects.Elsewhere].
func (g *gitReader) List() []objects.ID { return g.ids }

// Read is that of [objects.Elsewhere].
func (g *gitReader) Read(id objects.ID, fn func(t objects.Type, size int64, content io.Reader) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken != nil {
		return g.broken
	}
	t, size, err := g.ask(id)
	if err != nil {
		if !errors.Is(err, objects.ErrMissing) {
			g.broken = err
		}
		return err
	}
	content := io.LimitReader(g.out, size)
	err = fn(t, size, content)
	// The rest, and the end of the line behind it.
	if _, failed := io.Copy(io.Discard, content); failed != nil {
		g.broken = failed
	} else if end, failed := g.out.ReadByte(); failed != nil || end != '\n' {
		g.broken = errGit
	}
	return errors.Join(err, g.broken)
}

var errGit = errors.New("git's answer was not understood")

// ask asks for an object, and reads what stands before its content: its name,
// type and size.
func (g *gitReader) ask(id objects.ID) (objects.Type, int64, error) {
	if _, err := io.WriteString(g.in, id.String()+"\n"); err != nil {
		return 0, 0, errGit
	}
	line, err := g.out.ReadSlice('\n')
	if err != nil {
		return 0, 0, errGit
	}
	fields := strings.Fields(string(bytes.TrimSpace(line)))
	switch {
	case len(fields) == 2 && fields[1] == "missing":
		return 0, 0, objects.ErrMissing
	case len(fields) != 3 || fields[0] != id.String():
		return 0, 0, errGit
	}
	t, ok := objectTypes[fields[1]]
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if !ok || err != nil || size < 0 {
		return 0, 0, errGit
	}
	return t, size, nil
}

// close ends git, and removes its directory.
func (g *gitReader) close() error {
	g.cancel()
	if g.cmd != nil {
		g.in.Close()
		_ = g.cmd.Wait() // it was ended
	}
	return os.RemoveAll(g.shadow)
}

// onlyFiles reports whether an object directory is one by its own path, holds
// files and folders alone, and borrows from no other: git would follow each, and
// where to it is not for the repository to say.
func onlyFiles(store string) bool {
	if real, err := filepath.EvalSymlinks(store); err != nil || real != store {
		return false
	}
	err := filepath.WalkDir(store, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir() && !d.Type().IsRegular():
			return errIrregular
		case strings.HasSuffix(d.Name(), "alternates"):
			return errIrregular
		}
		return nil
	})
	return err == nil
}

// installedGit finds git where the system has its programs, but never in a tree
// that is read.
func installedGit(trees ...string) (string, error) {
	git, err := exec.LookPath("git")
	if err == nil {
		git, err = filepath.EvalSymlinks(git)
	}
	if err != nil || !filepath.IsAbs(git) {
		return "", errors.New(SkipNoGit)
	}
	for _, tree := range trees {
		if rel, err := filepath.Rel(tree, git); tree != "" && err == nil && filepath.IsLocal(rel) {
			return "", errors.New(SkipNoGit)
		}
	}
	return git, nil
}

// fallBack has git read the objects, where it can.
func (h *History) fallBack(format string) (*gitReader, error) {
	if h.git == nil {
		return nil, errors.New(SkipPacked)
	}
	git, err := installedGit(h.git.base, h.git.named)
	if err != nil {
		return nil, err
	}
	return startGit(git, filepath.Join(h.Store, "objects"), format)
}

// openOther opens the store once more with git's help, some of whose packs are not
// read here. What cannot be read with it either stays a skip.
func (h *History) openOther(o objects.Options, dirs []fs.FS) {
	unknown := func(s objects.Skip) bool { return errors.Is(s.Err, objects.ErrFormat) }
	other, err := h.fallBack(o.Format.String())
	if err == nil {
		o.Elsewhere = other
		var store *objects.Store
		if store, err = objects.Open(o, dirs...); err == nil {
			h.store.Close()
			h.store, h.other = store, other
			store.Skips = slices.DeleteFunc(store.Skips, unknown)
			return
		}
		other.close()
	}
	for i, s := range h.store.Skips {
		if unknown(s) {
			h.store.Skips[i].Err = err
		}
	}
}
