//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// calm waits until nothing of the contender has anything to do: what runs on its
// nodes has taken little processor time for a while.
func (r *rival) calm() {
	const while, next = 300 * time.Millisecond, 6 // ticks of 10 ms, of all together
	for end := time.Now().Add(patience); time.Now().Before(end); {
		before := r.ticks()
		time.Sleep(while)
		if r.ticks() <= before+next {
			return
		}
	}
	r.tb.Errorf("%s, %s: there is no end of what it does", r.bench, r.contender.name)
}

// ticks is the processor time that daemons and agents have taken so far.
func (r *rival) ticks() (sum int) {
	for _, n := range r.nodes {
		for _, name := range []string{"mgmtd", "zebra", "staticd", "bgpd", "agent"} {
			if p := n.host.Process(name); p != nil {
				text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
				r.check(err)
				_, rest, _ := strings.Cut(string(text), ") ") // after the name, from field 3 on (proc(5))
				var user, system int
				_, err = fmt.Sscan(strings.Join(strings.Fields(rest)[14-3:16-3], " "), &user, &system)
				r.check(err)
				sum += user + system
			}
		}
	}
	return sum
}
