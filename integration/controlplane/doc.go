// Package controlplane lets the control plane of two nodes go through random faults, the API server, its etcd, the ways to
// it and the objects in it, while service addresses come and go, and holds against what the routers hear what the kernels
// carry.
//
// What fails there must not be heard: no session ends and no address is withdrawn, but where a fault changes what is
// declared of a session. Once a fault is mended, the objects must tell the truth within a bound. Every seed is another
// story, told by its log.
package controlplane
