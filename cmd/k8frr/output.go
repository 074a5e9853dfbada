package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
)

// output is where texts go and in which form.
type output struct {
	stdout      io.Writer
	format      string
	dir         string
	grouped     bool
	prune       bool
	showSecrets bool
	said        *warnings
}

// check says what is wrong with the flags, and settles what they imply. Partial
// says that not all nodes are written.
func (o *output) check(partial bool) error {
	if o.dir != "" && o.format == "text" {
		o.format = "dir"
	}
	switch {
	case o.format != "text" && o.format != "json" && o.format != "dir":
		return fmt.Errorf("--output %s: must be text, json or dir", o.format)
	case o.format == "dir" && o.dir == "":
		return errors.New("--output dir: name the directory with --output-dir")
	case o.format != "dir" && o.dir != "":
		return errors.New("--output-dir requires --output dir")
	case o.format != "dir" && o.prune:
		return errors.New("--prune requires --output dir")
	case o.prune && partial:
		return errors.New("--prune would remove the nodes that --node excludes: use only one of them")
	}
	return nil
}

func (o *output) write(f *fleet.Fleet) error {
	if o.format == "dir" {
		return o.saveAll(f)
	}
	buffered := bufio.NewWriterSize(o.stdout, 1<<20)
	var err error
	switch {
	case o.format == "json":
		err = o.json(buffered, f)
	case o.grouped:
		err = o.groups(buffered, f)
	default:
		err = o.each(buffered, f)
	}
	return errors.Join(err, buffered.Flush())
}

// pattern is what is shown of a group.
func (o *output) pattern(g *fleet.Group) render.Pattern {
	if o.showSecrets {
		return g.Pattern
	}
	return g.Pattern.Redacted()
}

// entry is a node and what it runs.
type entry struct {
	fleet.Member
	pattern render.Pattern
}

func (e entry) write(to io.Writer) error { return e.pattern.Write(to, e.Name, e.RouterID) }

// entries are all nodes by name.
func (o *output) entries(f *fleet.Fleet) []entry {
	var all []entry
	for i := range f.Groups {
		pattern := o.pattern(&f.Groups[i])
		for _, m := range f.Groups[i].Members {
			all = append(all, entry{m, pattern})
		}
	}
	sortByName(all)
	return all
}

// each prints node after node.
func (o *output) each(to io.Writer, f *fleet.Fleet) error {
	all := o.entries(f)
	for _, e := range all {
		if len(all) > 1 {
			if _, err := fmt.Fprintf(to, "! ---- node %s ----\n", printable(e.Name)); err != nil {
				return err
			}
		}
		if err := e.write(to); err != nil {
			return err
		}
	}
	return nil
}

// groups prints group after group, as the first member runs it.
func (o *output) groups(to io.Writer, f *fleet.Fleet) error {
	for i := range f.Groups {
		g := &f.Groups[i]
		header := fmt.Sprintf("! ---- %s ----\n", listed(g.Nodes()))
		if len(g.Members) > 1 {
			header += fmt.Sprintf("! Each has its own name and router ID; these are %s's.\n", printable(g.Members[0].Name))
		}
		if _, err := io.WriteString(to, header); err != nil {
			return err
		}
		if err := (entry{g.Members[0], o.pattern(g)}).write(to); err != nil {
			return err
		}
	}
	return nil
}

// listed is how many nodes there are and their names, a few of them if they
// are many: 37 nodes: rack-1-01, rack-1-02, rack-1-03 and 34 more.
func listed(nodes []string) string {
	const most = 5
	if len(nodes) == 1 {
		return "node " + printable(nodes[0])
	}
	text := fmt.Sprintf("%d nodes: %s", len(nodes), strings.Join(printableAll(nodes[:min(most, len(nodes))]), ", "))
	if more := len(nodes) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
