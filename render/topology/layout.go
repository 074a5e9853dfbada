package topology

// layout is where everything is.
type layout struct {
	groups, routers []card // by index
	order           order
	edges           []curve
	sections        []section
	width, height   int
}

// curve is an edge, from the right of a group to the left of a router.
type curve struct {
	x1, y1, x2, y2 int
	class          string
	label          string
}

// section is the frame around the routers of a VRF.
type section struct {
	name                string
	x, y, width, height int
}

// lay places groups on the left and routers on the right. The column that is
// higher is stacked; each card of the other is as near to the middle of its
// neighbors as the others let it be.
func (t *Topology) lay() layout {
	l := layout{order: t.arrange(), width: 2*margin + groupWidth + between + routerWidth}
	alone := t.isolated()
	for i := range t.Groups {
		l.groups = append(l.groups, groupCard(&t.Groups[i], alone[i]))
		l.groups[i].x = margin
	}
	l.fan(t)
	counts := make([][]int, len(t.Routers))
	for i := range t.Routers {
		counts[i] = make([]int, len(t.Routers[i].Sessions))
	}
	for _, e := range t.Edges {
		counts[e.Router][e.Session] += e.Count
	}
	for i := range t.Routers {
		l.routers = append(l.routers, routerCard(&t.Routers[i], counts[i]))
		l.routers[i].x = margin + groupWidth + between
	}
	l.head(t)
	left, right := column{l.groups, l.order.groups}, column{l.routers, l.order.routers}
	toGroups, toRouters := t.neighbors()
	if left.total() > right.total() {
		left.stack()
		right.follow(toGroups, toRouters, l.groups)
	} else {
		right.stack()
		left.follow(toRouters, toGroups, l.routers)
	}
	l.height = max(left.bottom(), right.bottom())
	l.frame(t)
	l.connect(t)
	return l
}

// fan leaves room at the right of groups for what is written on their edges.
func (l *layout) fan(t *Topology) {
	count, written := make([]int, len(t.Groups)), make([]bool, len(t.Groups))
	for _, e := range t.Edges {
		count[e.Group]++
		written[e.Group] = written[e.Group] || t.each(e) != ""
	}
	for i := range l.groups {
		c := &l.groups[i]
		c.fan = 9
		if written[i] {
			c.fan = 17
			c.height = max(c.height, 24+c.fan*(count[i]-1))
		}
	}
}

// head leaves room for the names of VRFs, if there are any.
func (l *layout) head(t *Topology) {
	for at, i := range l.order.routers {
		vrf := t.Routers[i].VRF
		if at == 0 && vrf != "" || at > 0 && vrf != t.Routers[l.order.routers[at-1]].VRF {
			l.routers[i].above = sectionHead
		}
	}
}

// frame draws a line around the routers of each VRF.
func (l *layout) frame(t *Topology) {
	const around = 10
	for _, i := range l.order.routers {
		c := &l.routers[i]
		if c.above > 0 {
			l.sections = append(l.sections, section{
				name: "VRF " + plain(t.Routers[i].VRF), x: c.x - around, y: c.y - c.above + 6, width: c.width + 2*around,
			})
		}
		if n := len(l.sections); n > 0 {
			s := &l.sections[n-1]
			s.height = c.y + c.height + around - s.y
			l.height = max(l.height, s.y+s.height)
		}
	}
}

// connect draws the edges. Those of a group leave it in the order of their ends.
func (l *layout) connect(t *Topology) {
	of := make([][]Edge, len(t.Groups))
	for _, e := range t.Edges {
		of[e.Group] = append(of[e.Group], e)
	}
	position := positions(l.order.routers)
	for i, edges := range of {
		sortEdgesBy(edges, position)
		c := &l.groups[i]
		// In quarters of a pixel, as they may be close together.
		step := min(4*c.fan, 4*(c.height-24)/max(1, len(edges)-1))
		for k, e := range edges {
			to := &l.routers[e.Router]
			v := curve{x1: c.x + c.width, y1: c.y + c.height/2 + step*(2*k-len(edges)+1)/8, x2: to.x, y2: to.y + to.rows[e.Session].y, class: t.class(e)}
			v.label = t.each(e)
			l.edges = append(l.edges, v)
		}
	}
}
