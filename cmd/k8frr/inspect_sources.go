package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status/view"
)

// agentsFile is where an agent keeps the status of its node.
const agentsFile = "/run/k8frr/status.yaml"

// sources are the flags that say what is looked at.
type sources struct {
	files               []string
	recursive           bool
	statusFile          string
	kubeconfig, context string
	namespace, name     string
	at                  string
}

func (o *sources) flags(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.files, "filename", "f", nil, "`FILE` with objects, directory of such files, or - for standard input, instead of a cluster; repeatable")
	f.BoolVarP(&o.recursive, "recursive", "R", false, "also read subdirectories")
	f.StringVar(&o.statusFile, "status-file", "", "status `FILE` of the agent on this node (default "+agentsFile+" without a kubeconfig)")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: $KUBECONFIG, or ~/.kube/config)")
	f.StringVar(&o.context, "context", "", "kubeconfig `context`")
	f.StringVarP(&o.namespace, "namespace", "n", defaultNamespace, "`namespace` of the BGPConfiguration")
	f.StringVar(&o.name, "name", "", "`name` of the BGPConfiguration (default: "+defaultName+", or the only one)")
	f.StringVar(&o.at, "at", "", "compute ages for this `TIME`, such as 2026-03-01T03:00:00Z (default: now; with -f, the time of the newest report)")
}

// evidence is what was read.
type evidence struct {
	view.Input
	// from is where, for messages.
	from  string
	notes []string
	// labels are those of the Nodes that were read, if any were.
	labels map[string]map[string]string
	// labeled are the nodes that a selector selects; nil if none was given.
	labeled map[string]bool
}

// read reads from where the flags say.
func (o *sources) read(ctx context.Context, stdin io.Reader) (evidence, error) {
	var (
		e   evidence
		err error
	)
	switch source := o.source(); {
	case len(o.files) > 0 && o.statusFile != "":
		return e, usageError{errors.New("--filename and --status-file exclude each other")}
	case source == fromFiles:
		e, err = o.fromFiles(stdin, o.files)
	case source == fromStatusFile:
		e, err = o.fromFiles(nil, []string{cmp.Or(o.statusFile, agentsFile)})
		e.Now = time.Now()
	default:
		e, err = o.fromCluster(ctx)
	}
	if err != nil {
		return e, err
	}
	if o.at != "" {
		if e.Now, err = time.Parse(time.RFC3339, o.at); err != nil {
			return e, usageError{fmt.Errorf("--at %s: must be a time such as 2026-03-01T03:00:00Z", view.Text(o.at))}
		}
	}
	return e, nil
}

// source is where objects are read from.
type source int

const (
	fromCluster source = iota
	fromFiles
	fromStatusFile
)

// source is the cluster, unless files are named; and on a node without a
// kubeconfig the file of its agent.
func (o *sources) source() source {
	switch {
	case len(o.files) > 0:
		return fromFiles
	case o.statusFile != "":
		return fromStatusFile
	case o.kubeconfig != "" || o.context != "":
		return fromCluster
	}
	if _, err := o.access(); clientcmd.IsEmptyConfig(err) && isRegular(agentsFile) {
		return fromStatusFile
	}
	return fromCluster
}

// add keeps an object, cleaned of what terminals obey.
func (e *evidence) add(object any) {
	view.Clean(object)
	switch o := object.(type) {
	case *v1.BGPNodeStatus:
		e.Nodes = append(e.Nodes, o)
	case *corev1.Service:
		if s, ok := serviceOf(o); ok {
			e.Services = append(e.Services, s)
		}
	}
}

// PureLB's annotations of a Service.
const (
	allocatedBy = "purelb.io/allocated-by"
	poolType    = "purelb.io/pool-type"
)

// serviceOf is what counts of a Service; false if it is not of type
// LoadBalancer.
func serviceOf(o *corev1.Service) (view.Service, bool) {
	s := view.Service{
		Namespace: o.Namespace, Name: o.Name,
		Local:  o.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal,
		PureLB: o.Annotations[allocatedBy] == "PureLB",
		L2:     o.Annotations[allocatedBy] == "PureLB" && o.Annotations[poolType] == "local",
	}
	for _, i := range o.Status.LoadBalancer.Ingress {
		if a, err := netip.ParseAddr(i.IP); err == nil {
			s.Addresses = append(s.Addresses, a.Unmap())
		}
	}
	return s, o.Spec.Type == corev1.ServiceTypeLoadBalancer
}

// choose takes the configuration that the agents use.
func (e *evidence) choose(candidates []*v1.BGPConfiguration, o *sources) {
	var here []*v1.BGPConfiguration
	for _, c := range candidates {
		if cmp.Or(c.Namespace, o.namespace) == o.namespace {
			view.Clean(c)
			here = append(here, c)
		}
	}
	if e.Configuration, _ = render.Choose(here, cmp.Or(o.name, defaultName)); e.Configuration == nil && len(candidates) > 0 {
		e.notes = append(e.notes, fmt.Sprintf("there is no BGPConfiguration %s in namespace %s: the newest generation that a node knows of counts",
			cmp.Or(o.name, defaultName), o.namespace))
	}
}

// newest is when the newest report was written.
func (e *evidence) newest() (t time.Time) {
	for _, n := range e.Nodes {
		if w := n.Status.LastUpdated; w != nil && w.After(t) {
			t = w.Time
		}
	}
	return t
}
