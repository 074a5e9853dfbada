package supervise

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/k8frr/k8frr/render"
)

func TestAmong(t *testing.T) {
	now := time.Now()
	up := map[string]time.Time{"10.0.0.1": now, "10.0.1.7": now, "10.0.1.5": now, "eth0": now}
	for peer, want := range map[string][]string{
		"10.0.0.1": {"10.0.0.1"}, "eth0": {"eth0"}, "10.0.0.2": nil, "10.0.1.0/24": {"10.0.1.5", "10.0.1.7"}, "fd00::/8": nil,
	} {
		if got := among(up, peer); !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", peer, got, want)
		}
	}
}

// Sessions that are waited for are known to an agent that comes later, each once.
func TestAwaitedAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pending.json")
	s := &Supervisor{Options: Options{Log: slog.New(slog.DiscardHandler)}, awaited: awaitedSessions{path: path}}
	at := time.Date(2026, 11, 1, 2, 3, 4, 0, time.UTC)
	s.await([]awaited{{Peer: "10.0.0.1", Lines: []string{"a"}, At: at}, {VRF: "blue", Peer: "10.0.0.1", Lines: []string{"b"}, At: at}})
	s.await([]awaited{{Peer: "10.0.0.1", Lines: []string{"a", "c"}, At: at.Add(time.Hour)}})
	var later awaitedSessions
	later.path = path
	later.load()
	if len(later.list) != 2 || !slices.Equal(later.list[0].Lines, []string{"a", "c"}) || !later.list[0].At.Equal(at.Add(time.Hour)) || later.list[1].VRF != "blue" {
		t.Errorf("kept: %+v", later.list)
	}
	if notes := later.notes(&render.Config{}); len(notes) != 2 || notes[0].Reason != "Pending" {
		t.Errorf("notes: %v", notes)
	}
	later.list = nil
	later.keep()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("nothing is waited for, but the file is there: %v", err)
	}
}
