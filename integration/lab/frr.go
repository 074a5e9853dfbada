//go:build linux

package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// FRR is an FRR on a host. Its daemons see ConfigDir as /etc/frr and SocketDir as /run/frr, and nobody else's.
type FRR struct {
	Host      *Host
	Version   Version
	ConfigDir string // frr.conf and vtysh.conf
	SocketDir string // the daemons' vty sockets
	VtyshPath string // this version's vtysh, for --vty_socket SocketDir --config_dir ConfigDir

	daemons []string
	args    map[string][]string
	config  string
	mounts  *os.File
}

// FRROption changes an FRR before it is made.
type FRROption func(*FRR)

// Daemons runs these besides the version's default ones, such as "bfdd".
func Daemons(names ...string) FRROption {
	return func(f *FRR) { f.daemons = append(f.daemons, names...) }
}

// DaemonArgs adds arguments to a daemon's command line.
func DaemonArgs(daemon string, args ...string) FRROption {
	return func(f *FRR) { f.args[daemon] = append(f.args[daemon], args...) }
}

// Config is the text of frr.conf, which Start loads.
func Config(text string) FRROption {
	return func(f *FRR) { f.config = text }
}

// FRR prepares an FRR on the host (one per host) and does not start it. Its frr.conf is empty without the option Config.
func (h *Host) FRR(version Version, options ...FRROption) *FRR {
	h.lab.tb.Helper()
	f := &FRR{Host: h, Version: version, daemons: slices.Clone(version.Daemons), args: map[string][]string{}}
	for _, option := range options {
		option(f)
	}
	if err := f.prepare(); err != nil {
		h.fatal("prepare FRR "+version.Name, err)
	}
	return f
}

func (f *FRR) prepare() error {
	root, err := f.Version.root()
	if err != nil {
		return err
	}
	dir := map[string]string{}
	for _, name := range []string{"etc", "run", "log", "state"} {
		dir[name] = filepath.Join(f.Host.dir, name)
		if err := os.Mkdir(dir[name], 0o755); err != nil {
			return err
		}
		if err := chownFRR(dir[name]); err != nil {
			return err
		}
	}
	f.ConfigDir, f.SocketDir = dir["etc"], dir["run"]
	if f.VtyshPath, err = f.Version.vtysh(root, f.Host.dir); err != nil {
		return err
	}
	for name, text := range map[string]string{"frr.conf": f.config, "vtysh.conf": "service integrated-vtysh-config\n"} {
		if err := f.WriteFile(name, text); err != nil {
			return err
		}
	}
	binds := []bind{
		{f.ConfigDir, "/etc/frr"},
		{f.SocketDir, "/run/frr"},
		{dir["log"], "/var/log/frr"},
		{dir["state"], "/var/lib/frr"},
		{dir["state"], "/var/tmp/frr"},
	}
	if root != "/" {
		binds = append(binds, bind{filepath.Join(root, "usr"), "/usr"})
	}
	if f.mounts, err = privateMounts(binds); err != nil {
		return err
	}
	f.Host.files = append(f.Host.files, f.mounts)
	return nil
}

// WriteFile writes a file into ConfigDir, as user frr's own.
func (f *FRR) WriteFile(name, text string) error {
	path := filepath.Join(f.ConfigDir, name)
	write := func() error {
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			return err
		}
		return chownFRR(path)
	}
	if f.mounts == nil { // it is being prepared
		return write()
	}
	return f.Do(write)
}

