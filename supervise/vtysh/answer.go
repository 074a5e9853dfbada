//go:build linux

package vtysh

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// The status bytes that end an answer (enum in FRR's lib/command.h).
const (
	statusWarning    = 1
	statusUnknown    = 2
	statusAmbiguous  = 3
	statusIncomplete = 4
)

// An answer is what a daemon says to one command.
type answer struct {
	text   []byte
	status byte // 0 is success; 1 a warning; 2 an unknown command; 13 refused
}

var errNoAnswer = errors.New("not an answer of a vty: a NUL inside the text")

type tooLarge int

func (n tooLarge) Error() string {
	return fmt.Sprintf("the answer has more than %d bytes; ask for less", int(n))
}

// readAnswer reads one answer: text without a NUL, three NULs, and the status, which may itself be NUL. After an error
// the stream is of no more use. A long answer gets room for about that many bytes at first, and finds what it lacks.
func readAnswer(r *bufio.Reader, limit, about int) (answer, error) {
	var text []byte
	for {
		part, err := r.ReadSlice(0)
		if len(text)+len(part) > limit+1 { // the first of the three NULs is not text
			return answer{}, tooLarge(limit)
		}
		if text == nil && errors.Is(err, bufio.ErrBufferFull) {
			text = make([]byte, 0, max(len(part), min(about, limit)+1))
		}
		text = append(text, part...)
		if err == nil {
			break
		}
		if errors.Is(err, io.EOF) && len(text) > 0 {
			return answer{}, io.ErrUnexpectedEOF
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return answer{}, err
		}
	}
	var end [3]byte
	if _, err := io.ReadFull(r, end[:]); err != nil {
		return answer{}, io.ErrUnexpectedEOF
	}
	if end[0] != 0 || end[1] != 0 {
		return answer{}, errNoAnswer
	}
	return answer{text: text[:len(text)-1], status: end[2]}, nil
}

// discardAnswer reads to the end of an answer that was read in part. It may be called again after a timeout.
func discardAnswer(r *bufio.Reader) error {
	for {
		if _, err := r.ReadSlice(0); !errors.Is(err, bufio.ErrBufferFull) {
			return err // the daemon has written everything when the first NUL is here
		}
	}
}
