module scopeaudit

go 1.26.0

// What the program is made of.
require (
	github.com/clipperhouse/displaywidth v0.10.0 // columns of a line on a terminal, as tablewriter counts them
	github.com/goccy/go-yaml v1.19.2 // policies: a parser with positions and no decoder that guesses
	github.com/klauspost/compress v1.20.3 // the catalogue: zstd is smaller and faster here than gzip, and its bytes are pinned
	github.com/olekukonko/tablewriter v1.1.5 // the table of scopes
	github.com/pelletier/go-toml/v2 v2.4.3 // rule packs: strict, and errors with line and column
	github.com/spf13/cobra v1.10.2 // the command line: verbs, flags, help, completion
	github.com/spf13/pflag v1.0.9 // cobra's flags, where it asks for their type
	github.com/ulikunitz/xz v0.5.17 // archives: the standard library reads no xz
	golang.org/x/oauth2 v0.37.0 // the consent's address and PKCE, and the requests to token endpoints; none of its loaders
	golang.org/x/sys v0.49.0 // opening files without following links or blocking on pipes
	golang.org/x/term v0.47.0 // is this a terminal, and how wide
	google.golang.org/api v0.311.0 // oauth2/v2 asks Google; the discovery documents inside make the catalogue
)

// What only tests use.
require (
	github.com/chromedp/cdproto v0.159.0 // what chromium tells of a page: its requests, its console
	github.com/chromedp/chromedp v0.23.0 // drives Debian's chromium through our pages
	github.com/google/go-cmp v0.7.0 // differences people can read
	github.com/owenrumney/go-sarif/v3 v3.3.1 // carries the official SARIF schema, and nothing else of it is used
	github.com/rogpeppe/go-internal v1.16.0 // testscript: users' stories
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // the schemas of SARIF and of our policies
	pgregory.net/rapid v1.3.0 // laws as property tests that shrink
)

require (
	cloud.google.com/go/auth v0.24.1-0.20261001053825-dbc26066f70a // indirect
	cloud.google.com/go/auth/oauth2adapt v0.3.1 // indirect
	cloud.google.com/go/compute/metadata v0.10.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.6.0 // indirect
	github.com/fatih/color v1.18.0 // indirect
	github.com/felixge/httpsnoop v1.1.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/s2a-go v0.1.11 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/googleapis/enterprise-certificate-proxy v0.3.24 // indirect
	github.com/googleapis/gax-go/v2 v2.27.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/mattn/go-runewidth v0.0.19 // indirect
	github.com/olekukonko/cat v0.0.0-20250911104152-50322a0618f6 // indirect
	github.com/olekukonko/errors v1.2.0 // indirect
	github.com/olekukonko/ll v0.1.6 // indirect
	github.com/xeipuuv/gojsonpointer v0.0.0-20180127040702-4e3ac2762d5f // indirect
	github.com/xeipuuv/gojsonreference v0.0.0-20180127040603-bd5ef7bd5415 // indirect
	github.com/xeipuuv/gojsonschema v1.2.0 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.69.0 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/log v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261026165753-2ffab32bce7e // indirect
	google.golang.org/grpc v1.85.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
