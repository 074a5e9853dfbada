//go:build linux

// Command guest is the first process of a virtual machine: it makes the machine's files its own, and runs what the host
// asks for.
//
// Process 1 only collects the orphans; the same program as its child speaks with the host. When that child ends,
// because the host has closed the connection, the machine is switched off.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	var err error
	switch {
	case filepath.Base(os.Args[0]) == "go":
		if err = compiler(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	case os.Getpid() != 1:
		err = serve()
	default:
		err = boot()
		if err == nil {
			err = reign()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "guest:", err)
		}
		unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
		os.Exit(1)
	}
}

// reign starts the server and waits for it, and for every orphan meanwhile.
func reign() error {
	server := exec.Command("/proc/self/exe")
	server.Stdout, server.Stderr = os.Stdout, os.Stderr
	server.Env = os.Environ()
	if err := server.Start(); err != nil {
		return err
	}
	for {
		pid, err := unix.Wait4(-1, nil, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("wait: %w", err)
		case pid == server.Process.Pid:
			return nil
		}
	}
}

// port opens the serial port to the host, as soon as its driver has made it.
func port() (*os.File, error) {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		ports, err := filepath.Glob("/dev/vport*")
		if err != nil {
			return nil, err
		}
		if len(ports) > 0 {
			return os.OpenFile(ports[0], os.O_RDWR, 0)
		}
		if time.Now().After(end) {
			return nil, errors.New("there is no virtio serial port")
		}
	}
}
