//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"time"
)

// figure is what is measured together: steps that the contenders take in turns.
type figure struct {
	name  string
	steps []func(*rival)
	// at are the numbers of VIPs that it is taken with; any if nil.
	at []int
	// most is how many turns a contender has, 0 for as many as are wanted.
	most int
	// calm has all that a step has set in motion come to an end before the
	// next contender takes it. Without, a rest has to do.
	calm bool
	// steady says that a contender has to keep up with changes at any time.
	steady bool
}

// rest is how long a contender is left alone between two steps, at least.
const rest = 50 * time.Millisecond

var everything = []figure{
	{name: "add, move, remove", steps: []func(*rival){
		func(r *rival) { r.await(r.add("VIP add", 0, theVIP)) },
		(*rival).move,
		func(r *rival) { r.await(r.remove("VIP remove", 1, theVIP)) },
	}},
	{name: "burst", at: []int{0, 1000, 10000}, most: 5, calm: true, steps: []func(*rival){
		func(r *rival) { r.await(r.add(fmt.Sprintf("burst of %d adds", r.burst), 0, prefixes(50, r.burst)...)) },
		func(r *rival) {
			r.await(r.remove(fmt.Sprintf("burst of %d removes", r.burst), 0, prefixes(50, r.burst)...))
		},
	}},
	{name: "churn", at: []int{1000}, most: 1, calm: true, steady: true, steps: []func(*rival){(*rival).keepChurning}},
}

var theVIP = netip.MustParsePrefix("10.9.255.1/32")

// move takes the VIP from one node and gives it to the other, in this order.
func (r *rival) move() {
	start := time.Now()
	gone := r.remove("", 0, theVIP)
	came := r.add("VIP move", 1, theVIP)
	r.log[len(r.log)-1].at = start
	without := r.await(came).At.Sub(r.await(gone).At)
	const what = "VIP move: without any path"
	r.samples[what] = append(r.samples[what], max(without, 0))
}

// every is the time between two changes of those that come steadily.
const every = 50 * time.Millisecond

// keepChurning has VIPs come and go steadily, in turns. Each stays for a sixth
// of the time that it all takes.
func (r *rival) keepChurning() {
	changes := int(r.churn / every)
	alive := changes / 12
	vips := prefixes(50, alive+(changes+1)/2)
	r.await(r.add("", 0, vips[:alive]...))
	time.Sleep(time.Second)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var came, gone []command
	for i := range changes {
		<-tick.C
		if i%2 == 0 {
			came = append(came, r.add("churn: VIP add", 0, vips[alive+i/2]))
		} else {
			gone = append(gone, r.remove("churn: VIP remove", 0, vips[i/2]))
		}
	}
	for _, c := range append(came[len(gone)-alive:], gone...) {
		r.await(c)
	}
	r.await(r.remove("", 0, vips[len(gone):]...))
}
