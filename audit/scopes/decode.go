package scopes

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

//go:generate go run ./gen

// packed is the data file: zstd over lines of tab-separated fields, as written
// down at the encoder (internal/generate).
//
//go:embed catalogue.zst
var packed string

// maxUnpacked bounds what the data file may come to; it is about 2 MiB.
const maxUnpacked = 32 << 20

// errCorrupt says that the data file is not what the generator writes. Users
// cannot meet it: the file is part of the program.
var errCorrupt = errors.New("the embedded catalogue is corrupt: run go generate ./audit/scopes")

// document is one version of one API.
type document struct{ api, version, revision string }

// method is one description of a method. Its texts are pieces of decoded.text.
type method struct {
	id, path       uint32 // where they start
	idLen, pathLen uint16
	set, document  uint16
	verb           byte
	first          bool // of those with its ID, and so the one to believe
}

// decoded is the content of the data file. The numbers in it are those of the
// file.
type decoded struct {
	version   string // of the module google.golang.org/api
	scopes    []string
	consent   []string
	sets      [][]uint16
	apis      []API
	documents []document
	methods   []method // by ID, the preferred description of each first
	text      string
}

func decode(packed string) (*decoded, error) {
	unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		return nil, err
	}
	defer unpacker.Close()
	raw, err := unpacker.DecodeAll([]byte(packed), nil)
	if err != nil {
		return nil, fmt.Errorf("unpacking the catalogue: %w", err)
	}
	r := &lines{rest: string(raw)}
	d := &decoded{}
	if r.line() != "scopeaudit catalogue 1" {
		return nil, errCorrupt
	}
	_, d.version, _ = strings.Cut(r.line(), " ")
	d.decodeScopes(r)
	d.decodeDocuments(r)
	d.decodeMethods(r)
	if r.bad || r.rest != "" {
		return nil, errCorrupt
	}
	return d, nil
}

func (d *decoded) decodeScopes(r *lines) {
	n := r.section("scopes ")
	d.scopes, d.consent = make([]string, n), make([]string, n)
	for i := range n {
		d.scopes[i], d.consent[i], _ = strings.Cut(r.line(), "\t")
	}
	d.sets = make([][]uint16, r.section("sets "))
	for i := range d.sets {
		for field := range strings.FieldsSeq(r.line()) {
			d.sets[i] = append(d.sets[i], uint16(r.number(field, len(d.scopes))))
		}
	}
}

func (d *decoded) decodeDocuments(r *lines) {
	d.apis = make([]API, r.section("apis "))
	for i := range d.apis {
		d.apis[i].Name, d.apis[i].Title, _ = strings.Cut(r.line(), "\t")
	}
	d.documents = make([]document, r.section("documents "))
	for i := range d.documents {
		api, rest, _ := strings.Cut(r.line(), "\t")
		version, revision, _ := strings.Cut(rest, "\t")
		if n := r.number(api, len(d.apis)); !r.bad {
			d.documents[i] = document{d.apis[n].Name, version, revision}
		}
	}
}

func (d *decoded) decodeMethods(r *lines) {
	count, size, _ := strings.Cut(strings.TrimPrefix(r.line(), "methods "), " ")
	d.methods = make([]method, r.number(count, 1<<20))
	total := r.number(size, maxUnpacked)
	var text strings.Builder
	text.Grow(total)
	var last method
	for i := range d.methods {
		verb, rest, _ := strings.Cut(r.line(), "\t")
		set, rest, _ := strings.Cut(rest, "\t")
		doc, rest, _ := strings.Cut(rest, "\t")
		id, path, _ := strings.Cut(rest, "\t")
		if len(verb) != 1 {
			r.bad = true
			return
		}
		m := method{verb: verb[0], set: uint16(r.number(set, len(d.sets))), document: uint16(r.number(doc, len(d.documents)))}
		m.id, m.idLen = r.spellOut(&text, last.id, last.idLen, id)
		m.path, m.pathLen = r.spellOut(&text, last.path, last.pathLen, path)
		if r.bad || text.Len() > total {
			r.bad = true
			return
		}
		m.first = i == 0 || m.id != last.id
		d.methods[i], last = m, m
	}
	d.text = text.String()
}

// lines reads the data file line by line. The first thing amiss sets bad and
// everything after reads as empty or 0.
type lines struct {
	rest string
	bad  bool
}

func (r *lines) line() string {
	line, rest, found := strings.Cut(r.rest, "\n")
	if !found {
		r.bad = true
	}
	r.rest = rest
	return line
}

// section reads the header of a section and gives the number of its lines.
func (r *lines) section(name string) int {
	count, found := strings.CutPrefix(r.line(), name)
	if !found {
		r.bad = true
		return 0
	}
	return r.number(count, 1<<16)
}

// number reads a number below limit.
func (r *lines) number(text string, limit int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= limit {
		r.bad = true
		return 0
	}
	return n
}

// spellOut appends a front-coded text: one character counted from '0' says how
// many bytes it shares with the text before, which starts at from. A text that
// is the same is not stored again.
func (r *lines) spellOut(text *strings.Builder, from uint32, length uint16, coded string) (start uint32, n uint16) {
	first, width := utf8.DecodeRuneInString(coded)
	shared := int(first - '0')
	if shared < 0 || shared > int(length) || shared+len(coded) > 1<<15 {
		r.bad = true
		return 0, 0
	}
	if shared == int(length) && len(coded) == width {
		return from, length
	}
	start = uint32(text.Len())
	text.WriteString(text.String()[from : int(from)+shared])
	text.WriteString(coded[width:])
	return start, uint16(text.Len() - int(start))
}
