// Package generate makes the data file of audit/scopes from Google's discovery
// documents. Only the generator (audit/scopes/gen) and the test that holds the
// committed file to the pinned module import it.
package generate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Module is the Go module that ships every discovery document.
const Module = "google.golang.org/api"

// Build reads the discovery documents of the module, laid out as in its zip,
// and gives the compressed data file. The same module always gives the same
// bytes: nothing in them depends on the clock, the machine or map order.
func Build(module fs.FS, version string) ([]byte, error) {
	docs, err := Read(module)
	if err != nil {
		return nil, err
	}
	return pack(docs, module, version)
}

// pack makes the data file of documents that were read already.
func pack(docs []Discovery, module fs.FS, version string) ([]byte, error) {
	preferred, err := readDirectory(module)
	if err != nil {
		return nil, err
	}
	return compress(encode(docs, preferred, version))
}

// Discovery is the part of a discovery document that the catalogue keeps.
// https://developers.google.com/discovery/v1/reference/apis
type Discovery struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Revision    string `json:"revision"`
	Title       string `json:"title"`
	ServicePath string `json:"servicePath"`
	Auth        struct {
		OAuth2 struct {
			Scopes map[string]struct {
				Description string `json:"description"`
			} `json:"scopes"`
		} `json:"oauth2"`
	} `json:"auth"`
	Resource
}

// Resource is a node of a document's tree; the root is the document itself.
type Resource struct {
	Methods   map[string]Method   `json:"methods"`
	Resources map[string]Resource `json:"resources"`
}

// Method is one method of a document.
type Method struct {
	ID       string   `json:"id"`
	Verb     string   `json:"httpMethod"`
	Path     string   `json:"path"`
	FlatPath string   `json:"flatPath"`
	Scopes   []string `json:"scopes"`
}

// Walk visits every method of the tree.
func (r Resource) Walk(visit func(Method)) {
	for _, m := range r.Methods {
		visit(m)
	}
	for _, sub := range r.Resources {
		sub.Walk(visit)
	}
}

// URLPath is the path below the API's host, with every segment spelled out
// where the document does so (flatPath has no {+name} that spans segments).
func (d Discovery) URLPath(m Method) string {
	p := m.FlatPath
	if p == "" {
		p = m.Path
	}
	return strings.TrimPrefix(d.ServicePath, "/") + p
}

// Read gives every discovery document of the module that has OAuth scopes, in
// the order of their paths. A document lies in the folder of the client
// generated from it; the generator's own test data lies elsewhere.
func Read(module fs.FS) ([]Discovery, error) {
	var docs []Discovery
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "-api.json") {
			return nil
		}
		data, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		var d Discovery
		if err := json.Unmarshal(data, &d); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if d.Name == "" || d.Version == "" {
			return fmt.Errorf("reading %s: no name or no version", name)
		}
		d.Walk(func(m Method) {
			if verbs[m.Verb] == 0 {
				err = fmt.Errorf("reading %s: method %q has the unknown verb %q", name, m.ID, m.Verb)
			}
		})
		if err != nil {
			return err
		}
		if len(d.Auth.OAuth2.Scopes) > 0 {
			docs = append(docs, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("no discovery documents found")
	}
	return docs, nil
}

// readDirectory gives the "name version" pairs that Google's own directory
// calls preferred. https://developers.google.com/discovery/v1/reference/apis/list
func readDirectory(module fs.FS) (map[string]bool, error) {
	data, err := fs.ReadFile(module, "api-list.json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Name      string `json:"name"`
			Version   string `json:"version"`
			Preferred bool   `json:"preferred"`
		} `json:"items"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reading api-list.json: %w", err)
	}
	preferred := map[string]bool{}
	for _, item := range list.Items {
		if item.Preferred {
			preferred[item.Name+" "+item.Version] = true
		}
	}
	return preferred, nil
}

// compress packs the text. The module pins the compressor, so the bytes change
// only with go.mod; the standard library's may change with the Go release.
func compress(text []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(8<<20),
		zstd.WithSingleSegment(true))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return slices.Clip(w.EncodeAll(text, nil)), nil
}
