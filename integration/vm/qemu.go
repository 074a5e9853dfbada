//go:build linux

package vm

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// qemu is the process that is the machine.
type qemu struct {
	cmd     *exec.Cmd
	port    net.Conn // the guest's serial port
	console console
	ended   chan struct{}
}

// startQEMU emulates the processor too: where a machine has KVM for its tests at all, it is often KVM in KVM, which is
// not everywhere sound.
//
// The guest's clock counts its instructions, one per nanosecond (and runs on while it is idle): it does not notice how
// slow an emulated processor is, nor how busy this machine, and no patience of a test's runs out because of that.
func startQEMU(k kernel, initramfs *os.File) (*qemu, error) {
	ours, theirs, err := connection()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	q := &qemu{port: ours, ended: make(chan struct{})}
	q.cmd = exec.Command("qemu-system-x86_64", "-nodefaults", "-no-user-config",
		"-machine", "q35", "-accel", "tcg,thread=single", "-icount", "shift=0", "-cpu", "max", "-m", "1536",
		"-display", "none", "-no-reboot", "-net", "none",
		"-kernel", k.image, "-initrd", "/proc/self/fd/4",
		"-append", "console=ttyS0 quiet panic=-1 mitigations=off K8FRR_MODULES="+k.modules,
		"-serial", "stdio",
		"-device", "virtio-serial-pci",
		"-chardev", "socket,id=host,fd=3", "-device", "virtserialport,chardev=host",
		"-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap")
	q.cmd.ExtraFiles = []*os.File{theirs, initramfs} // 3 and 4
	q.cmd.Stdout, q.cmd.Stderr = &q.console, &q.console
	// Should this process die, the kernel ends the machine.
	q.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error)
	go q.run(started)
	if err := <-started; err != nil {
		ours.Close()
		return nil, fmt.Errorf("%w: run integration/setup.sh vm", err)
	}
	return q, nil
}

// run waits for the machine's end on the thread that has started it, since the kernel takes the end of that thread for
// its parent's death.
func (q *qemu) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := q.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	limit := time.AfterFunc(lifetime, func() { q.cmd.Process.Kill() })
	defer limit.Stop()
	err = q.cmd.Wait()
	fmt.Fprintf(&q.console, "\nQEMU has ended (%v)\n", err)
	q.port.Close()
	close(q.ended)
}

func (q *qemu) kill() {
	q.cmd.Process.Kill()
	<-q.ended
}

// connection makes two connected sockets, the first for this process.
func connection() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "host"), os.NewFile(uintptr(fds[1]), "guest")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
	}
	return conn, theirs, err
}

// console keeps what the kernel and QEMU say.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *console) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(text)
}

// tail is its last lines.
func (c *console) tail() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := lines(c.text.Bytes())
	return strings.Join(all[max(0, len(all)-40):], "\n")
}

func lines(text []byte) []string {
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' || r == '\r' })
}
