// Package gobgp answers the questions of GoBGP's command line from FRR, in the layout of GoBGP's tables, for the people
// and the plugins that ask them.
//
// It is pure: a function asks FRR, and what it answers is written to a Writer. What is asked is bounded, because bgpd
// does nothing else while it prints, and needs several times the memory of what it prints.
package gobgp

import (
	"fmt"
	"io"
	"time"
)

// Ask asks bgpd a show command. It returns whole answers only: 10.3 ends if nobody reads what it prints.
type Ask func(command string) ([]byte, error)

// Answer writes the answer to a request, as of now. Remarks are for people: what the answer cannot show.
func Answer(r Request, ask Ask, now time.Time, out, remarks io.Writer) error {
	a := answerer{r, ask, now, out, remarks}
	switch r.What {
	case Neighbors:
		return a.neighbors()
	case Neighbor:
		return a.neighbor()
	case AdjIn:
		return a.adjIn()
	case AdjOut:
		return a.adjOut()
	case Global:
		return a.global()
	case Summary:
		return a.summary()
	}
	return a.rib()
}

type answerer struct {
	Request
	ask          Ask
	now          time.Time
	out, remarks io.Writer
}

func (a *answerer) printf(format string, args ...any) { fmt.Fprintf(a.out, format, args...) }

// global is `gobgp global`. What bgpd listens on it says nowhere in a form to rely on.
func (a *answerer) global() error {
	instances, err := a.instances()
	if err != nil {
		return err
	}
	d := instances[defaultInstance]
	if a.JSON {
		return a.print(map[string]any{"asn": d.asn(), "router_id": d.routerID()})
	}
	a.printf("AS:        %d\n", d.asn())
	a.printf("Router-ID: %s\n", d.routerID())
	return nil
}

// since is the time since then in the form of GoBGP: "00:01:02", or "3d 00:01:02".
func since(now, then time.Time) string {
	d := max(now.Sub(then), 0)
	days := int(d / (24 * time.Hour))
	d %= 24 * time.Hour
	text := fmt.Sprintf("%02d:%02d:%02d", int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60)
	if days == 0 {
		return text
	}
	return fmt.Sprintf("%dd %s", days, text)
}
