package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"scopeaudit/testdata/bench/manifest"
)

// writeBig writes one large input without secrets but for one near its end,
// which shows that the whole was read.
func writeBig(out, kind string, size int64, d drawer) error {
	name := map[string]string{"text": "big.log", "line": "big.min.js", "notebook": "big.ipynb", "zip": "big.zip"}[kind]
	if name == "" || size <= 0 {
		return fmt.Errorf("-big takes text, line, notebook or zip, and a -size")
	}
	f, err := os.Create(filepath.Join(out, name))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	secret := fmt.Sprintf("refresh_token=%q;", d.value(manifest.RefreshToken))
	switch kind {
	case "text":
		err = repeat(w, logLines(d, 1<<20), size)
		fmt.Fprintln(w, secret)
	case "line":
		err = repeat(w, minified(d, 1<<20), size)
		fmt.Fprint(w, secret)
	case "notebook":
		err = bigNotebook(w, size, d, secret)
	case "zip":
		err = bigZip(w, size, d, secret)
	}
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func repeat(w io.Writer, block string, size int64) error {
	for ; size > 0; size -= int64(len(block)) {
		if _, err := io.WriteString(w, block[:min(int64(len(block)), size)]); err != nil {
			return err
		}
	}
	return nil
}

// bigNotebook is cells of source, printed text and pictures.
func bigNotebook(w io.Writer, size int64, d drawer, secret string) error {
	picture, printed := d.from(b64, 200_000), jsonString(logLines(d, 50_000))
	fmt.Fprint(w, `{"cells": [`)
	for written := int64(0); written < size; written += int64(len(picture) + len(printed)) {
		_, err := fmt.Fprintf(w, `{"cell_type": "code", "metadata": {}, "source": ["frame.plot(key=\"%s\")"], "outputs": [`+
			`{"output_type": "stream", "name": "stdout", "text": [%s]}, {"output_type": "display_data", "data": {"image/png": "%s"}}]},`+"\n",
			d.from(lower, 8), `"`+printed+`"`, picture)
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, `{"cell_type": "code", "metadata": {}, "outputs": [], "source": ["%s"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`,
		jsonString(secret))
	return err
}

func bigZip(w io.Writer, members int64, d drawer, secret string) error {
	z := zip.NewWriter(w)
	for i := range members {
		f, err := z.Create(fmt.Sprintf("src/%04d/app.log", i))
		if err != nil {
			return err
		}
		content := logLines(d, 2000)
		if i == members-1 {
			content += secret
		}
		if _, err := io.WriteString(f, content); err != nil {
			return err
		}
	}
	return z.Close()
}
