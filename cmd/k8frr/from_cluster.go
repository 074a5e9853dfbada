package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/spf13/pflag"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// clusterTimeout is how long a cluster has for all its answers.
const clusterTimeout = 2 * time.Minute

// pageSize is how many Nodes are asked for at once.
const pageSize = 500

// clusterFlags say which cluster is read, as kubectl's do.
type clusterFlags struct {
	asked               bool
	kubeconfig, context string
}

func (o *clusterFlags) add(f *pflag.FlagSet, name, usage string) {
	f.BoolVar(&o.asked, name, false, usage)
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: $KUBECONFIG, or ~/.kube/config)")
	f.StringVar(&o.context, "context", "", "kubeconfig `context`")
}

// documents reads the BGPConfigurations and Nodes of a cluster, and those
// Secrets that the configurations name. It writes nothing.
func (o *clusterFlags) documents(ctx context.Context, namespace string) ([]manifest.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, clusterTimeout)
	defer cancel()
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("access to the cluster: %w", err)
	}
	config.QPS, config.Burst, config.UserAgent = 50, 100, "k8frr"
	clients, err := client.New(config)
	if err != nil {
		return nil, err
	}
	r := clusterReader{clients: clients, at: config.Host}
	err = errors.Join(r.configurations(ctx, namespace), r.nodes(ctx))
	return r.documents, err
}

// clusterReader turns what a cluster has into documents.
type clusterReader struct {
	clients   *client.Clientset
	at        string
	documents []manifest.Document
}

func (r *clusterReader) add(kind, apiVersion string, object metav1.Object) {
	r.documents = append(r.documents, manifest.Document{
		File: r.at, APIVersion: apiVersion, Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(),
		Object: object.(runtime.Object),
	})
}

func (r *clusterReader) configurations(ctx context.Context, namespace string) error {
	seen := map[[2]string]bool{}
	list, err := r.clients.BGPConfigurations(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("reading the BGPConfigurations of the cluster: %w", err)
	}
	for i := range list.Items {
		c := &list.Items[i]
		r.add("BGPConfiguration", v1.GroupVersion.String(), c)
		for _, name := range render.SecretNames(c) {
			if seen[[2]string{c.Namespace, name}] {
				continue
			}
			seen[[2]string{c.Namespace, name}] = true
			secret, err := r.clients.Secrets(c.Namespace).Get(ctx, name, metav1.GetOptions{})
			switch {
			case apierrors.IsNotFound(err):
			case err != nil:
				return fmt.Errorf("reading the Secrets of BGPConfiguration %s: %w", c.Name, err)
			default:
				r.add("Secret", "v1", secret)
			}
		}
	}
	return nil
}

func (r *clusterReader) nodes(ctx context.Context) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		list, err := r.clients.Nodes().List(ctx, options)
		if err != nil {
			return fmt.Errorf("reading the Nodes of the cluster: %w", err)
		}
		for i := range list.Items {
			r.add("Node", "v1", &list.Items[i])
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return nil
		}
	}
}
