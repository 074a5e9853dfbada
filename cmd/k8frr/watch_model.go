package main

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/k8frr/k8frr/status/view"
)

// watcher is the state of k8frr watch.
type watcher struct {
	palette
	feed *feed

	looked
	// cost is how long the last look took: the next does not come before three
	// times that, so that 5,000 nodes do not use up a processor.
	cost time.Duration

	width, height int
	tab           int
	tabs          [4]tab
	filter        string
	filtering     bool
	onlyWrong     bool
	// open is what is open, if anything.
	open opened
}

// tab is how one of the tables is shown.
type tab struct {
	cursor, top int
	// chosen is what the line with the cursor is about, so that it stays there
	// when lines move.
	chosen  string
	order   int
	reverse bool
}

// opened is a node or a VIP that is shown on a page of its own.
type opened struct {
	node, vip string
	top       int
}

func (o opened) is() bool { return o.node != "" || o.vip != "" }

// looked is what was found when it was looked last.
type looked struct {
	evidence
	cluster  view.Cluster
	sessions []view.Session
	vips     []view.VIP
	at       time.Time // by this computer's clock
}

// Messages of the program.
type (
	// lookedMsg is the result of a look, which took so long.
	lookedMsg struct {
		looked
		took time.Duration
	}
	// lookMsg says that it is time for the next look.
	lookMsg struct{}
)

func newWatcher(p palette, f *feed) *watcher { return &watcher{palette: p, feed: f} }

// Init begins to look.
func (w *watcher) Init() tea.Cmd { return w.look }

// look looks at everything, beside the keys.
func (w *watcher) look() tea.Msg {
	began := time.Now()
	e := w.feed.read()
	l := looked{evidence: e, at: began, sessions: view.Sessions(e.Input), vips: view.VIPs(e.Input)}
	l.cluster = view.Sum(e.Input, l.sessions, l.vips)
	return lookedMsg{l, time.Since(began)}
}

// next waits for something to change, collects changes for a moment, or goes
// on for the sake of ages.
func (w *watcher) next() tea.Msg {
	pause := max(calm, 3*w.cost)
	time.Sleep(pause)
	select {
	case <-w.feed.changed:
	case <-time.After(max(0, time.Second-pause)):
	}
	return lookMsg{}
}

// Update takes a message.
func (w *watcher) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = m.Width, m.Height
	case lookedMsg:
		w.looked, w.cost = m.looked, m.took
		return w, w.next
	case lookMsg:
		return w, w.look
	case tea.KeyMsg:
		return w, w.key(m)
	}
	return w, nil
}

// key does what a key asks for.
func (w *watcher) key(k tea.KeyMsg) tea.Cmd {
	if k.Type == tea.KeyCtrlC {
		return tea.Quit
	}
	if k.Type == tea.KeyRunes && len(k.Runes) > 1 { // typed faster than read
		for _, r := range k.Runes {
			if quit := w.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}); quit != nil {
				return quit
			}
		}
		return nil
	}
	if w.filtering {
		w.typed(k)
		return nil
	}
	t := &w.tabs[w.tab]
	page := max(1, w.room()-1)
	switch k.String() {
	case "q":
		return tea.Quit
	case "esc", "backspace":
		if w.open.is() {
			w.open = opened{}
		} else {
			w.filter, w.onlyWrong = "", false
		}
	case "1", "2", "3", "4":
		w.tab, w.open = int(k.String()[0]-'1'), opened{}
	case "tab", "right", "l":
		w.tab, w.open = (w.tab+1)%len(w.tabs), opened{}
	case "shift+tab", "left", "h":
		w.tab, w.open = (w.tab+len(w.tabs)-1)%len(w.tabs), opened{}
	case "up", "k":
		w.move(-1)
	case "down", "j":
		w.move(1)
	case "pgup", "ctrl+b":
		w.move(-page)
	case "pgdown", "ctrl+f", " ":
		w.move(page)
	case "home", "g":
		w.move(-1 << 30)
	case "end", "G":
		w.move(1 << 30)
	case "s":
		t.order++
	case "S":
		t.order--
	case "r":
		t.reverse = !t.reverse
	case "p":
		w.onlyWrong = !w.onlyWrong
	case "/":
		w.filtering, w.open = true, opened{}
	case "enter":
		w.enter()
	}
	return nil
}

// typed takes a key of the filter.
func (w *watcher) typed(k tea.KeyMsg) {
	switch runes := []rune(w.filter); k.Type {
	case tea.KeyEnter:
		w.filtering = false
	case tea.KeyEsc:
		w.filtering, w.filter = false, ""
	case tea.KeyBackspace:
		w.filter = string(runes[:max(0, len(runes)-1)])
	case tea.KeyRunes, tea.KeySpace:
		w.filter += view.Text(string(k.Runes))
	}
}

// move moves the cursor, or scrolls what is open.
func (w *watcher) move(by int) {
	if w.open.is() {
		w.open.top = max(0, w.open.top+by)
		return
	}
	lines := w.lines()
	t := &w.tabs[w.tab]
	t.cursor = max(0, min(t.cursor+by, len(lines)-1))
	if len(lines) > 0 {
		t.chosen = lines[t.cursor].id
	}
}

// enter opens what the cursor is on.
func (w *watcher) enter() {
	lines, t := w.lines(), w.tabs[w.tab]
	if w.open.is() || t.cursor >= len(lines) {
		return
	}
	w.open = lines[t.cursor].opens
}
