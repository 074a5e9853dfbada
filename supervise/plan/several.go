package plan

import "strings"

// several takes a line apart that says more than one thing, nil if it does not:
//
//	bgp confederation peers A B       FRR adds to those that it has
//	rt vpn both A B                   how FRR shows an import and an export that are equal
//	no neighbor X send-community all  likewise of standard, extended, large; both is the first two
//
// So each thing that changes is a command, and two ways of saying it are one.
func several(line string) []string {
	if peers, ok := strings.CutPrefix(line, "bgp confederation peers "); ok {
		return each("bgp confederation peers ", strings.Fields(peers))
	}
	if targets, ok := strings.CutPrefix(line, "rt vpn both "); ok {
		return []string{"rt vpn import " + targets, "rt vpn export " + targets}
	}
	if !strings.HasPrefix(line, "no neighbor ") {
		return nil
	}
	for which, kinds := range map[string][]string{
		" all":      {"", " extended", " large"},
		" both":     {"", " extended"},
		" standard": {""},
	} {
		if command, ok := strings.CutSuffix(line, " send-community"+which); ok {
			return each(command+" send-community", kinds)
		}
	}
	return nil
}

func each(command string, values []string) []string {
	var lines []string
	for _, v := range values {
		lines = append(lines, command+v)
	}
	return lines
}
