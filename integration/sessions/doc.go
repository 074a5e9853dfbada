// Package sessions shows what each field of a session does on the wire: scenarios in testdata, each a script and its
// files, run with the real agent on a node with FRR 8.4 and with FRR 10.3, and judged by what the other end sees.
//
// A scenario opens with what it shows and why that matters. Its files are the manifest, as a user would write it, and the
// configurations of the routers around. Its script is one of testscript's, with these commands.
//
// The world:
//
//	net NAME HOST:IFACE=ADDRESS,… …    a switch, and hosts connected to it, which it makes; any kind of address, or none
//	frr HOST FILE                      an FRR there, of the version that the node does not have
//	bird HOST FILE                     a BIRD
//	gobgp HOST FILE                    a GoBGP
//	listener HOST asn=N …              an ear that announces what it is told to; also hold=DURATION, password=PEER:SECRET
//	node HOST FILE …                   FRR, kube-lb0 and k8frr-agent with the objects in the files; the host's name is the
//	                                   Node's; $SAMPLES is the directory of the samples that k8frr comes with
//
// What happens in it:
//
//	apply FILE …                       the node's objects are those in the files from now on
//	announce HOST PREFIX ATTRIBUTE=VALUE …
//	                                   a listener announces a route: as, nexthop, med, localpref, community, largecommunity
//	withdraw HOST PREFIX …             and withdraws it
//	do HOST COMMAND ARGUMENT …         run a command there: vtysh (its arguments are commands), birdc, gobgp, ip or another
//	cut NAME                           the switch drops everything, silently: the links of its hosts stay up
//	mend NAME                          and works again
//	crash HOST DAEMON                  kill one of FRR's daemons; it says no farewell
//	restart HOST DAEMON                start it again; the node's with the options in FRR's file daemons, as the agent keeps it,
//	                                   and without a configuration but what the agent gives it
//
// What must be seen, waiting until it is so:
//
//	established HOST PEER              HOST has a session with PEER: an address, an interface or the name of BIRD's protocol
//	route HOST PREFIX ATTRIBUTE=VALUE …
//	                                   HOST's BGP table has the prefix with these attributes; paths=N: so many such paths.
//	                                   Attributes are those above and origin, from (the neighbor's address), best,
//	                                   multipath, valid, stale, originator, cluster. Commas separate; empty: absent
//	open HOST PEER ATTRIBUTE=VALUE …   what PEER's OPEN said to the listener HOST: asn, hold, id, families, nexthop
//	                                   (of which families by IPv6), addpaths, restart, software
//	hear HOST WHAT …                   the listener HOST has heard an event that contains these words, since apply
//	see HOST COMMAND ARGUMENT … -- REGEXP …
//	                                   the command's output matches each of these; on the node, the command "status" is the
//	                                   BGPNodeStatus as JSON, "log" the agent's log, "daemons" FRR's file of that name
//
// A ! before one of these waits until it is not so. Before that there may be a limit:
//
//	within DURATION …                  it must be so in less time than this
//	steady DURATION …                  it must become so, and stay so for this long
//
// One scenario on one version, told line by line:
//
//	go test ./integration/sessions -run TestScenarios/10.3/bfd -v
package sessions
