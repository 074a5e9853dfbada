//go:build linux

// Package regular reads files in directories that others can write to.
//
// The agent and FRR share directories and have different rights. Either can put
// a symbolic link to a file of the other there, a FIFO that no one writes to, or a
// file without end.
package regular

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Read returns what a file holds. It is an error if the file is a symbolic link,
// no regular file, or has more than limit bytes. Read never blocks on what is no
// regular file.
func Read(path string, limit int64) ([]byte, error) { return read(path, limit, syscall.O_NOFOLLOW) }

// ReadLinked is as Read, and follows symbolic links. It is for directories that
// only the operator writes to, such as mounted ConfigMaps.
func ReadLinked(path string, limit int64) ([]byte, error) { return read(path, limit, 0) }

func read(path string, limit int64, flags int) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|flags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("is no regular file: %v", info.Mode().Type())}
	}
	tooLong := &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("has more than %d bytes", limit)}
	if info.Size() > limit {
		return nil, tooLong
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, tooLong
	}
	return text, nil
}
