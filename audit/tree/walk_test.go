package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"scopeaudit/audit/rules"
)

// write makes files, and the folders above them, below dir.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// walked is what one walk gave: content by path.
type walked struct {
	files map[string]string
	rels  []string
	rules.Coverage
}

func walk(t testing.TB, root string, o Options) walked {
	t.Helper()
	w := walked{files: make(map[string]string)}
	var mu sync.Mutex
	c, err := Walk(t.Context(), root, o, func(f File) error {
		mu.Lock()
		defer mu.Unlock()
		w.files[f.Path] = string(f.Bytes())
		w.rels = append(w.rels, f.Rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Coverage = c
	slices.Sort(w.rels)
	return w
}

func (w walked) paths() []string {
	var all []string
	for p := range w.files {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

func wantPaths(t *testing.T, w walked, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := w.paths(); !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	if w.Files != len(want) {
		t.Errorf("counted %d files, want %d", w.Files, len(want))
	}
}

func wantSkips(t *testing.T, w walked, want ...rules.Skipped) {
	t.Helper()
	if !slices.Equal(w.Skipped, want) {
		t.Errorf("skipped %q, want %q", w.Skipped, want)
	}
}

func TestWalkReadsEveryFileOnce(t *testing.T) {
	dir := t.TempDir()
	want := make(map[string]string)
	var total int64
	for i := range 700 {
		content := strings.Repeat(fmt.Sprint(i, " "), i)
		want[fmt.Sprintf("a/%d/f%d", i%40, i)] = content
		want[fmt.Sprintf("flat/%d", i)] = ""
		total += int64(len(content))
	}
	write(t, dir, want)
	for _, workers := range []int{0, 1, 2, 7, 1000} {
		w := walk(t, dir, Options{Workers: workers})
		if len(w.files) != len(want) || w.Files != len(want) || w.Bytes != total {
			t.Errorf("%d workers: %d files (%d counted), %d bytes; want %d, %d",
				workers, len(w.files), w.Files, w.Bytes, len(want), total)
		}
		for name, content := range want {
			if w.files[name] != content {
				t.Errorf("%d workers: %s holds %q", workers, name, w.files[name])
			}
		}
		wantSkips(t, w)
	}
}

func TestWalkRoots(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"top/sub/token.json": "{}", "top/other": "x"})
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}

	wantPaths(t, walk(t, filepath.Join(dir, "empty"), Options{}))
	wantPaths(t, walk(t, filepath.Join(dir, "top"), Options{}), "other", "sub/token.json")
	wantPaths(t, walk(t, filepath.Join(dir, "top")+string(filepath.Separator), Options{}), "other", "sub/token.json")
	wantPaths(t, walk(t, filepath.Join(dir, "top", "sub", "..", "."), Options{}), "other", "sub/token.json")
	wantPaths(t, walk(t, filepath.Join(dir, "top", "sub", "token.json"), Options{}), "token.json")

	t.Chdir(filepath.Join(dir, "top"))
	wantPaths(t, walk(t, ".", Options{}), "other", "sub/token.json")
	wantPaths(t, walk(t, "sub/token.json", Options{}), "token.json")

	// Inside a work tree, paths start at its top.
	write(t, dir, map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/refs/x": ""})
	w := walk(t, ".", Options{})
	wantPaths(t, w, "top/other", "top/sub/token.json")
	if want := []string{"other", "sub/token.json"}; !slices.Equal(w.rels, want) {
		t.Errorf("relative to the named folder: %q, want %q", w.rels, want)
	}
	w = walk(t, "sub/token.json", Options{})
	wantPaths(t, w, "top/sub/token.json")
	if want := []string{"token.json"}; !slices.Equal(w.rels, want) {
		t.Errorf("relative to the file's folder: %q, want %q", w.rels, want)
	}
}

func TestWalkMissingRoot(t *testing.T) {
	name := filepath.Join(t.TempDir(), "no\nsuch")
	_, err := Walk(t.Context(), name, Options{}, nil)
	var root *RootError
	if !errors.As(err, &root) || root.Path != name || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %#v", err)
	}
	if text := fmt.Sprint(err); strings.Contains(text, "\n") || !strings.HasSuffix(text, ": no such file or folder") {
		t.Errorf("error text %q", text)
	}
	if _, err := Walk(t.Context(), "", Options{}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no name: %v", err)
	}
	if _, err := OpenGit(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenGit: %v", err)
	}
}

func TestWalkEndsEarly(t *testing.T) {
	dir := t.TempDir()
	for i := range 300 {
		write(t, dir, map[string]string{fmt.Sprintf("%d/f", i): "x", fmt.Sprintf("f%d", i): "x"})
	}
	enough := errors.New("enough")
	for _, workers := range []int{1, 4} {
		c, err := Walk(t.Context(), dir, Options{Workers: workers}, func(File) error { return enough })
		if err != enough || c.Files < 1 || c.Files > workers {
			t.Errorf("%d workers: read %d files, error %v", workers, c.Files, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		c, err = Walk(ctx, dir, Options{Workers: workers}, func(File) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		})
		if err != context.Canceled || c.Files > workers {
			t.Errorf("%d workers, cancelled: read %d files, error %v", workers, c.Files, err)
		}
		for _, root := range []string{dir, filepath.Join(dir, "f0")} {
			if _, err := Walk(ctx, root, Options{Workers: workers}, nil); err != context.Canceled {
				t.Errorf("cancelled before: %v", err)
			}
		}
	}
}

func TestWalkLimits(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a": "12345", "b": "123456", "c": "", "deep/er/x": "1"})
	design, failure := rules.ByDesign, rules.ByFailure

	w := walk(t, dir, Options{Limits: Limits{File: 5}})
	wantPaths(t, w, "a", "c", "deep/er/x")
	wantSkips(t, w, rules.Skipped{Path: "b", Reason: SkipLarge, Kind: design})
	w = walk(t, filepath.Join(dir, "b"), Options{Limits: Limits{File: 5}})
	wantPaths(t, w)
	wantSkips(t, w, rules.Skipped{Path: "b", Reason: SkipLarge, Kind: design})

	w = walk(t, dir, Options{Limits: Limits{Depth: 1}})
	wantPaths(t, w, "a", "b", "c")
	wantSkips(t, w, rules.Skipped{Path: "deep/er", Reason: SkipDeep, Kind: failure})

	for _, workers := range []int{1, 3} {
		w = walk(t, dir, Options{Workers: workers, Limits: Limits{Bytes: 11}})
		wantSkips(t, w, rules.Skipped{Reason: SkipBytes, Kind: failure})
		if w.Bytes > 11 {
			t.Errorf("read %d bytes", w.Bytes)
		}
	}
	w = walk(t, dir, Options{Limits: Limits{Bytes: 12}})
	wantPaths(t, w, "a", "b", "c", "deep/er/x")
	wantSkips(t, w)

	w = walk(t, dir, Options{Limits: Limits{Entries: 5}})
	wantSkips(t, w, rules.Skipped{Reason: SkipEntries, Kind: failure})
	w = walk(t, dir, Options{Limits: Limits{Entries: 6}})
	wantSkips(t, w)
}

func TestWalkGitFolders(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"real/.git/HEAD": "ref: refs/heads/main\n", "real/.git/objects/o": "", "real/.git/refs/r": "",
		"real/code":        "1",
		"fake/.git/secret": "2", // a name alone hides nothing
		"link/.git":        "gitdir: ../real/.git\n",
		".gitignore":       "*\n",
	})
	w := walk(t, dir, Options{})
	wantPaths(t, w, ".gitignore", "fake/.git/secret", "link/.git", "real/code")
	wantSkips(t, w, rules.Skipped{Path: "real/.git", Reason: SkipGit, Kind: rules.ByDesign})

	// What the user names is read, but for the objects, which are its history.
	w = walk(t, filepath.Join(dir, "real", ".git"), Options{})
	wantPaths(t, w, ".git/HEAD", ".git/refs/r")
	wantSkips(t, w, rules.Skipped{Path: ".git/objects", Reason: SkipGit, Kind: rules.ByDesign})
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789"), 40_000)
	write(t, dir, map[string]string{"f": string(content)})
	c, err := Walk(t.Context(), dir, Options{}, func(f File) error {
		if !bytes.Equal(f.Bytes(), content) || f.Size() != int64(len(content)) {
			t.Errorf("%d bytes, size %d", len(f.Bytes()), f.Size())
		}
		if err := iotest.TestReader(io.NewSectionReader(f, 0, f.Size()), content); err != nil {
			t.Error(err)
		}
		for _, off := range []int64{-1, f.Size(), f.Size() + 1} {
			if n, err := f.ReadAt(make([]byte, 1), off); n != 0 || err != io.EOF {
				t.Errorf("read at %d: %d, %v", off, n, err)
			}
		}
		if s := f.State(); s.Git != rules.GitNone || s.ModeKnown != (runtime.GOOS != "windows") {
			t.Errorf("state %+v", s)
		}
		return nil
	})
	if err != nil || c.Files != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

// A large file is handed out open, as it is on disk, until the callback returns.
func TestLargeFile(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789"), 40_000)
	write(t, dir, map[string]string{"large": string(content), "small": "1"})
	var kept File
	c, err := Walk(t.Context(), dir, Options{Limits: Limits{Whole: 100_000}}, func(f File) error {
		if f.Whole() != (f.Path == "small") {
			t.Errorf("%s: whole is %v", f.Path, f.Whole())
		}
		if f.Whole() {
			return nil
		}
		kept = f
		if f.Bytes() != nil || f.Size() != int64(len(content)) {
			t.Errorf("%d bytes, size %d", len(f.Bytes()), f.Size())
		}
		if err := iotest.TestReader(io.NewSectionReader(f, 0, f.Size()), content); err != nil {
			t.Error(err)
		}
		for _, off := range []int64{-1, f.Size(), f.Size() + 1} {
			if n, err := f.ReadAt(make([]byte, 1), off); n != 0 || err != io.EOF {
				t.Errorf("read at %d: %d, %v", off, n, err)
			}
		}
		// Someone cuts it short.
		if err := os.Truncate(filepath.Join(dir, "large"), 1000); err != nil {
			t.Fatal(err)
		}
		if n, err := f.ReadAt(make([]byte, 10), 995); n != 5 || err != ErrChanged {
			t.Errorf("at the new end: %d, %v", n, err)
		}
		if n, err := f.ReadAt(make([]byte, 10), 5000); n != 0 || err != ErrChanged {
			t.Errorf("behind the new end: %d, %v", n, err)
		}
		return nil
	})
	if err != nil || c.Files != 2 || c.Bytes != int64(len(content))+1 || len(c.Skipped) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if n, err := kept.ReadAt(make([]byte, 1), 0); n != 0 || err != fs.ErrClosed {
		t.Errorf("after the callback: %d, %v", n, err)
	}
}

// A file that turns out to have more than it said is measured, to be handed out
// as the large file that it is.
func TestFileThatIsLargerThanItSaid(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"log": strings.Repeat("x", 5000)})
	h, err := openPath(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	r := &reader{buf: make([]byte, 300)}
	if _, err := h.read(r.buf[:101]); err != nil {
		t.Fatal(err)
	}
	content, info, skip, _ := r.measure(h, 101, fileInfo{regular: true}, Limits{Whole: 100}.orDefaults())
	if content != nil || skip != "" || info.size != 5000 {
		t.Errorf("%d bytes, size %d, %q", len(content), info.size, skip)
	}
	if _, _, skip, _ = r.measure(h, 5000, fileInfo{regular: true}, Limits{File: 4000}.orDefaults()); skip != SkipLarge {
		t.Errorf("past the limit: %q", skip)
	}
}

func TestWalkFileThatGrows(t *testing.T) {
	dir := t.TempDir()
	const first = smallBuffer - 100
	name := filepath.Join(dir, "log")
	write(t, dir, map[string]string{"log": strings.Repeat("x", first)})
	stop := make(chan bool)
	done := make(chan error)
	go func() {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			done <- err
			return
		}
		for {
			select {
			case <-stop:
				done <- f.Close()
				return
			default:
				f.WriteString("yyyyyyy")
			}
		}
	}()
	for range 300 {
		w := walk(t, dir, Options{Limits: Limits{File: 1 << 20}})
		if len(w.Skipped) == 1 && w.Skipped[0].Reason == SkipLarge {
			break
		}
		if got := w.files["log"]; len(got) < first || int64(len(got)) != w.Bytes {
			t.Fatalf("read %d bytes, counted %d", len(got), w.Bytes)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestSkipsAreBoundedAndStable(t *testing.T) {
	for _, step := range []int{1, 7, 13} { // 1000 and the steps have no common divisor
		s := skips{limit: 3}
		for i := range 1000 {
			s.add(fmt.Sprintf("%03d", i*step%1000), SkipLink, rules.ByDesign)
		}
		s.add("x", "broken", rules.ByFailure)
		want := []rules.Skipped{
			{Path: "000", Reason: SkipLink, Kind: rules.ByDesign},
			{Path: "001", Reason: SkipLink, Kind: rules.ByDesign},
			{Path: "002", Reason: SkipLink, Kind: rules.ByDesign},
			{Path: "x", Reason: "broken", Kind: rules.ByFailure},
			{Reason: "997 more that are not listed", Kind: rules.ByDesign},
		}
		if got := s.list(); !slices.Equal(got, want) {
			t.Errorf("step %d: %v", step, got)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	dir := b.TempDir()
	content := bytes.Repeat([]byte("some bytes of a source file\n"), 350) // 9,800 bytes, a usual size
	for d := range 100 {
		sub := filepath.Join(dir, fmt.Sprint("d", d%10), fmt.Sprint("e", d))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		for f := range 20 {
			if err := os.WriteFile(filepath.Join(sub, fmt.Sprint(f)), content, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			b.SetBytes(int64(2000 * len(content)))
			for b.Loop() {
				if _, err := Walk(b.Context(), dir, Options{Workers: workers}, func(File) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
