package collect

import (
	"context"

	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
)

// Holding gives the objects of a history that hold a secret, or what may be one,
// by reading each once, and of an object that is made from another only what that
// has not: the first half of what [Run] does with a history, to be measured and
// held to a search of every object whole.
func Holding(ctx context.Context, h *tree.History, o Options) (map[objects.ID]objects.Type, objects.Stats, error) {
	s := &search{collector: o.collector(ctx), hits: make(map[objects.ID]objects.Type)}
	stats, err := h.Each(ctx, o.Workers, func(worker int, obj *objects.Object) error {
		return s.object(worker, o.Workers, obj)
	})
	return s.hits, stats, err
}
