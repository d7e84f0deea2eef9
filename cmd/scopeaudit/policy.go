package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo/store"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "list, show, check and write policies",
		Long: `A policy is a YAML file that says which scopes a credential may hold, and why.

  scopeaudit policy list
  scopeaudit policy show gmail-readonly > policy.yaml
  scopeaudit policy check policy.yaml
  scopeaudit policy init . --output policy.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	names := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return policies.Builtins(), cobra.ShellCompDirectiveDefault
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "list the built-in policies", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.policyList() },
		},
		&cobra.Command{
			Use: "show NAME|FILE", Short: "print a policy, reasons and all", Args: cobra.ExactArgs(1), ValidArgsFunction: names,
			RunE: func(_ *cobra.Command, args []string) error { return a.policyShow(args[0]) },
		},
		&cobra.Command{
			Use: "check FILE", Short: "read a policy strictly and say what it comes to", Args: cobra.ExactArgs(1), ValidArgsFunction: names,
			RunE: func(_ *cobra.Command, args []string) error { return a.policyCheck(args[0]) },
		},
		&cobra.Command{
			Use: "init [PATH…]", Short: "write a policy from what the credentials in a tree claim now", Args: cobra.ArbitraryArgs,
			RunE: func(cmd *cobra.Command, args []string) error { return a.policyInit(cmd.Context(), args) },
		},
		&cobra.Command{
			Use: "schema", Short: "print the JSON Schema of policies, for editors", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.policyText(policies.Schema()) },
		},
	)
	for _, verb := range cmd.Commands() {
		switch verb.Name() {
		case "list", "check":
			obeys(verb)
		default:
			obeys(verb, "output")
		}
	}
	obeys(cmd)
	return cmd
}

// policyList prints a line for each built-in policy.
func (a *app) policyList() error {
	options, err := a.policyOptions()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.env.stdout, 0, 0, 2, ' ', 0)
	for _, name := range policies.Builtins() {
		p, err := policies.Builtin(name, options)
		if err != nil {
			return err
		}
		if name == policies.Default {
			name += " (default)"
		}
		fmt.Fprintf(w, "%s\t%s\n", name, firstSentence(p.Description))
	}
	return w.Flush()
}

func firstSentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.Index(s, ". "); i > 0 {
		return s[:i]
	}
	return strings.TrimSuffix(s, ".")
}

// policyShow prints the text of a policy: its comments are half of it. A file is
// read strictly first, so that what is shown is what would apply.
func (a *app) policyShow(name string) error {
	if slices.Contains(policies.Builtins(), name) {
		text, err := policies.BuiltinText(name)
		if err != nil {
			return err
		}
		return a.policyText(text)
	}
	options, err := a.policyOptions()
	if err != nil {
		return err
	}
	if _, err := a.namedPolicy(name, options); err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return usage("", "policy file %q: %v", name, reason(err))
	}
	return a.policyText([]byte(withoutSecrets(string(text))))
}

// policyText prints a text, or keeps it in the file that --output names, which
// must not be there yet: it might be a policy that somebody thought about.
func (a *app) policyText(text []byte) error {
	if a.flags.output == "" {
		_, err := a.env.stdout.Write(text)
		return err
	}
	if err := store.WriteFile(a.flags.output, text, store.WriteOptions{Mode: 0o644}); err != nil {
		return unfinished("`scopeaudit policy` writes over no file", "%q was not written: %v", a.flags.output, err)
	}
	return nil
}

// policyCheck reads a policy as an audit would and sums it up.
func (a *app) policyCheck(name string) error {
	options, err := a.policyOptions()
	if err != nil {
		return err
	}
	p, err := a.namedPolicy(name, options)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.env.stdout, "policy %s is sound: allows %s, denies %d, requires %d, %s (%s)\n",
		printable(withoutSecrets(p.Name)), plural(len(p.Allowed), "scope"), len(p.Denied), len(p.Required), plural(len(p.Exceptions), "exception"), p.Digest)
	// A policy may allow two scopes for two programs; one token with both is
	// what the audit reports. Whoever writes the policy learns it here.
	var allowed []scopes.Scope
	for _, e := range p.Allowed {
		allowed = append(allowed, e.Scope)
	}
	for _, c := range options.Catalogue.Conflicts(allowed) {
		fmt.Fprintf(a.env.stdout, "take care: no token should hold both %s and %s: %s\n", c.Scope, c.With, c.Why)
	}
	return nil
}

// policyInit writes a first policy from what credentials claim now. It asks no
// one, and never writes over a file.
func (a *app) policyInit(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	cat, err := a.catalogue()
	if err != nil {
		return err
	}
	evidence, err := collect.Run(ctx, collect.Sources{Paths: paths}, collect.Options{Key: secrets.Key(randomKey())})
	if err != nil {
		return inputFailure(err)
	}
	var claims []policies.Claim
	for _, held := range evidence.Credentials {
		cred := held.Credential
		claims = append(claims, policies.Claim{
			From: held.Location.Path, Scopes: cred.Scopes, ClientID: cred.ClientID, RefreshToken: cred.RefreshToken.Present(),
		})
	}
	if len(claims) == 0 {
		return unfinished("name the folder or the file that holds the credential, or start from `scopeaudit policy show gmail-readonly`",
			"no credential was found, so there is nothing to write a policy from")
	}
	// A policy from part of the tree is still a beginning, but nobody should
	// take it for the whole.
	var partial error
	if evidence.Coverage.Failed() {
		partial = unfinished("`scopeaudit audit` lists what could not be read; what those credentials claim is not in the policy",
			"the policy is made from part of what was named")
	}
	text, err := policies.Init(policies.InitOptions{Catalogue: cat, Claims: claims})
	if err != nil {
		return err
	}
	text = []byte(newRedactor(evidence.Credentials).text(string(text)))
	if err := a.policyText(text); err != nil {
		return err
	}
	return partial
}
