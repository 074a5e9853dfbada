// Package client is the agent's typed access to the Kubernetes API: the two
// kinds of this project, and Nodes, Secrets, Events and Leases.
package client

import (
	"context"
	"fmt"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// BGPConfigurations and the others are clients with the verbs that every Kubernetes resource has.
type (
	BGPConfigurations = gentype.ClientWithList[*v1.BGPConfiguration, *v1.BGPConfigurationList]
	BGPNodeStatuses   = gentype.ClientWithList[*v1.BGPNodeStatus, *v1.BGPNodeStatusList]
	Nodes             = gentype.ClientWithList[*corev1.Node, *corev1.NodeList]
	Secrets           = gentype.ClientWithList[*corev1.Secret, *corev1.SecretList]
	Events            = gentype.ClientWithList[*corev1.Event, *corev1.EventList]
	Leases            = gentype.Client[*coordinationv1.Lease]
)

// Clientset gives out the client of each kind.
type Clientset struct {
	core, bgp, coordination rest.Interface
	parameter               runtime.ParameterCodec
}

// New makes a Clientset for the server and with the limits of a
// configuration. It connects to nothing yet.
func New(config *rest.Config) (*Clientset, error) {
	scheme := Scheme()
	codecs := serializer.NewCodecFactory(scheme).WithoutConversion()
	http, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("access to the Kubernetes API: %w", err)
	}
	connect := func(gv schema.GroupVersion, path string) (rest.Interface, error) {
		c := rest.CopyConfig(config)
		c.GroupVersion, c.APIPath, c.NegotiatedSerializer = &gv, path, codecs
		if c.UserAgent == "" {
			c.UserAgent = rest.DefaultKubernetesUserAgent()
		}
		return rest.RESTClientForConfigAndClient(c, http)
	}
	core, err := connect(corev1.SchemeGroupVersion, "/api")
	if err != nil {
		return nil, fmt.Errorf("access to the Kubernetes API: %w", err)
	}
	bgp, err := connect(v1.GroupVersion, "/apis")
	if err != nil {
		return nil, fmt.Errorf("access to the Kubernetes API: %w", err)
	}
	coordination, err := connect(coordinationv1.SchemeGroupVersion, "/apis")
	if err != nil {
		return nil, fmt.Errorf("access to the Kubernetes API: %w", err)
	}
	return &Clientset{core: core, bgp: bgp, coordination: coordination, parameter: runtime.NewParameterCodec(scheme)}, nil
}

// Scheme returns a new scheme of the kinds that this package knows.
func Scheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, coordinationv1.AddToScheme, v1.AddToScheme, metav1.AddMetaToScheme} {
		if err := add(scheme); err != nil {
			panic(err) // two Go types of one kind: a mistake in the program
		}
	}
	return scheme
}

// BGPConfigurations is the client of the BGPConfigurations in a namespace, ""
// for all.
func (c *Clientset) BGPConfigurations(namespace string) *BGPConfigurations {
	return gentype.NewClientWithList("configs", c.bgp, c.parameter, namespace,
		func() *v1.BGPConfiguration { return new(v1.BGPConfiguration) },
		func() *v1.BGPConfigurationList { return new(v1.BGPConfigurationList) })
}

// BGPNodeStatuses is the client of the BGPNodeStatuses of all nodes.
func (c *Clientset) BGPNodeStatuses() *BGPNodeStatuses {
	return gentype.NewClientWithList("bgpnodestatuses", c.bgp, c.parameter, "",
		func() *v1.BGPNodeStatus { return new(v1.BGPNodeStatus) },
		func() *v1.BGPNodeStatusList { return new(v1.BGPNodeStatusList) })
}

// WatchNodeStatusMetadata watches the metadata of BGPNodeStatuses: the objects
// of its events are PartialObjectMetadata, a hundredth of the whole.
func (c *Clientset) WatchNodeStatusMetadata(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.Watch = true
	return c.bgp.Get().Resource("bgpnodestatuses").VersionedParams(&options, c.parameter).
		SetHeader("Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1").Watch(ctx)
}

// Nodes is the client of the Nodes.
func (c *Clientset) Nodes() *Nodes {
	return gentype.NewClientWithList("nodes", c.core, c.parameter, "",
		func() *corev1.Node { return new(corev1.Node) },
		func() *corev1.NodeList { return new(corev1.NodeList) },
		gentype.PrefersProtobuf[*corev1.Node]())
}

// Secrets is the client of the Secrets in a namespace.
func (c *Clientset) Secrets(namespace string) *Secrets {
	return gentype.NewClientWithList("secrets", c.core, c.parameter, namespace,
		func() *corev1.Secret { return new(corev1.Secret) },
		func() *corev1.SecretList { return new(corev1.SecretList) },
		gentype.PrefersProtobuf[*corev1.Secret]())
}

// Events is the client of the Events in a namespace.
func (c *Clientset) Events(namespace string) *Events {
	return gentype.NewClientWithList("events", c.core, c.parameter, namespace,
		func() *corev1.Event { return new(corev1.Event) },
		func() *corev1.EventList { return new(corev1.EventList) })
}

// Leases is the client of the Leases in a namespace.
func (c *Clientset) Leases(namespace string) *Leases {
	return gentype.NewClient("leases", c.coordination, c.parameter, namespace,
		func() *coordinationv1.Lease { return new(coordinationv1.Lease) })
}
