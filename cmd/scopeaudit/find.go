package main

import (
	"context"
	"reflect"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/store"
)

// find looks for copies of one credential, and of nothing else.
func (a *app) find(ctx context.Context, file string, sources collect.Sources, p *prepared) error {
	// Every copy counts, and what a baseline holds besides would seem to be gone.
	if len(a.flags.packs)+len(a.flags.baselines) > 0 || a.flags.writeBaseline != "" {
		return usage("leave --rules and the baselines to a scan for all secrets", "--find looks for copies of one credential, by no rules and against no baseline")
	}
	wanted, original, err := a.wanted(ctx, file, sources.Stdin != nil)
	if err != nil {
		return err
	}
	o := p.gather()
	o.Wanted = wanted
	var evidence audit.Evidence
	err = a.watched(func(progress *collect.Progress) (err error) {
		o.Progress = progress
		evidence, err = collect.Find(ctx, sources, original, o)
		return err
	})
	if err != nil {
		return inputFailure(err)
	}
	// A file may be called as the secret is.
	knowing(wanted).value(reflect.ValueOf(&evidence).Elem())
	return a.finish(evidence, p)
}

// wanted reads the secrets that are looked for, and says which file they are in.
func (a *app) wanted(ctx context.Context, file string, stdinTaken bool) (wanted []secrets.Wanted, original string, err error) {
	var data []byte
	if file == "-" {
		if stdinTaken {
			return nil, "", usage("put the credential into a file", "standard input can be read only once")
		}
		data, err = a.readInput(ctx)
	} else {
		original = file
		data, _, err = store.ReadFile(file, store.MaxCredential)
	}
	if err == nil {
		wanted, err = collect.Wanted(data)
	}
	if err != nil {
		return nil, "", inputFailure(err)
	}
	return wanted, original, nil
}

// knowing makes a redactor that knows the secrets that are looked for.
func knowing(wanted []secrets.Wanted) *redactor {
	var held []audit.Held
	for _, w := range wanted {
		held = append(held, audit.Held{Credential: tokeninfo.Credential{AccessToken: tokeninfo.NewSecret(w.Reveal())}})
	}
	return newRedactor(held)
}
