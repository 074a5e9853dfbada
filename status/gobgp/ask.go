package gobgp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/status"
)

const defaultInstance = "default"

// instance is a BGP instance of FRR: its families by FRR's names of them ("ipv4Unicast").
type instance map[string]family

type family struct {
	RouterID text            `json:"routerId"`
	AS       uint32          `json:"as"`
	RIBCount json.RawMessage `json:"ribCount"` // read by status.SizeOf
	Peers    map[string]peer `json:"peers"`
}

type peer struct {
	RemoteAS uint32 `json:"remoteAs"`
	LocalAS  uint32 `json:"localAs"`
	// Uptime is the time in the state: while the session is not established, since it ended.
	Uptime      int64  `json:"peerUptimeMsec"`
	Established uint64 `json:"connectionsEstablished"`
	Received    int64  `json:"pfxRcd"`
	Sent        int64  `json:"pfxSnt"`
	State       text   `json:"state"`
	Description text   `json:"desc"`
}

func (i instance) any() (f family) {
	for _, name := range slices.Sorted(maps.Keys(i)) {
		return i[name]
	}
	return f
}

func (i instance) asn() uint32      { return i.any().AS }
func (i instance) routerID() string { return string(i.any().RouterID) }

// families are FRR's names of the families that can be asked for.
var families = map[string]string{"ipv4": "ipv4Unicast", "ipv6": "ipv6Unicast"}

// instances asks for the summary of all BGP instances: under a millisecond, whatever is in the tables.
func (a *answerer) instances() (map[string]instance, error) {
	var raw map[string]map[string]json.RawMessage
	if err := a.get("show bgp vrf all summary json", &raw); err != nil {
		return nil, err
	}
	all := map[string]instance{}
	for vrf, families := range raw {
		i := instance{}
		for name, one := range families {
			var f family
			if len(one) > 0 && one[0] == '{' && status.Decode("bgpd", "summary", one, &f) == nil {
				i[name] = f
			}
		}
		all[vrf] = i
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("FRR has no BGP instance: see `k8frr status` for why the configuration is not applied")
	}
	return all, nil
}

// get asks and reads the answer.
func (a *answerer) get(command string, into any) error {
	answer, err := a.ask(command)
	if err != nil {
		return err
	}
	if err := status.Decode("bgpd", command, answer, into); err != nil {
		return fmt.Errorf("FRR's answer to %q is not understood; it begins with %s", Text(command), Text(beginning(answer)))
	}
	return nil
}

func beginning(answer []byte) string {
	answer = bytes.TrimSpace(answer)
	return string(answer[:min(len(answer), 60)])
}

// scope is how a command names an instance.
func scope(vrf string) (string, error) {
	if vrf == defaultInstance {
		return "", nil
	}
	if strings.ContainsAny(vrf, " \t|!#?\n") || Text(vrf) != vrf || vrf == "" {
		return "", fmt.Errorf("the VRF %s has a name that cannot stand in a command", Text(vrf))
	}
	return "vrf " + vrf + " ", nil
}

// print writes JSON.
func (a *answerer) print(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	a.printf("%s\n", line)
	return nil
}
