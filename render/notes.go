package render

import (
	"fmt"
	"strings"
)

const (
	// mostAlike is how many notes with the same message are listed: as many
	// as there may be neighbors of which each has one.
	mostAlike = 100
	// mostNotes is how many notes are listed.
	mostNotes = 2000
	// longestNote is how many bytes of a message are kept.
	longestNote = 2048
)

// notes collects notes, each once, and counts those that are too many to list.
type notes struct {
	list  []Note
	told  map[Note]bool
	alike map[Note]int // of a reason and a message, without path
	// more are the notes that list does not hold, by reason and message; without
	// message when there are too many kinds.
	more  map[Note]int
	order []Note
}

func (n *notes) addAll(list []Note) {
	for _, one := range list {
		n.add(one)
	}
}

func (n *notes) add(one Note) {
	if len(one.Message) > longestNote {
		one.Message = strings.ToValidUTF8(one.Message[:longestNote], "") + "…"
	}
	if n.told[one] {
		return
	}
	if n.told == nil {
		n.told, n.alike, n.more = map[Note]bool{}, map[Note]int{}, map[Note]int{}
	}
	kind := Note{Reason: one.Reason, Message: one.Message}
	switch {
	case len(n.list) >= mostNotes:
		kind.Message = ""
	case n.alike[kind] < mostAlike:
		n.told[one] = true
		n.alike[kind]++
		n.list = append(n.list, one)
		return
	}
	if n.more[kind]++; n.more[kind] == 1 {
		n.order = append(n.order, kind)
	}
}

// folded returns the notes, and a note for each kind of which there are more.
func (n *notes) folded() []Note {
	list := n.list
	for _, kind := range n.order {
		message := kind.Message
		if message == "" {
			message = "there are too many notes to list them all"
		}
		list = append(list, Note{Path: "spec", Reason: kind.Reason, Message: fmt.Sprintf("%d more: %s", n.more[kind], message)})
	}
	return list
}
