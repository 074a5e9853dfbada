//go:build linux

package vm

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// makeInitramfs makes the guest's first file system, in memory: the program that is its first process, and the kernel
// modules by which that finds all other files.
func makeInitramfs(ctx context.Context, k kernel) (*os.File, error) {
	dir, err := os.MkdirTemp("", "k8frr-vm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	guest := filepath.Join(dir, "guest")
	if err := build(ctx, "build", guest, "integration/vm/guest"); err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("initramfs", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "initramfs")
	out := &archive{to: bufio.NewWriter(file)}
	out.entry("dev", unix.S_IFDIR|0o755, 0, 0, nil)
	out.entry("dev/console", unix.S_IFCHR|0o600, 5, 1, nil)
	out.entry("modules", unix.S_IFDIR|0o755, 0, 0, nil)
	out.file("init", guest)
	for i, path := range k.boot {
		out.file(fmt.Sprintf("modules/%02d-%s", i, filepath.Base(path)), path)
	}
	if err := out.close(); err != nil {
		file.Close()
		return nil, fmt.Errorf("make the initial file system: %w", err)
	}
	return file, nil
}

// build has the Go compiler make a program of a package of this module, or a "test" of it, for the guest.
func build(ctx context.Context, what, file, pkg string) error {
	args := map[string][]string{"build": {"build"}, "test": {"test", "-c"}}[what]
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", file, "github.com/k8frr/k8frr/"+pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s %s: %w\n%s", what, pkg, err, out)
	}
	return nil
}

// archive writes a cpio archive in the format that the kernel reads
// (https://docs.kernel.org/driver-api/early-userspace/buffer-format.html).
type archive struct {
	to    *bufio.Writer
	inode int
	err   error
}

func (a *archive) file(name, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		a.err = err
		return
	}
	a.entry(name, unix.S_IFREG|0o755, 0, 0, data)
}

func (a *archive) entry(name string, mode, major, minor int, data []byte) {
	if a.err != nil {
		return
	}
	a.inode++
	const links = 1
	header := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.inode, mode, 0, 0, links, 0, len(data), 0, 0, major, minor, len(name)+1, 0)
	a.write(header + name + "\x00")
	a.write(string(data))
}

// write pads with zeros to a multiple of four bytes.
func (a *archive) write(text string) {
	if _, err := a.to.WriteString(text + "\x00\x00\x00"[:-len(text)&3]); err != nil {
		a.err = err
	}
}

func (a *archive) close() error {
	a.entry("TRAILER!!!", 0, 0, 0, nil)
	if a.err != nil {
		return a.err
	}
	return a.to.Flush()
}
