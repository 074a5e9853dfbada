package topology

import "strings"

// The measures of the picture, in pixels.
const (
	margin      = 28
	groupWidth  = 290
	routerWidth = 400
	between     = 230 // the columns
	gap         = 16  // between cards
	padding     = 16  // within a card
	lineHeight  = 18
	badgeHeight = 18
	rowHeight   = 26 // of a line of badges
	columnsAt   = 132
	sectionHead = 34 // the name of a VRF, above its first router
)

// The fonts; each goes with a class of the style sheet.
var (
	titleFont = font{size: 15, bold: true}
	whereFont = font{size: 14, bold: true, mono: true}
	textFont  = font{size: 12}
	smallFont = font{size: 11}
	monoFont  = font{size: 11, mono: true}
	boldFont  = font{size: 12, bold: true}
	warnFont  = font{size: 11, bold: true}
)

// card is a group or a router as it is drawn.
type card struct {
	x, y, width, height int
	// above is the room for the name of a VRF.
	above int
	class string
	// fan is how far apart the edges of a group leave it.
	fan int
	// stack is how many cards are seen behind it.
	stack int
	// tip is the text that a pointer on it shows.
	tip   string
	lines []line
	rows  []row
}

// line is a text in a card, from the card's top left.
type line struct {
	x, y  int
	class string
	text  string
	// right says that x is the end of the text.
	right bool
}

// row is a session of a router: where its edges end, and its badges.
type row struct {
	y      int
	class  string
	badges []badge
}

type badge struct {
	x, y, width int
	class       string
	text        string
	lock        bool
}

func (c *card) write(class, text string) {
	c.height += lineHeight
	c.lines = append(c.lines, line{x: padding, y: c.height - 4, class: class, text: text})
}

func (c *card) right(class, text string) {
	last := c.lines[len(c.lines)-1]
	c.lines = append(c.lines, line{x: c.width - padding, y: last.y, class: class, text: text, right: true})
}

// groupCard draws a group of nodes.
func groupCard(g *Group, alone bool) card {
	c := card{width: groupWidth, height: padding - 4, class: "card", stack: min(2, len(g.Nodes)-1), tip: groupTip(g)}
	inner := groupWidth - 2*padding
	title := g.title()
	c.write("t", titleFont.fit(title, inner))
	var about []string
	if title != g.size() && title != g.Nodes[0] {
		about = append(about, g.size())
	}
	for _, l := range g.Labels {
		s := l.String()
		if smallFont.width(s) > inner {
			s = l.brief()
		}
		if title != s {
			about = append(about, s)
		}
	}
	for i, s := range about {
		class := "s"
		if i == 0 && s == g.size() {
			class = "b"
		}
		c.write(class, smallFont.fit(s, inner))
	}
	if names := fewOf(g.Nodes); names != title {
		c.write("m", monoFont.fit(names, inner))
	}
	switch {
	case g.Failure != "":
		c.class = "card bad"
		for _, s := range boldFont.wrap("nothing runs: "+g.Failure, inner, 4) {
			c.write("e", s)
		}
	case alone:
		c.class = "card warn"
		c.write("w", "no neighbors")
	}
	c.height += padding - 4
	return c
}

func groupTip(g *Group) string {
	const most = 40
	names := strings.Join(g.Nodes[:min(most, len(g.Nodes))], " ")
	if more := len(g.Nodes) - most; more > 0 {
		names += " and " + number(more) + " more"
	}
	return names
}

// routerCard draws a router; counts are the sessions of each kind.
func routerCard(r *Router, counts []int) card {
	c := card{width: routerWidth, height: padding - 4, class: "card " + r.relation(), stack: min(2, r.count()-1), tip: r.tip()}
	inner := routerWidth - 2*padding
	systems := r.systems()
	room := inner - boldFont.width(systems) - 16
	if len(r.Peers) > 2 {
		c.write("t", titleFont.fit(r.title(), room))
	} else {
		c.write("a", whereFont.fit(r.title(), room))
	}
	c.right("b", systems)
	if len(r.Peers) > 2 {
		c.write("m", monoFont.fit(r.wheres(), inner))
	}
	if r.Description != "" {
		c.write("d", textFont.fit(r.Description, inner))
	}
	if about := r.about(); about != "" {
		c.write("s", smallFont.fit(about, inner))
	}
	if r.Unused {
		c.class = "card bad"
		c.write("e", "no node has this neighbor")
	}
	for i, s := range r.Sessions {
		c.session(s, r.share(counts[i]))
	}
	c.height += padding - 6
	return c
}

func (r *Router) tip() string {
	const most = 10
	tip := strings.Join(r.Fields[:min(most, len(r.Fields))], " ")
	if more := len(r.Fields) - most; more > 0 {
		tip += " and " + number(more) + " more"
	}
	return tip
}

// share is how often nodes speak to a router, in words.
func (r *Router) share(count int) string {
	if r.Kind == Range {
		return "on " + counted(count, "node")
	}
	return counted(count, "session")
}

// relation is the class of a router that says what it is to the nodes.
func (r *Router) relation() string {
	switch {
	case r.Mixed:
		return ""
	case r.Relation == Internal:
		return "in"
	case r.Relation == Confederated:
		return "cf"
	}
	return "ex"
}

// session adds a row for a session.
func (c *card) session(s Session, counted string) {
	inner := c.width - 2*padding
	c.height += 6
	at := row{y: c.height + badgeHeight/2}
	if s.failed() {
		at.class = "bad"
		c.class = "card bad"
		for _, text := range boldFont.wrap("refused: "+s.Refused, inner, 3) {
			c.write("e", text)
		}
		c.rows = append(c.rows, at)
		return
	}
	if s.Down {
		at.class = "down"
	}
	x, room := padding, inner-smallFont.width(counted)-12
	add := func(class, text string) {
		b := badge{width: smallFont.width(text) + 14, class: class, text: text, lock: text == "MD5"}
		if b.lock {
			b.width += 12
		}
		if x > padding && x+b.width > padding+room {
			x, c.height = padding, c.height+rowHeight-4
		}
		b.x, b.y = x, c.height
		at.badges = append(at.badges, b)
		x += b.width + 5
	}
	for _, f := range s.families() {
		add("f", f)
	}
	if s.Families == "" {
		add("fw", "no family")
	}
	for _, m := range s.marks() {
		add("k", m)
	}
	c.height += badgeHeight
	c.lines = append(c.lines, line{x: c.width - padding, y: at.y + 4, class: "s", text: counted, right: true})
	if s.Warning != "" {
		for _, text := range warnFont.wrap(s.Warning, inner, 2) {
			c.write("w", text)
		}
	}
	c.rows = append(c.rows, at)
}
