package screens

import (
	"fmt"
	"strings"
	"testing"
)

// The tables of watch, what is opened, found and sorted.
func TestWatch(t *testing.T) {
	for _, columns := range []int{80, 200} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			t.Parallel()
			tm := open(t, columns, 24, "k8frr watch -f "+cluster(t))
			golden := func(name string, keys ...string) {
				t.Helper()
				if len(keys) > 0 {
					tm.keys(keys...)
				}
				tm.golden(fmt.Sprintf("watch-%s-%d", name, columns))
			}
			golden("nodes")
			golden("node", "j", "Enter")
			golden("node-scrolled", "PageDown")
			golden("sessions", "2", "j", "j")
			golden("sessions-found", "/", "h", "o", "l", "d", "Enter")
			tm.keys("Escape") // alone: with the next key it would be one with Alt
			tm.await("everything", func(screen string) bool { return !strings.Contains(screen, "with \"hold\"") })
			golden("vips", "3", "j", "j")
			golden("vip", "Enter")
			golden("problems", "4", "j", "j")
			golden("sorted", "1", "s", "r", "g")
			tm.keys("q")
			if screen := tm.shows("[status 0]"); strings.Contains(screen, "sorted by") {
				t.Errorf("the screen is not given back:\n%s", screen)
			}
		})
	}
}

// A window that becomes smaller or larger is filled, and no line is longer than
// it.
func TestWatchFitsItsWindow(t *testing.T) {
	tm := open(t, 200, 50, "k8frr watch -f "+cluster(t))
	tm.shows("sorted by worst")
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 15}, {80, 10}, {200, 50}} {
		tm.tmux("resize-window", "-x", fmt.Sprint(size[0]), "-y", fmt.Sprint(size[1]))
		tm.await(fmt.Sprintf("a screen of %d lines", size[1]), func(screen string) bool {
			lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
			return len(lines) == size[1] && strings.Contains(lines[0], "5 problems") && strings.Contains(lines[2], "1 Nodes") && strings.Contains(lines[size[1]-1], "enter open")
		})
	}
	tm.keys("C-c")
	tm.shows("[status 0]")
}

func TestWatchNeedsATerminal(t *testing.T) {
	tm := open(t, 80, 24, "TERM=dumb k8frr watch -f "+cluster(t))
	tm.shows("watch requires a terminal; k8frr status prints the same once")
	tm.shows("[status 2]")
}
