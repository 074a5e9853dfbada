//go:build linux

package vtysh

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzAnswer feeds the reader a stream cut at arbitrary places: it must return what was encoded, leave what follows
// untouched, and never return more than allowed or something with a NUL in it.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("% Unknown command\n"), byte(2), []byte("next"), uint16(100))
	f.Add([]byte{}, byte(0), []byte{0, 0, 0, 0}, uint16(0))
	f.Add(bytes.Repeat([]byte("x"), 100), byte(13), []byte{}, uint16(99))
	f.Add([]byte("a\x00b"), byte(1), []byte{1, 2, 3}, uint16(10))
	f.Fuzz(func(t *testing.T, text []byte, status byte, rest []byte, limit16 uint16) {
		limit := int(limit16)
		stream := append(append(append([]byte{}, text...), 0, 0, 0, status), rest...)
		for name, r := range map[string]io.Reader{
			"whole": bytes.NewReader(stream), "bytewise": iotest.OneByteReader(bytes.NewReader(stream)),
		} {
			br := bufio.NewReaderSize(r, 16)
			a, err := readAnswer(br, limit, len(text)/2)
			if err == nil && (bytes.IndexByte(a.text, 0) >= 0 || len(a.text) > limit) {
				t.Fatalf("%s: returned %q with limit %d", name, a.text, limit)
			}
			if bytes.IndexByte(text, 0) >= 0 {
				continue // not an answer; what counts is that nothing worse happens
			}
			if len(text) > limit {
				if !errors.As(err, new(tooLarge)) {
					t.Fatalf("%s: %d bytes with limit %d: error %v", name, len(text), limit, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(a.text, text) || a.status != status {
				t.Fatalf("%s: got %q, %d, %v; want %q, %d", name, a.text, a.status, err, text, status)
			}
			if left, _ := io.ReadAll(br); !bytes.Equal(left, rest) {
				t.Fatalf("%s: left %q of %q", name, left, rest)
			}
		}
	})
}

func TestAnswerCutShort(t *testing.T) {
	whole := "text\x00\x00\x00\x02"
	for n := range len(whole) {
		_, err := readAnswer(bufio.NewReader(strings.NewReader(whole[:n])), 100, 0)
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF // the daemon had ended before the question: it may be asked again
		}
		if !errors.Is(err, want) {
			t.Errorf("after %d bytes: %v, want %v", n, err, want)
		}
	}
}

func TestAnswerWithNULInside(t *testing.T) {
	if _, err := readAnswer(bufio.NewReader(strings.NewReader("a\x00b\x00\x00\x00\x00")), 100, 0); !errors.Is(err, errNoAnswer) {
		t.Errorf("got %v", err)
	}
}

// A long answer of a known size takes one allocation of that size, and one that is longer than thought is whole all the same.
func TestLongAnswer(t *testing.T) {
	text := strings.Repeat("0123456789", 100_000)
	for _, about := range []int{0, 1000, len(text) / 2, len(text) + 100, 10 * len(text)} {
		a, err := readAnswer(bufio.NewReader(strings.NewReader(text+"\x00\x00\x00\x01")), len(text), about)
		if err != nil || string(a.text) != text || a.status != statusWarning {
			t.Errorf("thought to have %d bytes: %d of %d bytes, status %d, %v", about, len(a.text), len(text), a.status, err)
		}
	}
	r := bufio.NewReader(nil)
	if n := testing.AllocsPerRun(10, func() {
		r.Reset(strings.NewReader(text + "\x00\x00\x00\x00"))
		if _, err := readAnswer(r, len(text), len(text)); err != nil {
			t.Fatal(err)
		}
	}); n > 4 { // one is the answer; the others are the reader, the text that it reads, and the last three bytes
		t.Errorf("%v allocations", n)
	}
}
