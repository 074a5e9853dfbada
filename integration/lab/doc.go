// Package lab builds real networks out of network namespaces and real routers, for tests and for the demo.
//
// A Lab holds hosts (network namespaces), the cables and switches between them, and what runs on them: FRR of two
// versions, BIRD, GoBGP, and a BGP listener that stamps every UPDATE as it reads it. Nothing is simulated.
//
//	l := lab.New(t)
//	node, tor := l.Host("node"), l.Host("tor")
//	l.Connect(node.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", "10.1.0.1/24"))
//	heard := tor.Listen(listener.Config{ASN: 65000})
//	f := node.FRR(lab.FRR103, lab.Config("router bgp 65001\n neighbor 10.1.0.1 remote-as 65000\n"))
//	f.Start()
//	_, err := heard.WaitEstablished(ctx)
//
// It needs Linux, root, and what integration/setup.sh installs. Everything is removed by the test's Cleanup; if the
// test process dies instead, however it dies, a small reaper process notices and removes it all the same.
package lab
