package main

import (
	"context"
	"time"
)

// clock is the time, and waiting for it to pass.
type clock interface {
	Now() time.Time
	// Sleep waits; the error is the context's.
	Sleep(context.Context, time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// clock is the run's.
func (a *app) clock() clock {
	if a.env.clock != nil {
		return a.env.clock
	}
	return systemClock{}
}
