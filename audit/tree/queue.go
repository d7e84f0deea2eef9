package tree

import (
	"os"
	"sync"
	"sync/atomic"
)

// folder is an open folder, closed when its last user lets go.
type folder struct {
	root *os.Root
	rel  string
	dir  *os.File
	refs atomic.Int32
}

func (f *folder) release() {
	if f.refs.Add(-1) == 0 {
		f.dir.Close()
	}
}

// pending is a folder that is yet to be read.
type pending struct {
	rel   string
	depth int
}

// job is either files of an open folder or, when from is nil, a folder.
type job struct {
	pending
	from  *folder
	names []string
}

// queue is the work of a walk. Files go before folders, so that few folders are
// open at any time, and the newest folder before older ones, so that the queue
// stays as short as the tree is deep and wide, not as it is large.
type queue struct {
	idle atomic.Int32
	halt atomic.Bool

	mu      sync.Mutex
	wake    sync.Cond
	batches []job
	folders []pending
	busy    int
	err     error
}

func (q *queue) init(first string) {
	q.wake.L = &q.mu
	q.folders = []pending{{rel: first}}
}

// next waits for a job; there is none once all are done or the walk has ended.
func (q *queue) next() (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.halt.Load():
			return job{}, false
		case len(q.batches) > 0:
			last := len(q.batches) - 1
			j := q.batches[last]
			q.batches = q.batches[:last]
			q.busy++
			return j, true
		case len(q.folders) > 0:
			last := len(q.folders) - 1
			j := job{pending: q.folders[last]}
			q.folders = q.folders[:last]
			q.busy++
			return j, true
		case q.busy == 0:
			q.halt.Store(true)
			q.wake.Broadcast()
			return job{}, false
		}
		q.idle.Add(1)
		q.wake.Wait()
		q.idle.Add(-1)
	}
}

// done says that a job from next is finished.
func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy--; q.busy == 0 {
		q.wake.Broadcast()
	}
}

// folder queues a folder.
func (q *queue) folder(p pending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.folders = append(q.folders, p)
	q.wake.Signal()
}

// wanted reports whether a worker waits and nothing is queued for it.
func (q *queue) wanted() bool {
	if q.idle.Load() == 0 {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.batches) == 0 && len(q.folders) == 0
}

// files queues files of an open folder, which stays open for them.
func (q *queue) files(f *folder, names []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.halt.Load() {
		return
	}
	f.refs.Add(1)
	q.batches = append(q.batches, job{from: f, names: names})
	q.wake.Signal()
}

// stop ends the walk, with an error or without, and reports whether it was the
// first to do so.
func (q *queue) stop(err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.halt.Swap(true) {
		return false
	}
	q.err = err
	for _, j := range q.batches {
		j.from.release()
	}
	q.batches = nil
	q.wake.Broadcast()
	return true
}

func (q *queue) stopped() bool { return q.halt.Load() }
