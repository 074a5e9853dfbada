package report

import (
	"testing"
	"time"

	"github.com/k8frr/k8frr/status"
)

func TestParseMD5(t *testing.T) {
	const netstat = `TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPOther
TcpExt: 1 2 3 4 5
IpExt: InNoRoutes TCPMD5Failure
IpExt: 7
`
	if got, want := parseMD5(netstat), (MD5Counts{2, 3, 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := parseMD5("TcpExt: A B\n"); got != (MD5Counts{}) {
		t.Errorf("got %+v of a kernel that does not count", got)
	}
}

// A counter that stands still says nothing, however high it is; one that rose does for some minutes.
func TestRefusals(t *testing.T) {
	var r refusals
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		after  time.Duration
		counts MD5Counts
		want   status.MD5
	}{
		{0, MD5Counts{100, 100, 100}, status.MD5{}},
		{2 * time.Second, MD5Counts{100, 100, 101}, status.MD5{Failure: true}},
		{time.Minute, MD5Counts{100, 102, 101}, status.MD5{Failure: true, Unexpected: true}},
		{6 * time.Minute, MD5Counts{100, 102, 101}, status.MD5{}},
		{7 * time.Minute, MD5Counts{0, 0, 0}, status.MD5{}},
		{8 * time.Minute, MD5Counts{1, 0, 0}, status.MD5{NotFound: true}},
	} {
		if got := r.since(c.counts, at.Add(c.after)); got != c.want {
			t.Errorf("after %s: got %+v, want %+v", c.after, got, c.want)
		}
	}
}
