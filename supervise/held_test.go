package supervise

import (
	"slices"
	"testing"
)

func TestInstances(t *testing.T) {
	const running = "!\nrouter bgp 65000\n bgp router-id 10.0.0.1\nexit\n!\nrouter bgp 65000 vrf blue\n neighbor 10.2.0.1 remote-as 65002\nexit\n!\nrouter bgp 65000 vrf red\nexit\n"
	if got, want := instances(running), []string{"", "blue", "red"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
