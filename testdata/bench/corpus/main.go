// Command corpus writes a folder of files in which Google and OAuth secrets lie
// as people really leave them, and files that only look so. Every value is drawn
// from a seed when the program runs: nothing of a secret's shape stands in its
// source. The manifest beside the folder says what was planted where.
//
//	go run ./testdata/bench/corpus -out DIR
//
// DIR/files is what a scanner is given, DIR/manifest.jsonl what it should find.
// With -big it writes one of the inputs that time and memory are measured on.
package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/testdata/bench/manifest"
)

//go:embed shapes/*.txtar
var shapes embed.FS

func main() {
	log.SetFlags(0)
	log.SetPrefix("corpus: ")
	out := flag.String("out", "", "folder to write, which must not exist yet")
	seed := flag.Uint64("seed", 1, "where the values are drawn from")
	big := flag.String("big", "", "write this input instead: text, line, notebook or zip")
	size := flag.Int64("size", 0, "its size in bytes, or in members for zip")
	flag.Parse()
	if *out == "" {
		log.Fatal("name a folder with -out")
	}
	check(os.Mkdir(*out, 0o755))
	d := drawer{rand.New(rand.NewPCG(*seed, 0))}
	if *big != "" {
		check(writeBig(*out, *big, *size, d))
		return
	}
	c := &corpus{drawer: d, out: *out, members: map[string][]member{}}
	for _, name := range []string{"source", "credentials", "notebooks", "hidden", "decoys"} {
		data, err := shapes.ReadFile("shapes/" + name + ".txtar")
		check(err)
		for _, f := range txtar.Parse(data).Files {
			c.add(f.Name, string(f.Data), name == "decoys")
		}
	}
	c.addBinaries()
	for _, name := range c.order {
		c.write(name, pack(name, c.members[name]))
	}
	check(os.WriteFile(filepath.Join(*out, "manifest.jsonl"), c.lines.Bytes(), 0o644))
	c.summary()
}

// corpus is what has been written so far.
type corpus struct {
	drawer
	out          string
	lines        bytes.Buffer
	values       int
	kinds        map[manifest.Kind]int
	files, decoy int
	members      map[string][]member // of archives, until all are there
	order        []string
}

// add writes a file of the shapes. Its head is "path | what hides it | encoding".
func (c *corpus) add(head, source string, decoy bool) {
	fields := append(strings.Split(head, " | "), "", "")
	data, values := expand(c.drawer, source)
	file, inner, packed := strings.Cut(fields[0], "!")
	if decoy != (len(values) == 0) {
		log.Fatalf("%s: %d values", fields[0], len(values))
	}
	for _, p := range values {
		v := p.Value
		v.File, v.Member, v.Hides = file, inner, fields[1]
		if p.end > 0 {
			v.Line = 1 + strings.Count(data[:p.start], "\n")
			v.EndLine = v.Line + strings.Count(strings.TrimRight(data[p.start:p.end], "\n"), "\n")
			if strings.HasSuffix(fields[0], ".ipynb") {
				v.Cell = strings.Count(data[:p.start], `"cell_type"`)
			}
		}
		v.Encoded = v.Encoded || packed || fields[2] != ""
		c.note(v)
	}
	if decoy {
		c.decoy++
		c.note(manifest.Value{File: file, Hides: fields[1]})
	}
	encoded := encodeAs(data, fields[2])
	if !packed {
		c.write(file, encoded)
		return
	}
	if c.members[file] == nil {
		c.order = append(c.order, file)
	}
	c.members[file] = append(c.members[file], member{inner, encoded})
}

func (c *corpus) note(v manifest.Value) {
	if !v.Decoy() {
		c.values++
		v.ID = c.values
		if c.kinds == nil {
			c.kinds = map[manifest.Kind]int{}
		}
		c.kinds[v.Kind]++
	}
	line, err := json.Marshal(v)
	check(err)
	c.lines.Write(append(line, '\n'))
}

func (c *corpus) write(name string, data []byte) {
	path := filepath.Join(c.out, "files", filepath.FromSlash(name))
	check(os.MkdirAll(filepath.Dir(path), 0o755))
	check(os.WriteFile(path, data, 0o644))
	c.files++
}

func (c *corpus) summary() {
	fmt.Printf("%d values in %d files, %d decoys\n", c.values, c.files-c.decoy, c.decoy)
	for _, kind := range []manifest.Kind{
		manifest.AccessToken, manifest.RefreshToken, manifest.LegacyRefreshToken, manifest.ClientSecret,
		manifest.LegacyClientSecret, manifest.APIKey, manifest.ExpressKey, manifest.ServiceAccountKey,
		manifest.AuthorizationCode, manifest.FCMKey, manifest.StorageHMAC, manifest.CutShort,
		manifest.OAuthClient, manifest.FullCredential,
	} {
		fmt.Printf("%4d %s\n", c.kinds[kind], kind)
	}
}

// check ends the program: what it does either works or is of no use.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
