package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"log"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// member is a file inside an archive.
type member struct {
	name string
	data []byte
}

// pack makes the archive that name's suffix asks for.
func pack(name string, members []member) []byte {
	var b bytes.Buffer
	compress := func(w io.WriteCloser, data []byte) {
		_, err := w.Write(data)
		check(err)
		check(w.Close())
	}
	switch suffix := path.Ext(name); {
	case suffix == ".zip":
		w := zip.NewWriter(&b)
		for _, m := range members {
			f, err := w.Create(m.name)
			check(err)
			_, err = f.Write(m.data)
			check(err)
		}
		check(w.Close())
	case suffix == ".tar":
		w := tar.NewWriter(&b)
		for _, m := range members {
			check(w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data))}))
			_, err := w.Write(m.data)
			check(err)
		}
		check(w.Close())
	case strings.HasSuffix(name, ".tar.gz"):
		compress(gzip.NewWriter(&b), pack(".tar", members))
	case suffix == ".gz":
		compress(gzip.NewWriter(&b), members[0].data)
	case suffix == ".zst":
		w, err := zstd.NewWriter(&b)
		check(err)
		compress(w, members[0].data)
	case suffix == ".bz2":
		return bzip2(members[0].data)
	case suffix == ".xz":
		w, err := xz.NewWriter(&b)
		check(err)
		compress(w, members[0].data)
	default:
		log.Fatalf("%s: no archive that this program knows", name)
	}
	return b.Bytes()
}
