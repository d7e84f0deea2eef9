package objects

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// deflated compresses with the standard library.
func deflated(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// samples are contents of many kinds and lengths.
func samples() [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 100_000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 100_000) // long codes: each byte half as likely as the last
	for i := range skewed {
		for r.Uint32()&1 == 0 && skewed[i] < 200 {
			skewed[i]++
		}
	}
	var words strings.Builder
	for words.Len() < 200_000 {
		words.WriteString([]string{"func ", "return ", "err", " != nil {\n", "\t", "}\n", "token", "="}[r.IntN(8)])
		if r.IntN(7) == 0 {
			words.WriteByte(byte(r.Uint32()))
		}
	}
	text := []byte(words.String())
	all := [][]byte{nil, {0}, []byte("a"), []byte("hello, hello"), random, skewed, text, make([]byte, 70_000)}
	for _, period := range []int{2, 3, 7, 8, 9, 300} {
		all = append(all, bytes.Repeat(random[:period], 20_000/period))
	}
	for n := 1; n < 2000; n += 1 + n/8 {
		all = append(all, random[:n], skewed[:n], text[:n])
	}
	return all
}

func TestInflateSamples(t *testing.T) {
	z := newInflater(true)
	for i, want := range samples() {
		for _, level := range []int{-2, 0, 1, 6, 9} {
			src := deflated(t, want, level)
			for _, behind := range []string{"", "behind", strings.Repeat("behind", 100)} {
				got := make([]byte, len(want), len(want)+len(behind)) // with room for slack, and without
				n, err := z.inflate(got, append(bytes.Clone(src), behind...))
				if err != nil || n != len(src) || !bytes.Equal(got, want) {
					t.Fatalf("sample %d, level %d, %d behind: took %d of %d, %v", i, level, len(behind), n, len(src), err)
				}
			}
			if _, err := z.inflate(make([]byte, len(want)+1, len(want)+1000), src); err != errSize {
				t.Fatalf("sample %d, level %d: size too large by one: %v", i, level, err)
			}
			if len(want) > 0 {
				for _, room := range []int{0, 1, slack, 1000} {
					if _, err := z.inflate(make([]byte, len(want)-1, len(want)-1+room), src); err != errSize {
						t.Fatalf("sample %d, level %d: size too small by one: %v", i, level, err)
					}
				}
			}
			for _, cut := range []int{1, 2, 4, 5, 9, 17, 40} {
				if cut <= len(src) {
					if _, err := z.inflate(make([]byte, len(want)), src[:len(src)-cut]); err == nil {
						t.Fatalf("sample %d, level %d: taken with %d bytes cut off", i, level, cut)
					}
				}
			}
		}
	}
}

func TestInflateChecksum(t *testing.T) {
	src := deflated(t, []byte("hello, hello"), 6)
	src[len(src)-1] ^= 1
	if _, err := newInflater(true).inflate(make([]byte, 12), src); err != errSum {
		t.Errorf("wrong checksum: %v", err)
	}
	if _, err := newInflater(false).inflate(make([]byte, 12), src); err != nil {
		t.Errorf("checksum looked at without being asked: %v", err)
	}
}

// FuzzInflate holds inflate to the standard library on any bytes.
func FuzzInflate(f *testing.F) {
	for _, s := range samples() {
		if len(s) < 3000 {
			f.Add(deflated(f, s, 6))
			f.Add(deflated(f, s, 1))
		}
	}
	z := newInflater(true)
	f.Fuzz(func(t *testing.T, src []byte) {
		const limit = 1 << 16
		var want []byte
		in := bytes.NewReader(src)
		r, wantErr := zlib.NewReader(in)
		if wantErr == nil {
			want, wantErr = io.ReadAll(io.LimitReader(r, limit+1))
			if len(want) > limit {
				return
			}
		}
		if wantErr != nil {
			// Whatever size it is said to have, it is not taken.
			for _, n := range []int{0, len(want), len(want) + 1, limit} {
				for _, room := range []int{0, slack} {
					if _, err := z.inflate(make([]byte, n, n+room), src); err == nil {
						t.Fatalf("taken as %d bytes; the standard library: %v", n, wantErr)
					}
				}
			}
			return
		}
		for _, room := range []int{0, slack} {
			got := make([]byte, len(want), len(want)+room)
			n, err := z.inflate(got, src)
			if err != nil {
				t.Fatalf("%v; the standard library takes it", err)
			}
			if n != len(src)-in.Len() || !bytes.Equal(got, want) {
				t.Fatalf("took %d bytes, the standard library %d", n, len(src)-in.Len())
			}
			if len(want) > 0 {
				if _, err := z.inflate(make([]byte, len(want)-1, len(want)-1+room), src); err == nil {
					t.Fatal("taken as one byte less")
				}
			}
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	text := samples()[6]
	for _, size := range []int{100, 1000, 10_000, 200_000} {
		data := text[:size]
		src := deflated(b, data, 6)
		dst := make([]byte, size)
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			z := newInflater(false)
			for b.Loop() {
				if _, err := z.inflate(dst, src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
