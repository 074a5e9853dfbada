package plan

import "strings"

// dispensable are the lines of a BGP instance, of this project's own, that are left
// out alone when FRR refuses them: the instance then chooses among paths, or restarts, as
// before or as FRR does by itself. Sessions, and what neighbors are told and believed,
// stay the same.
//
//	line                                   without it                                    left out
//	bgp always-compare-med                 paths are compared otherwise                  alone
//	bgp bestpath …                         likewise                                      alone
//	maximum-paths …                        more or fewer of equal paths are used         alone
//	distance bgp …                         other routes of the kernel are preferred      alone
//	bgp graceful-restart …, …-disable      routes are kept for another time, or not      alone
//	router bgp N, bgp router-id            the instance is another speaker               with the instance
//	bgp cluster-id                         the reflector is of another cluster           with the instance
//	bgp confederation …                    its peers are external, or internal ones      with the instance
//	no bgp default ipv4-unicast            neighbors exchange families not asked for     with the instance
//	no bgp ebgp-requires-policy            neighbors without a policy exchange nothing   with the instance
//	bgp listen limit                       more peers come, or fewer, than are bounded   with the instance
//	redistribute …                         the node announces less, or unfiltered        with the instance
//	rd, rt, import, export, label, network it announces and imports other routes         with the instance
//
// With the instance means that the BGP instance of a VRF is left out as a whole, and
// that the configuration is refused if the line is of the default instance. Lines of
// neighbors and ranges are parts of these, and the operator's lines parts of their own.
var dispensable = []string{
	"bgp always-compare-med", "bgp bestpath ", "maximum-paths ", "distance bgp ",
	"bgp graceful-restart", // and those that begin with it
}

// isDispensable reports whether an instance can run without a line.
func isDispensable(line string) bool {
	line = strings.TrimPrefix(line, "no ")
	for _, begin := range dispensable {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return false
}
