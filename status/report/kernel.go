package report

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// Kernel is what a Scraper asks of the node's kernel.
type Kernel interface {
	// Routes are those of a protocol in a table, at most so many, and the number of all.
	Routes(ctx context.Context, table uint32, protocol uint8, most int) ([]status.Installed, int64, error)
	// Answering says of addresses on the node's links whether somebody answers for them. Of others nothing is known.
	Answering(ctx context.Context) (map[netip.Addr]bool, error)
	// Direct says how the kernel reaches addresses that it reaches without a gateway. Others are missing.
	Direct(ctx context.Context, of []netip.Addr) (map[netip.Addr]status.Direct, error)
	// MD5 counts the TCP segments that were refused for their signature, since the node started.
	MD5(ctx context.Context) (MD5Counts, error)
}

// MD5Counts are TCPMD5NotFound, TCPMD5Unexpected and TCPMD5Failure of /proc/net/netstat.
type MD5Counts struct{ NotFound, Unexpected, Failure uint64 }

// installed are routes in the kernel, with their number by table.
type installed struct {
	routes []status.Installed
	counts map[uint32]int64
}

// askKernel asks what is needed: routes if some are to be there, and the rest if a session is down. It is nil if the
// kernel does not say.
func (s *Scraper) askKernel(ctx context.Context, config *render.Config, links []render.Link, snapshot *status.Snapshot) *status.Kernel {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	out := &status.Kernel{}
	if tables := status.Tables(config, links); len(tables) > 0 {
		found, err := s.routes(ctx, tables)
		if err != nil {
			return nil
		}
		out.Installed, out.Counts = found.routes, found.counts
	}
	if down(config, snapshot) {
		// Without them less can be said of why, and that is all.
		out.Answering, _ = s.Kernel.Answering(ctx)
		out.Direct, _ = s.Kernel.Direct(ctx, unreached(config, snapshot))
		if counts, err := s.Kernel.MD5(ctx); err == nil {
			out.MD5 = s.md5.since(counts, time.Now())
		}
	}
	return out
}

// routes reads tables of the kernel. Large ones are not read at every scrape: each route is a message.
func (s *Scraper) routes(ctx context.Context, tables []uint32) (installed, error) {
	const large, rest = 10_000, 10 * time.Second
	var before int64
	for _, n := range s.installed.answer.counts {
		before += n
	}
	if before > large && time.Since(s.installed.at) < rest && s.installed.table == fmt.Sprint(tables) {
		return s.installed.answer, nil
	}
	found := installed{counts: map[uint32]int64{}}
	for _, table := range tables {
		routes, n, err := s.Kernel.Routes(ctx, table, status.KernelProtocol, maxRoutes)
		if err != nil {
			return installed{}, err
		}
		found.routes, found.counts[table] = append(found.routes, routes...), n
	}
	s.installed = known[installed]{found, fmt.Sprint(tables), time.Now()}
	return found, nil
}

// down reports whether a session is that should be up.
func down(config *render.Config, snapshot *status.Snapshot) bool {
	for _, i := range config.Instances() {
		of := snapshot.Instance
		if i.Device != "" {
			of = snapshot.VRFs[i.Device]
		}
		for _, n := range i.Neighbors {
			if p, _ := of.Summary.Session(n.ID); p.State != status.Established && !n.AdminDown {
				return true
			}
		}
	}
	return false
}

// unreached are addresses of peers of the default instance to which FRR has no session, so many at most that asking for them
// costs nothing.
func unreached(config *render.Config, snapshot *status.Snapshot) []netip.Addr {
	const most = 100
	var out []netip.Addr
	for _, n := range config.Neighbors {
		p, _ := snapshot.Instance.Summary.Session(n.ID)
		if p.State != status.Established && !n.AdminDown && n.Address.IsValid() && !n.Address.IsLinkLocalUnicast() && len(out) < most {
			out = append(out, n.Address)
		}
	}
	return out
}

// prefer asks zebra why routes are not in the kernel that rules select and that bgpd can use.
func (s *Scraper) prefer(ctx context.Context, config *render.Config, snapshot *status.Snapshot) error {
	const most = 20
	if !config.Export.Enabled || snapshot.Kernel == nil {
		return nil
	}
	there := map[netip.Prefix]bool{}
	for _, r := range snapshot.Kernel.Installed {
		there[r.Prefix] = true
	}
	asked := 0
	for _, r := range snapshot.Received {
		p := snapshot.Prefixes[r.Prefix]
		if why, selected := p.Selected(); !selected || why != "" || there[r.Prefix] || asked >= most {
			continue
		}
		asked, there[r.Prefix] = asked+1, true
		command := status.RouteCommand(r.Prefix)
		answer, err := s.ask(ctx, "zebra", command)
		if err != nil {
			return err
		}
		if p.Preferred, err = status.ParseRoute(r.Prefix, answer); err != nil {
			return err
		}
		snapshot.Prefixes[r.Prefix] = p
	}
	return nil
}

// refusals remember when the kernel last refused a segment, for each reason.
type refusals struct {
	counts                        MD5Counts
	known                         bool
	notFound, unexpected, failure time.Time
}

// since takes the counters' present values, and says which have risen in the last minutes: a session tries again every two
// minutes if nothing else is said.
func (r *refusals) since(now MD5Counts, at time.Time) status.MD5 {
	const lately = 5 * time.Minute
	if r.known {
		for _, c := range []struct {
			rose bool
			when *time.Time
		}{
			{now.NotFound > r.counts.NotFound, &r.notFound},
			{now.Unexpected > r.counts.Unexpected, &r.unexpected},
			{now.Failure > r.counts.Failure, &r.failure},
		} {
			if c.rose {
				*c.when = at
			}
		}
	}
	r.counts, r.known = now, true
	rising := func(t time.Time) bool { return !t.IsZero() && at.Sub(t) < lately }
	return status.MD5{NotFound: rising(r.notFound), Unexpected: rising(r.unexpected), Failure: rising(r.failure)}
}

// parseMD5 reads the counters out of /proc/net/netstat: pairs of lines, of which the first has the names. A kernel that
// does not count has none.
func parseMD5(netstat string) MD5Counts {
	var out MD5Counts
	fields := map[string]*uint64{"TCPMD5NotFound": &out.NotFound, "TCPMD5Unexpected": &out.Unexpected, "TCPMD5Failure": &out.Failure}
	lines := strings.Split(netstat, "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k := range min(len(names), len(values)) {
			if field := fields[names[k]]; field != nil {
				*field, _ = strconv.ParseUint(values[k], 10, 64)
			}
		}
	}
	return out
}
