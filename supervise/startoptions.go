package supervise

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/listen"
)

// startOptions is what FRR takes at its start only, and what is known of that.
type startOptions struct {
	// file is FRR's file daemons; without a path it is not kept.
	file configFile
	// asked are the options for which running is the answer.
	asked   string
	known   bool
	running bool
	// lived are the last options that bgpd was seen to listen with.
	lived *listen.Options
	// wanting reports that bgpd does not listen as declared, and may be able to
	// later, of which no event tells.
	wanting bool
	// bind reports why bgpd could not listen on a socket.
	bind func(netip.AddrPort) error
}

// keep has the file daemons hold the start options of a configuration, as far as
// bgpd can live with them.
func (o *startOptions) keep(c *render.Config) error {
	if o.file.path == "" {
		return nil
	}
	wanted := listenOptions(c)
	usable, _ := wanted.Usable(o.bind)
	if usable.Port == 0 && wanted.Port != 0 && o.lived != nil {
		usable, _ = o.lived.Usable(o.bind)
	}
	if usable.Equal(wanted) {
		return o.file.replace(render.Daemons(c))
	}
	return o.file.replace(render.DaemonsFor(c, strings.Join(usable.Args(), " ")))
}

// listenOptions are the options of bgpd that a configuration asks for.
func listenOptions(c *render.Config) listen.Options {
	if c.ListenPort == -1 {
		return listen.Nowhere
	}
	return listen.Options{Port: cmp.Or(uint16(c.ListenPort), listen.DefaultPort), Addresses: c.ListenAddresses}
}

// userOf is the user that FRR's daemons run as, by one of its directories.
func userOf(dir string) uint32 {
	info, err := os.Stat(dir)
	if err != nil {
		return uint32(os.Geteuid())
	}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		return sys.Uid
	}
	return uint32(os.Geteuid())
}

// ahead keeps the file daemons while FRR does not answer: it may yet have to be
// started, or end at each start because of an option that is there. The options
// are the same in every dialect. What is wrong with a configuration, or with the
// file, is said when FRR is there.
func (s *Supervisor) ahead(objects render.Objects) {
	if s.refused != nil && s.good != nil {
		objects = s.good.objects
	}
	if objects.Configuration == nil {
		return
	}
	c, _, err := render.Resolve(render.Input{Objects: objects, Dialect: render.FRR10, AwaitAddress: starting(objects.Node, s.Now())})
	if err == nil {
		_ = s.options.keep(c)
	}
}

// started keeps the file daemons, and tells what of a configuration waits for
// the next start of a daemon, and what cannot be had.
func (s *Supervisor) started(ctx context.Context, c *render.Config) []render.Note {
	o := &s.options
	o.wanting = false
	if c == nil {
		return nil
	}
	var notes []render.Note
	if err := o.keep(c); err != nil {
		notes = append(notes, render.Note{Path: "spec.global", Reason: "DaemonsNotWritten", Message: "FRR's file daemons could not be written: " + err.Error()})
	}
	wanted := listenOptions(c)
	if options := c.BGPDOptions(); !o.known || options != o.asked {
		listening, err := s.listening(ctx, c.Listens())
		if err != nil {
			return notes // said elsewhere: a bgpd that does not answer
		}
		o.asked, o.known, o.running = options, listening, listening
	}
	if o.running {
		o.lived = &wanted
		return notes
	}
	o.wanting = true
	_, problems := wanted.Usable(o.bind)
	for _, p := range problems {
		notes = append(notes, render.Note{Path: listenField(c), Reason: "CannotListen",
			Message: fmt.Sprintf("bgpd cannot listen on %s and does without: %v", p.Socket, p.Err)})
	}
	if len(problems) == 0 {
		how := "without -p and -l"
		if o.asked != "" {
			how = "with " + o.asked
		}
		notes = append(notes, render.Note{Path: "spec.global.listenPort", Reason: "RestartNeeded", Message: "bgpd listens on other addresses or another port until it is started again, " + how})
	}
	return notes
}

// listenField is the field that says what bgpd listens on.
func listenField(c *render.Config) string {
	if len(c.ListenAddresses) > 0 {
		return "spec.global.listenAddresses"
	}
	return "spec.global.listenPort"
}

// listening reports whether bgpd listens on these and no other addresses. It does
// not tell its port, but the kernel knows who is listened for.
func (s *Supervisor) listening(ctx context.Context, wanted []netip.AddrPort) (bool, error) {
	answer, err := s.Router.Show(ctx, "bgpd", "show bgp listeners")
	if err != nil {
		return false, err
	}
	has := listeners(string(answer))
	if len(has) != len(wanted) {
		return false, nil
	}
	sockets, err := listen.Listening()
	if err != nil {
		return false, err
	}
	for _, w := range wanted {
		if !slices.Contains(has, w.Addr()) || !slices.Contains(sockets, w) {
			return false, nil
		}
	}
	return true, nil
}

// listeners reads bgpd's table of them: instance, file descriptor, address.
func listeners(table string) []netip.Addr {
	var addresses []netip.Addr
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) == 3 {
			if a, err := netip.ParseAddr(words[2]); err == nil {
				addresses = append(addresses, a)
			}
		}
	}
	return addresses
}
