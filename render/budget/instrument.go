package budget

import (
	"fmt"
	"reflect"
	"strconv"
	"text/template"
	"text/template/parse"
)

// The functions that Instrument adds calls of. No template can name them, because they are unknown
// when templates are parsed.
const (
	enterName = "budgetEnter"
	leaveName = "budgetLeave"
	stepName  = "budgetStep"
	printName = "budgetPrint"
	rangeName = "budgetRange"
)

// checks are these functions.
func (b *Budget) checks() template.FuncMap {
	return template.FuncMap{
		enterName: func(place string, nodes, methods int) string {
			if b.depth++; b.depth > Depth {
				panic(&Exceeded{Place: place, text: fmt.Sprintf("blocks call each other more than %d levels deep", Depth)})
			}
			return b.step(place, nodes, methods)
		},
		leaveName: func() string { b.depth--; return "" },
		stepName:  b.step,
		printName: func(place string, v reflect.Value) reflect.Value {
			b.place = place
			at(func(e *Exceeded) { e.Place = place }, func() { b.spend(checked + b.size(v)/unit) })
			return v
		},
		rangeName: func(place string, v reflect.Value) reflect.Value {
			b.place = place
			if v := indirect(v); v.IsValid() && v.Kind() == reflect.Map { // which package template sorts
				at(func(e *Exceeded) { e.Place = place }, func() { b.spend(4 * v.Len()) })
			}
			return v
		},
	}
}

func (b *Budget) step(place string, nodes, methods int) string {
	b.place = place
	at(func(e *Exceeded) { e.Place = place }, func() { b.spend(nodes + methods*(b.entries+1)) })
	return ""
}

// at calls a function, and adds to its panic where it happened.
func at(where func(*Exceeded), f func()) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Exceeded:
			where(r)
			panic(r)
		default:
			panic(r)
		}
	}()
	f()
}

func indirect(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}

// costlyMethods are those of the document whose cost grows with the document.
var costlyMethods = map[string]bool{
	"BGPDOptions": true, "FieldOf": true, "Instances": true, "Listens": true, "StartNotes": true, "WaitsFor": true, "DeepCopy": true, "DeepCopyInto": true,
}

// comparisons are functions of package template that Functions does not wrap. They read strings.
var comparisons = map[string]bool{"eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true}

// comparison and checked are what a comparison and a check cost in themselves.
const (
	comparison = 64
	checked    = 8
)

// Instrument adds checks to a template: at its beginning and end, in every round of a loop and, if
// trusted is false, wherever it prints a value.
func Instrument(tree *parse.Tree, trusted bool) {
	i := instrument{tree, trusted}
	i.body(tree.Root, enterName, tree.Root)
	tree.Root.Nodes = append(tree.Root.Nodes, i.action(tree.Root, leaveName))
}

type instrument struct {
	tree    *parse.Tree
	trusted bool
}

// body adds a check to the beginning of a list of nodes.
func (i instrument) body(list *parse.ListNode, name string, at parse.Node) {
	w := i.list(list)
	check := i.action(at, name, i.place(at), number(w.nodes+checked), number(w.methods))
	list.Nodes = append([]parse.Node{check}, list.Nodes...)
}

// weight is what it takes to execute nodes once.
type weight struct{ nodes, methods int }

func (w *weight) add(other weight) { w.nodes += other.nodes; w.methods += other.methods }

func (i instrument) list(list *parse.ListNode) (w weight) {
	if list == nil {
		return w
	}
	for _, n := range list.Nodes {
		w.nodes++
		switch n := n.(type) {
		case *parse.TextNode:
			w.nodes += len(n.Text) / unit
		case *parse.ActionNode:
			w.add(i.pipe(n.Pipe))
			if !i.trusted && len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, command(n.Pos, printName, i.place(n)))
			}
		case *parse.IfNode:
			w.add(i.branch(&n.BranchNode))
		case *parse.WithNode:
			w.add(i.branch(&n.BranchNode))
		case *parse.RangeNode:
			w.add(i.pipe(n.Pipe))
			n.Pipe.Cmds = append(n.Pipe.Cmds, command(n.Pos, rangeName, i.place(n)))
			i.body(n.List, stepName, n)
			w.add(i.list(n.ElseList))
		case *parse.TemplateNode:
			w.add(i.pipe(n.Pipe))
		}
	}
	return w
}

func (i instrument) branch(n *parse.BranchNode) (w weight) {
	w.add(i.pipe(n.Pipe))
	w.add(i.list(n.List))
	w.add(i.list(n.ElseList))
	return w
}

func (i instrument) pipe(pipe *parse.PipeNode) (w weight) {
	if pipe == nil {
		return w
	}
	for _, c := range pipe.Cmds {
		for _, n := range c.Args {
			w.add(i.operand(n))
		}
	}
	return w
}

func (i instrument) operand(n parse.Node) (w weight) {
	w.nodes++
	var names []string
	switch n := n.(type) {
	case *parse.PipeNode:
		w.add(i.pipe(n))
	case *parse.IdentifierNode:
		if comparisons[n.Ident] && !i.trusted {
			w.nodes += comparison
		}
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		names = n.Ident
	case *parse.ChainNode:
		w.add(i.operand(n.Node))
		names = n.Field
	}
	for _, name := range names {
		w.nodes++
		if costlyMethods[name] && !i.trusted {
			w.methods++
		}
	}
	return w
}

func (i instrument) place(at parse.Node) *parse.StringNode {
	place, _ := i.tree.ErrorContext(at)
	return &parse.StringNode{NodeType: parse.NodeString, Pos: at.Position(), Quoted: strconv.Quote(place), Text: place}
}

func number(n int) *parse.NumberNode {
	return &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n)}
}

func (i instrument) action(at parse.Node, name string, args ...parse.Node) *parse.ActionNode {
	pos := at.Position()
	pipe := &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{command(pos, name, args...)}}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: pos, Pipe: pipe}
}

func command(pos parse.Pos, name string, args ...parse.Node) *parse.CommandNode {
	nodes := append([]parse.Node{parse.NewIdentifier(name).SetPos(pos)}, args...)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: nodes}
}

// Costly reports whether a method of that name is one whose cost grows with the document.
func Costly(name string) bool { return costlyMethods[name] }
