//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/vm/control"
)

// Where things are before the root is changed.
const (
	modules = "/modules" // kernel modules, their names in the order in which they must be inserted
	host    = "/host"    // the files of the host, read only
	changes = "/changes" // what the guest writes
	root    = "/root"    // both together
)

// boot turns a kernel with an initial RAM file system into a copy of the host: the same files, and what is written is
// written to memory.
func boot() error {
	if err := mount("devtmpfs", "/dev", "devtmpfs", 0, ""); err != nil {
		return err
	}
	if console, err := os.OpenFile("/dev/console", os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			unix.Dup3(int(console.Fd()), fd, 0)
		}
	}
	if err := insertModules(); err != nil {
		return err
	}
	const share = "trans=virtio,version=9p2000.L,msize=512000,cache=loose,access=client"
	if err := mount("host", host, "9p", unix.MS_RDONLY, share); err != nil {
		return err
	}
	if err := mount("changes", changes, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, dir := range []string{changes + "/upper", changes + "/work"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s/upper,workdir=%s/work", host, changes, changes)
	if err := mount("root", root, "overlay", 0, layers); err != nil {
		return err
	}
	if err := changeRoot(); err != nil {
		return err
	}
	return furnish()
}

func mount(source, at, kind string, flags uintptr, options string) error {
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(source, at, kind, flags, options); err != nil {
		return fmt.Errorf("mount %s at %s: %w", kind, at, err)
	}
	return nil
}

func insertModules() error {
	files, err := filepath.Glob(modules + "/*")
	if err != nil {
		return err
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		err = unix.FinitModule(int(f.Fd()), "", 0)
		f.Close()
		if err != nil && err != unix.EEXIST {
			return fmt.Errorf("insert %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

// changeRoot makes root the root, for this process and all that it will start.
func changeRoot() error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move %s to /: %w", root, err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	return os.Chdir("/")
}

// furnish mounts what every Linux has, and sets up what the kernel and the tests look for.
func furnish() error {
	for _, m := range []struct{ kind, at, options string }{
		{"proc", "/proc", ""},
		{"sysfs", "/sys", ""},
		{"devtmpfs", "/dev", ""},
		{"devpts", "/dev/pts", ""},
		{"tmpfs", "/dev/shm", ""},
		{"tmpfs", "/run", "mode=755"},
	} {
		if err := mount(m.kind, m.at, m.kind, 0, m.options); err != nil {
			return err
		}
	}
	if err := os.Symlink("/proc/self/fd", "/dev/fd"); err != nil {
		return err
	}
	if err := unix.Sethostname([]byte("guest")); err != nil {
		return err
	}
	// The kernel asks modprobe for what it lacks, such as "rtnl-link-vrf".
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return err
	}
	release := "/lib/modules/" + unix.ByteSliceToString(name.Release[:])
	if err := mount(os.Getenv("K8FRR_MODULES"), release, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	if err := os.MkdirAll(control.Bin, 0o755); err != nil {
		return err
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	if err := os.WriteFile(control.Bin+"/go", self, 0o755); err != nil {
		return err
	}
	return os.WriteFile(control.Marker, nil, 0o444)
}

// searchPath is PATH, with the guest's own directory first.
const searchPath = control.Bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
