// Package daemons keeps FRR's daemons running in a container: which of them, in
// which order, with which options, what is started again with one that died,
// and how all of them end.
//
// It does what FRR's frrinit.sh and watchfrr do on a machine, from the same
// file daemons, without a shell, and with no more rights than FRR itself needs.
package daemons

import (
	"regexp"
	"slices"

	"github.com/k8frr/k8frr/supervise/listen"
)

// Daemon is one that has to run.
type Daemon struct {
	Name string
	Args []string
	// Listen are the options of bgpd that are not in Args: which of them can be
	// had is found out at each start.
	Listen listen.Options
}

// equal reports whether two daemons are the same one with the same options.
func (d Daemon) equal(other Daemon) bool {
	return d.Name == other.Name && slices.Equal(d.Args, other.Args) && d.Listen.Equal(other.Listen)
}

// common are the arguments of every daemon. A pod with the host's network must
// not listen for terminals there, not even on loopback: another FRR may.
var common = []string{"-F", "traditional", "-P", "0", "--log", "stdout"}

// order is that in which daemons are started, and the reverse of that in which
// they end: a daemon that does not find mgmtd or zebra tries again only seconds
// later.
var order = []string{"mgmtd", "zebra", "staticd", "bfdd", "bgpd"}

// unsaid is what holds while there is no file daemons: what the agent writes for
// a configuration that asks for nothing particular, so that its coming changes
// nothing then.
const unsaid = `
zebra_options="-A 127.0.0.1 -s 90000000"
mgmtd_options="-A 127.0.0.1"
bgpd_options="-A 127.0.0.1"
staticd_options="-A 127.0.0.1"
`

// Wanted are the daemons that a file daemons asks for, in the order in which
// they are started; those that every configuration needs if there is no file.
// has reports whether this FRR has a daemon: mgmtd came with FRR 10. dropped are
// the parts of the file that no daemon is started with (see readSettings).
func Wanted(file string, has func(name string) bool) (wanted []Daemon, dropped []string) {
	if file == "" {
		file = unsaid
	}
	settings, dropped := readSettings(file)
	for _, name := range order {
		if name == "bfdd" && !settings.bfdd || !has(name) {
			continue
		}
		d := Daemon{Name: name, Args: slices.Concat(common, settings.options[name])}
		if name == "bgpd" {
			d.Listen = settings.listen
		}
		wanted = append(wanted, d)
	}
	return wanted, dropped
}

// together are the daemons that have to be started again with one that died. A
// zebra that comes alone is not given bgpd's routes again, so that the kernel
// would miss them until each session has ended once; and bgpd and staticd take
// up to 10 s to find it.
func together(died string) []string {
	if died == "zebra" {
		return []string{"staticd", "bfdd", "bgpd"}
	}
	return nil
}

// restart is what a configuration says of graceful restarts (RFC 4724).
type restart struct {
	// asked says that some peers keep the routes while bgpd is away.
	asked bool
	// time is for how long, in seconds, as text.
	time string
}

var (
	gracefulRestart = regexp.MustCompile(`(?m)^[ \t]*(?:bgp|neighbor \S+) graceful-restart[ \t]*\r?$`)
	restartTime     = regexp.MustCompile(`(?m)^[ \t]*bgp graceful-restart restart-time (\d{1,4})[ \t]*\r?$`)
)

func restartOf(frrConf string) restart {
	r := restart{asked: gracefulRestart.MatchString(frrConf), time: "120"} // FRR's default
	if m := restartTime.FindStringSubmatch(frrConf); m != nil {
		r.time = m[1]
	}
	return r
}
