package objects

import (
	"math/bits"
	"sync"
)

// budget is an amount of memory that workers share.
type budget struct {
	mu          sync.Mutex
	more        sync.Cond
	total, free int64
}

func newBudget(total int64) *budget {
	b := &budget{total: total, free: total}
	b.more.L = &b.mu
	return b
}

// wait takes n bytes, or all where that is less, when they are free, and returns
// how many it took. Who waits must hold nothing of the same budget.
func (b *budget) wait(n int64) int64 {
	n = min(n, b.total)
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.free < n {
		b.more.Wait()
	}
	b.free -= n
	return n
}

// try takes n bytes if they are free now.
func (b *budget) try(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free < n {
		return false
	}
	b.free -= n
	return true
}

func (b *budget) release(n int64) {
	if n == 0 {
		return
	}
	b.mu.Lock()
	b.free += n
	b.mu.Unlock()
	b.more.Broadcast()
}

// buffers are a worker's spare ones, by the power of two that they hold.
type buffers struct {
	spare [largest + 1][][]byte
	held  int
	large *largeBuffers
}

// largeBuffers are a few spare ones that all workers share, so that a chain of
// large objects does not leave one after the other to the collector.
type largeBuffers struct {
	mu    sync.Mutex
	spare [2][]byte
	most  int64 // bytes of one
}

func (l *largeBuffers) get(n int) []byte {
	l.mu.Lock()
	for i, buf := range l.spare {
		if cap(buf) >= n+slack && cap(buf)/2 <= n+slack {
			l.spare[i] = nil
			l.mu.Unlock()
			return buf[:n]
		}
	}
	l.mu.Unlock()
	return make([]byte, n, n+n/64+slack)
}

func (l *largeBuffers) put(buf []byte) {
	if int64(cap(buf)) > l.most {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.spare {
		if l.spare[i] == nil {
			l.spare[i] = buf
			return
		}
	}
	// What was asked for last is what will be.
	l.spare[0], l.spare[1] = l.spare[1], buf
}

const (
	smallest = 9       // the bits of the least buffer, 512 bytes
	largest  = 20      // of the largest that is kept for later
	maxSpare = 4 << 20 // bytes
)

// get gives a buffer of n bytes and slack, whose content may be anything.
func (b *buffers) get(n int) []byte {
	class := max(bits.Len(uint(n+slack)), smallest)
	if class > largest {
		return b.large.get(n)
	}
	if s := b.spare[class]; len(s) > 0 {
		buf := s[len(s)-1]
		b.spare[class] = s[:len(s)-1]
		b.held -= cap(buf)
		return buf[:n]
	}
	return make([]byte, n, 1<<class)
}

// put takes back a buffer that get gave.
func (b *buffers) put(buf []byte) {
	class := bits.Len(uint(cap(buf))) - 1
	if cap(buf) > 1<<largest {
		b.large.put(buf)
		return
	}
	if class < smallest || cap(buf) != 1<<class || b.held+cap(buf) > maxSpare {
		return
	}
	b.held += cap(buf)
	b.spare[class] = append(b.spare[class], buf)
}
