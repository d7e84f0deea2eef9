package needs

// Bounds of how many nodes an arena makes at once, but for the first time.
const (
	fewNodes  = 16
	manyNodes = 256
)

// arena hands out nodes, and lists of them, in bulk. It counts what it has
// handed out and keeps its slabs where they are: to move a slice along would
// write a pointer for each node, which the collector wants to hear of.
type arena struct {
	expected   int // how many nodes are made at first
	nodes      []node
	lists      []*node
	used, kept int // of nodes, of lists
	count      int
	calls      int // of them
}

func (a *arena) node(k kind, pos, end int32, text string, kids ...*node) *node {
	if a.used == len(a.nodes) {
		a.nodes, a.used = make([]node, a.more(len(a.nodes))), 0
	}
	n := &a.nodes[a.used]
	a.used++
	a.count++
	if k == kCall {
		a.calls++
	}
	n.kind, n.pos, n.end, n.text = k, pos, end, text
	if len(kids) > 0 {
		n.kids = a.list(kids)
	}
	return n
}

// list keeps a copy of kids, which may be of a stack that is used again.
func (a *arena) list(kids []*node) []*node {
	if a.kept+len(kids) > len(a.lists) {
		a.lists, a.kept = make([]*node, max(a.more(len(a.lists)), len(kids))), 0
	}
	out := a.lists[a.kept : a.kept+len(kids) : a.kept+len(kids)]
	a.kept += len(kids)
	copy(out, kids)
	return out
}

// more is how many to make when so many were made the last time.
func (a *arena) more(made int) int {
	if made == 0 {
		return a.expected + fewNodes
	}
	return min(max(made/4, fewNodes), manyNodes)
}
