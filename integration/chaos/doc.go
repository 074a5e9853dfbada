// Package chaos lets two nodes and their router go through random faults while service addresses come and go, and holds
// against what the router hears in the end what the kernels carry.
//
// It knows nothing of the agent but its probes and its status: what is announced is asked of the router, what should be of
// the kernel. Every seed is another story, told by its log.
package chaos