// chownFRR gives a file to the user that FRR's daemons run as.
func chownFRR(path string) error {
	u, err := user.Lookup("frr")
	if err != nil {
		return fmt.Errorf("FRR's daemons run as user frr: run integration/setup.sh (%w)", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return os.Chown(path, uid, gid)
}

// Do runs fn in the host's network with FRR's own directories (and, for a version from a Debian tree, its /usr). fn must not
// end the test.
func (f *FRR) Do(fn func() error) error { return f.Host.doMounted(f.mounts, fn) }

// StartBeside starts a program on the host that sees FRR's directories as the daemons do.
func (f *FRR) StartBeside(name string, argv ...string) *Process {
	f.Host.lab.tb.Helper()
	p, err := f.Host.start(f.Do, name, exec.Command(argv[0], argv[1:]...))
	if err != nil {
		f.Host.fatal("start "+name, err)
	}
	return p
}

// Vtysh runs commands in one vtysh, until the first that fails, and returns what they printed. It speaks to one daemon
// alone where that one answers all: mgmtd 10.3 spoils what another session is entering when a vtysh goes that spoke to it.
func (f *FRR) Vtysh(ctx context.Context, commands ...string) (string, error) {
	if daemon := answers(commands); daemon != "" {
		return f.Ask(ctx, daemon, commands...)
	}
	var args []string
	for _, c := range commands {
		args = append(args, "-c", c)
	}
	return f.vtysh(ctx, args...)
}

// answers is the daemon that answers commands by itself, "" if there is none.
func answers(commands []string) string {
	var one string
	for _, c := range commands {
		i := slices.IndexFunc(shownBy, func(s [2]string) bool { return strings.HasPrefix(c, s[0]) })
		if i < 0 || one != "" && one != shownBy[i][1] {
			return ""
		}
		one = shownBy[i][1]
	}
	return one
}

// shownBy are the beginnings of commands, and the daemon that has the answer.
var shownBy = [][2]string{
	{"show bgp ", "bgpd"}, {"show ip bgp ", "bgpd"}, {"clear bgp ", "bgpd"}, {"show bfd ", "bfdd"},
	{"show running-config bgpd", "bgpd"}, {"show ip route", "zebra"}, {"show ipv6 route", "zebra"}, {"show zebra ", "zebra"}, {"show vrf", "zebra"},
}

// Ask runs commands in one vtysh that speaks to one daemon alone, whatever they are.
func (f *FRR) Ask(ctx context.Context, daemon string, commands ...string) (string, error) {
	args := []string{"-d", daemon}
	for _, c := range commands {
		args = append(args, "-c", c)
	}
	return f.vtysh(ctx, args...)
}

// Boot loads frr.conf into the running daemons, as FRR's own start scripts do.
func (f *FRR) Boot(ctx context.Context) error {
	_, err := f.vtysh(ctx, "-b")
	return err
}

func (f *FRR) vtysh(ctx context.Context, args ...string) (string, error) {
	dirs := []string{"--vty_socket", f.SocketDir, "--config_dir", f.ConfigDir}
	return f.Host.exec(f.Do, exec.CommandContext(ctx, f.VtyshPath, append(dirs, args...)...))
}

// Reload has the frr-reload.py of this version bring the running configuration to that of a file, and returns its log.
func (f *FRR) Reload(ctx context.Context, file string) (string, error) {
	return f.Host.exec(f.Do, exec.CommandContext(ctx, "/usr/lib/frr/frr-reload.py", "--reload", "--stdout", file))
}

// Start starts the daemons, waits until each answers on its vty socket (10.x: until mgmtd knows its backends), and loads
// frr.conf.
func (f *FRR) Start() {
	f.Host.lab.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := f.start(ctx); err != nil {
		f.Host.fatal("start FRR "+f.Version.Name, err)
	}
}

func (f *FRR) start(ctx context.Context) error {
	// A daemon that does not find zebra, or mgmtd, tries again only seconds later: these two come first.
	first := slices.Index(f.daemons, "zebra") + 1
	for _, daemon := range f.daemons[:first] {
		if err := f.launch(daemon); err != nil {
			return err
		}
		if err := f.ready(ctx, daemon); err != nil {
			return err
		}
	}
	for _, daemon := range f.daemons[first:] {
		if err := f.launch(daemon); err != nil {
			return err
		}
	}
	for _, daemon := range f.daemons[first:] {
		if err := f.ready(ctx, daemon); err != nil {
			return err
		}
	}
	if slices.Contains(f.daemons, "mgmtd") {
		if err := f.backendsReady(ctx); err != nil {
			return err
		}
	}
	empty := true
	if err := f.Do(func() error {
		info, err := os.Stat(filepath.Join(f.ConfigDir, "frr.conf"))
		empty = err != nil || info.Size() == 0
		return nil
	}); err != nil || empty {
		return err
	}
	return f.Boot(ctx)
}

// StartDaemon starts one daemon, as after Kill, and waits until it answers. It has no configuration until Boot, or
// somebody else, gives it one.
func (f *FRR) StartDaemon(daemon string) {
	f.Host.lab.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := f.launch(daemon)
	if err == nil {
		err = f.ready(ctx, daemon)
	}
	if err != nil {
		f.Host.fatal("start "+daemon, err)
	}
}

func (f *FRR) launch(daemon string) error {
	args := []string{"-A", "127.0.0.1", "--log", "stdout"}
	if daemon == "zebra" {
		args = append(args, "-s", "90000000") // Debian's netlink buffer size: a burst of addresses must fit
	}
	cmd := exec.Command("/usr/lib/frr/"+daemon, append(args, f.args[daemon]...)...)
	_, err := f.Host.start(f.Do, daemon, cmd)
	return err
}

// Kill sends a signal to a daemon, and waits for its end if it is one that ends it.
func (f *FRR) Kill(daemon string, sig syscall.Signal) {
	f.Host.lab.tb.Helper()
	f.Host.Kill(daemon, sig)
}

// StopAll ends all running daemons with SIGTERM, the last started first. Start starts them again.
func (f *FRR) StopAll() {
	f.Host.lab.tb.Helper()
	f.signalAll(syscall.SIGTERM)
}

// KillAll ends all running daemons with SIGKILL.
func (f *FRR) KillAll() {
	f.Host.lab.tb.Helper()
	f.signalAll(syscall.SIGKILL)
}

func (f *FRR) signalAll(sig syscall.Signal) {
	f.Host.lab.tb.Helper()
	for _, daemon := range slices.Backward(f.daemons) {
		if p := f.Host.Process(daemon); p != nil && p.Running() {
			f.Kill(daemon, sig)
		}
	}
}
