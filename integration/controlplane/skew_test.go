//go:build linux

package controlplane

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// skewed is the server to an agent whose clock is ahead by some time: what the agent calls now is so much later to all
// others, and what others call now so much earlier to it. Times have the same length in whatever they are shifted to.
func skewed(by time.Duration) meddler {
	return func(a http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Body != nil && strings.Contains(r.Header.Get("Content-Type"), "json") {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(shift(text, by)))
		}
		r.Header.Del("Accept-Encoding")
		to := &shifter{ResponseWriter: a, by: -by}
		next.ServeHTTP(to, r)
		to.end()
	}
}

var times = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"`)

func shift(text []byte, by time.Duration) []byte {
	return times.ReplaceAllFunc(text, func(quoted []byte) []byte {
		format := `"2006-01-02T15:04:05Z"`
		if bytes.ContainsRune(quoted, '.') {
			format = `"2006-01-02T15:04:05.000000Z"`
		}
		t, err := time.Parse(format, string(quoted))
		if err != nil {
			return quoted
		}
		return []byte(t.Add(by).Format(format))
	})
}

// shifter shifts what is JSON, line by line: a watch has an event on each.
type shifter struct {
	http.ResponseWriter
	by   time.Duration
	rest []byte
}

func (s *shifter) Write(text []byte) (int, error) {
	if !strings.Contains(s.Header().Get("Content-Type"), "json") {
		return s.ResponseWriter.Write(text)
	}
	s.rest = append(s.rest, text...)
	whole := bytes.LastIndexByte(s.rest, '\n') + 1
	_, err := s.ResponseWriter.Write(shift(s.rest[:whole], s.by))
	s.rest = s.rest[whole:]
	return len(text), err
}

// end writes what had no end of line.
func (s *shifter) end() { _, _ = s.ResponseWriter.Write(shift(s.rest, s.by)) }

// Unwrap is for http.ResponseController.
func (s *shifter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
