//go:build linux

package lab

import (
	"context"
	"io"
	"net"
	"net/http"
)

// Get asks a server by HTTP from the host, as "http://127.0.0.1:7474/readyz", and returns the status and the body of its
// answer.
func (h *Host) Get(ctx context.Context, url string) (status int, body string, err error) {
	inside := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = h.Do(func() error { conn, err = new(net.Dialer).DialContext(ctx, network, address); return err })
		return conn, err
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := inside.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}
