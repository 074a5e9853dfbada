// Package vm gives a test another kernel: a small emulated machine that has the same files as this one, and dummy, VRF
// and MPLS devices, which the kernel of a build machine often lacks.
//
// A machine boots in some six seconds. It sees every file of this machine where it is here, copy on write, so what
// integration/setup.sh has installed is there too: FRR of both versions, BIRD, GoBGP, and integration/lab works in it
// unchanged. It has no network to the outside. What it writes is gone with it.
//
// A scenario that needs such a kernel is an ordinary test with an ordinary lab, in a package whose TestMain is
//
//	func TestMain(m *testing.M) { os.Exit(vm.Main(m)) }
//
// `go test` boots a machine and runs the tests in there, with the flags and the K8FRR_ variables that it was given; see
// integration/vm/devices. No Go compiler is quick enough in there: what such tests need built, their TestMain builds
// before Main, and leaves its path in a K8FRR_ variable.
//
// Single tests of other packages run in a machine by VM.Test, single commands by VM.Exec.
//
// The processor is emulated, some ten times slower than a real one, but the machine's clock counts its instructions: to
// a test in a machine everything seems to take about as long as it does here, however busy this machine is.
//
// A machine ends with its test. If the test process dies instead, the kernel ends the machine, and nothing is left: it
// has no files, its initial file system and its connections are memory of the two processes.
package vm
