// Package control is what a virtual machine's host and its guest say to one another: remote procedure calls of net/rpc
// over a virtio serial port.
package control

import "time"

// Marker is a file that exists in a guest, and nowhere else. Bin is a directory there that comes first in PATH.
const (
	Marker = "/run/k8frr-vm/guest"
	Bin    = "/run/k8frr-vm/bin"
)

// Ready is the first word of the guest's first line to the host; why it is not so follows otherwise.
const Ready = "ready"

// Command is a program to run in the guest, as root.
type Command struct {
	Argv  []string
	Dir   string        // working directory; / if empty
	Env   []string      // added to the guest's own
	Limit time.Duration // after which it is killed, with all that it has started in its process group
}

// Output is what a program has printed since the last time.
type Output struct {
	Stdout, Stderr []byte
	Done           bool
	Status         int    // exit status, if it is done; -1 if a signal ended it
	Failure        string // why there is no exit status
}

// File is one to be written.
type File struct {
	Path string
	Data []byte
	Mode uint32 // permissions
}
