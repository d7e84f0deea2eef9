package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
)

// search finds the objects that hold something as scopeaudit does, and with trace
// where they lie; it says how long either took.
func search(dir string, workers int, trace bool) (map[objects.ID]objects.Type, error) {
	git, err := tree.OpenGit(dir)
	if err != nil {
		return nil, err
	}
	defer git.Close()
	h, skipped := git.History(true)
	if h == nil {
		return nil, fmt.Errorf("no history in %q: %v", dir, skipped)
	}
	defer h.Close()
	memory, start := watch(), time.Now()
	held, stats, err := collect.Holding(context.Background(), h, collect.Options{Workers: workers})
	if err != nil {
		return nil, err
	}
	fmt.Printf("detection: %.2f s, %d objects, %d bytes, %d failed, %d hold something, peak of RssAnon %s\n",
		time.Since(start).Seconds(), stats.Objects, stats.Bytes, stats.Failed, len(held), memory())
	if !trace {
		return held, nil
	}
	memory, start = watch(), time.Now()
	traces, err := h.Trace(context.Background(), slices.SortedFunc(maps.Keys(held), objects.ID.Compare), workers)
	if err != nil {
		return nil, err
	}
	fmt.Printf("attribution: %.2f s, %d objects, peak of RssAnon %s\n", time.Since(start).Seconds(), len(traces), memory())
	return held, nil
}

// findings compares what is found by looking at changes with what is found by
// looking at every object whole.
func findings(dir string, store *objects.Store, workers int) error {
	got, err := search(dir, workers, false)
	if err != nil {
		return err
	}
	start := time.Now()
	scanner := secrets.NewScanner(secrets.Key{})
	var mu sync.Mutex
	want := make(map[objects.ID][]string)
	types := []objects.Type{objects.TypeBlob, objects.TypeCommit, objects.TypeTag}
	stats, err := store.Each(context.Background(), objects.Pass{Workers: workers, Types: types}, func(_ int, o *objects.Object) error {
		var found []string
		each := func(m decode.Member, views iter.Seq[decode.View]) error {
			pass := scanner.Begin(rules.Location{Origin: rules.History})
			for v := range views {
				pass.Scan(v)
			}
			for _, l := range pass.End() {
				l.Location.Member = m.Name
				found = append(found, string(l.Rule)+l.Location.String())
			}
			return nil
		}
		var err error
		if o.Stream != nil {
			_, err = new(decode.Space).EachReader(o.Stream, decode.Limits{}, each)
		} else {
			_, err = decode.Each(o.Data, decode.Limits{}, each)
		}
		if failed := (*decode.ReadError)(nil); err != nil && !errors.As(err, &failed) {
			return err
		}
		if found != nil {
			mu.Lock()
			defer mu.Unlock()
			want[o.ID] = found
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("every object whole: %.2f s, %d objects, %d hold something\n", time.Since(start).Seconds(), stats.Objects, len(want))
	differ := 0
	for _, id := range slices.SortedFunc(maps.Keys(want), objects.ID.Compare) {
		if _, ok := got[id]; !ok {
			fmt.Printf("passed by: %s %s\n", id, strings.Join(want[id], ", "))
			differ++
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(got), objects.ID.Compare) {
		if want[id] == nil {
			fmt.Printf("holds nothing: %s\n", id)
			differ++
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d objects differ", differ)
	}
	fmt.Printf("the same %d objects\n", len(want))
	return nil
}
