// Command history reads all objects of a git repository, natively, and says what
// it read; with -check it holds them to what git itself reads, with -findings what
// is found in them by looking at changes to what is found in each as a whole, and
// with -search it times the search and the attribution of what was found.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"scopeaudit/audit/tree/objects"
)

func main() {
	var (
		check   = flag.Bool("check", false, "hold every object to git cat-file --batch-all-objects")
		find    = flag.Bool("findings", false, "compare the search of changes with that of every object whole")
		times   = flag.Bool("search", false, "time the search, and then the attribution of what was found")
		verify  = flag.Bool("verify", false, "hash every object and compare it with its name")
		workers = flag.Int("workers", runtime.GOMAXPROCS(0), "goroutines")
		profile = flag.String("cpuprofile", "", "write a CPU profile to this file")
	)
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: history [-check | -findings | -search] [-verify] [-workers N] GITDIR")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *check, *find, *times, *verify, *workers, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "history: error:", err)
		os.Exit(1)
	}
}

func run(dir string, check, find, times, verify bool, workers int, profile string) error {
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	if times {
		_, err := search(dir, workers, true)
		return err
	}
	debug.SetGCPercent(50)
	root, err := os.OpenRoot(filepath.Join(dir, "objects"))
	if err != nil {
		return err
	}
	store, err := objects.Open(objects.Options{Format: format(dir), Verify: verify}, objects.Folder(root, "."))
	if err != nil {
		return err
	}
	defer store.Close()
	if find {
		return findings(dir, store, workers)
	}
	var seen *checked
	fn := func(int, *objects.Object) error { return nil }
	if check {
		seen = &checked{got: make(map[objects.ID]sum)}
		fn = seen.add
	}
	memory := watch()
	stats, err := store.Each(context.Background(), objects.Pass{Workers: workers}, fn)
	if err != nil {
		return err
	}
	fmt.Printf("%d objects, %d bytes, %d failed, peak of RssAnon %s\n", stats.Objects, stats.Bytes, stats.Failed, memory())
	for _, s := range append(store.Skips, stats.Skips...) {
		fmt.Printf("skipped: %s %s: %v\n", s.File, s.ID, s.Err)
	}
	if check {
		return seen.compare(dir, store.Format())
	}
	return nil
}

// format tells from the configuration how objects are named.
func format(dir string) objects.Format {
	config, err := os.ReadFile(filepath.Join(dir, "config"))
	if err == nil && strings.Contains(strings.ToLower(string(config)), "objectformat = sha256") {
		return objects.SHA256
	}
	return objects.SHA1
}

// watch begins to measure how much memory of its own the process has, on Linux;
// what it returns ends that, and gives the greatest amount seen.
func watch() func() string {
	done, peak := make(chan struct{}), make(chan int)
	go func() {
		most := 0
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			select {
			case <-tick.C:
				most = max(most, rssAnon())
			case <-done:
				peak <- max(most, rssAnon())
				return
			}
		}
	}()
	return func() string {
		close(done)
		return fmt.Sprintf("%d MiB", <-peak>>10)
	}
}

// rssAnon is in KiB.
func rssAnon() (kib int) {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			fmt.Sscan(rest, &kib)
		}
	}
	return kib
}

type sum struct {
	t    objects.Type
	size int64
	hash [sha256.Size]byte
}

type checked struct {
	mu  sync.Mutex
	got map[objects.ID]sum
}

func (c *checked) add(_ int, o *objects.Object) error {
	h := sha256.New()
	if o.Stream != nil {
		if _, err := io.Copy(h, o.Stream); err != nil {
			return err
		}
	}
	h.Write(o.Data)
	s := sum{o.Type, o.Size, [sha256.Size]byte(h.Sum(nil))}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.got[o.ID]; twice {
		return fmt.Errorf("%s was given twice", o.ID)
	}
	c.got[o.ID] = s
	return nil
}

// compare reads the same with git.
func (c *checked) compare(dir string, format objects.Format) error {
	cmd := exec.Command("git", "--git-dir", dir, "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := bufio.NewReaderSize(out, 1<<20)
	n, wrong := 0, 0
	for {
		var name, kind string
		var size int64
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if _, err := fmt.Sscanf(line, "%s %s %d", &name, &kind, &size); err != nil {
			return fmt.Errorf("git said %q", line)
		}
		h := sha256.New()
		if _, err := io.CopyN(h, r, size); err != nil {
			return err
		}
		if _, err := r.Discard(1); err != nil {
			return err
		}
		n++
		id, err := objects.ParseID(format, name)
		if err != nil {
			return err
		}
		got, ok := c.got[id]
		if !ok || got.t.String() != kind || got.size != size || [sha256.Size]byte(h.Sum(nil)) != got.hash {
			if wrong++; wrong < 10 {
				fmt.Printf("differs: %s %s of %d bytes; read here: %t, %s, %d\n", name, kind, size, ok, got.t, got.size)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		return err
	}
	if wrong > 0 || n != len(c.got) {
		return fmt.Errorf("%d objects differ; git has %d, read here: %d", wrong, n, len(c.got))
	}
	fmt.Printf("the same %d objects as git\n", n)
	return nil
}
