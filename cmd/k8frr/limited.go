package main

import (
	"fmt"
	"io"
	"os"
)

// largestInput is how many bytes of a file or of standard input are read.
const largestInput = 64 << 20

// tooLong is that of an input of more than largestInput bytes.
type tooLong struct{}

func (tooLong) Error() string { return fmt.Sprintf("has more than %d bytes", int64(largestInput)) }

// limited returns a reader that fails after largestInput bytes.
func limited(from io.Reader) io.Reader { return &limitedReader{from, largestInput} }

type limitedReader struct {
	from io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLong{}
	}
	n, err := l.from.Read(p[:min(int64(len(p)), l.left+1)])
	l.left -= int64(n)
	return n, err
}

// open opens a file. A regular one that is too large, even if it holds nothing but a hole, is not read.
func open(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > largestInput {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", name, tooLong{})
	}
	return f, nil
}

// readFile returns what a file holds.
func readFile(name string) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(limited(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text, nil
}
