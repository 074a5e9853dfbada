package supervise

import (
	"net/netip"
	"slices"
	"testing"
)

func TestListeners(t *testing.T) {
	// As bgpd 8.4.4 and 10.3 print it.
	const table = "Name             fd Address\n---------------------------\ndefault          21 10.0.0.11\ndefault          22 fd00::11\n"
	want := []netip.Addr{netip.MustParseAddr("10.0.0.11"), netip.MustParseAddr("fd00::11")}
	if got := listeners(table); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if got := listeners("Name             fd Address\n---------------------------\n"); got != nil {
		t.Errorf("read %v of an empty table", got)
	}
}
