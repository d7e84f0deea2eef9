package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo/google"
)

// prepared is what every reporting verb needs before it touches its input, so
// that a mistake on the command line costs nothing.
type prepared struct {
	catalogue *scopes.Catalogue
	policy    *policies.Policy
	sinks     []sink
	failOn    rules.Severity
	packs     []*secrets.Pack
	history   collect.HistoryMode
	change    *collect.Change // nil: everything is looked at
	exclude   *tree.Excludes  // nil: nothing is left out
	baselines []*audit.Baseline
	google    *google.Client // nil with --offline
	advice    []rules.Advice // what the report ends with
}

func (a *app) prepare() (*prepared, error) {
	p := &prepared{}
	var err error
	if p.sinks, err = a.flags.sinks(); err != nil {
		return nil, err
	}
	if p.failOn, err = a.flags.threshold(); err != nil {
		return nil, err
	}
	if p.exclude, err = a.flags.excludes(); err != nil {
		return nil, err
	}
	if p.history, err = a.flags.historyMode(); err != nil {
		return nil, err
	}
	if p.change, err = a.flags.change(a.env.getenv); err != nil {
		return nil, err
	}
	if p.packs, err = a.rulePacks(); err != nil {
		return nil, err
	}
	if err = a.flags.checkNewBaseline(p.sinks); err != nil {
		return nil, err
	}
	if p.baselines, err = a.flags.baselineFiles(); err != nil {
		return nil, err
	}
	if !a.flags.offline {
		if p.google, err = google.New(google.Options{Endpoint: a.flags.endpoint}); err != nil {
			return nil, usage("--endpoint is for tests: http://127.0.0.1:PORT", "--endpoint: %v", err)
		}
	}
	if p.catalogue, err = a.catalogue(); err != nil {
		return nil, err
	}
	p.policy, err = a.policy()
	return p, err
}

// policy is the one that --policy names, or the default.
func (a *app) policy() (*policies.Policy, error) {
	options, err := a.policyOptions()
	if err != nil {
		return nil, err
	}
	if a.flags.policy == "" {
		return policies.LoadDefault(options)
	}
	return a.namedPolicy(a.flags.policy, options)
}

// namedPolicy is a built-in one or a file. A built-in's name wins, so that a
// file dropped into the folder cannot take its place.
func (a *app) namedPolicy(name string, options policies.Options) (*policies.Policy, error) {
	if slices.Contains(policies.Builtins(), name) {
		return policies.Builtin(name, options)
	}
	folder, file := filepath.Split(name)
	if folder == "" {
		folder = "."
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\.`):
		return nil, usage("built-in policies: "+strings.Join(policies.Builtins(), ", "), "no policy is called %q", name)
	case err != nil:
		return nil, usage("`scopeaudit policy list` shows the built-in policies", "policy file %q: %v", name, reason(err))
	case !info.Mode().IsRegular():
		return nil, usage("name a YAML file", "policy %q is not a regular file", name)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, usage("", "policy file %q: %v", name, reason(err))
	}
	defer root.Close()
	p, err := policies.Decode(root.FS(), file, options)
	var fault *policies.Error
	if errors.As(err, &fault) && fault.File != "" && folder != "." {
		fault.File = filepath.Join(folder, fault.File) // as the user typed it
	}
	return p, err
}

func (a *app) policyOptions() (policies.Options, error) {
	cat, err := a.catalogue()
	if err != nil {
		return policies.Options{}, err
	}
	var ids []rules.ID
	for _, r := range audit.Rules() {
		ids = append(ids, r.ID)
	}
	return policies.Options{Catalogue: cat, Rules: ids}, nil
}

// reason is the part of a file error that says why: the path is ours to quote.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
