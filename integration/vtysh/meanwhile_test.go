//go:build linux

package vtysh_test

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// TestOthersMeanwhile holds what mgmtd of 10.3 makes necessary: when any of its connections is closed, it forgets what
// another one has entered and not committed. So nothing that the client does meanwhile may close one.
func TestOthersMeanwhile(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		for name, other := range map[string]func(){
			"Daemons": func() { _, _ = f.Daemons(t.Context()) },
			"Running": func() { _, _ = f.Running(t.Context()) },
			"Check":   func() { _ = f.Check(t.Context(), "hostname node\n") },
			"Show":    func() { _, _ = f.Show(t.Context(), "zebra", "show version") },
		} {
			t.Run(name, func(t *testing.T) {
				stop := make(chan struct{})
				var others sync.WaitGroup
				others.Go(func() {
					for {
						select {
						case <-stop:
							return
						case <-time.After(10 * time.Millisecond):
							other()
						}
					}
				})
				defer others.Wait()
				defer close(stop)
				for range 2 {
					apply(t, f, statics("ip route", 300)...)
					apply(t, f, statics("ip route", 600)[300:]...)
					if n := strings.Count(running(t, f), "\nip route "); n != 600 {
						t.Errorf("%d of 600 routes are in the running configuration", n)
					}
					within(t, "all are in the kernel", func() bool { return kernelRoutes(t, f, "-4") == 600 })
					apply(t, f, statics("no ip route", 600)...)
					within(t, "none is", func() bool { return kernelRoutes(t, f, "-4") == 0 })
				}
			})
		}
	})
}
