package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/view"
)

// loadBalancers selects the Services of type LoadBalancer.
var loadBalancers = fields.OneTermEqualSelector("spec.type", string(corev1.ServiceTypeLoadBalancer)).String()

// access finds the cluster as kubectl does.
func (o *sources) access() (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.context}).ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst, config.UserAgent = 50, 100, "k8frr"
	return config, nil
}

// looker reads what a cluster has.
type looker struct {
	*client.Clientset
	services *gentype.ClientWithList[*corev1.Service, *corev1.ServiceList]
	metadata metadata.Interface
	clock    *clock
	host     string
}

func (o *sources) looker() (*looker, error) {
	config, err := o.access()
	if clientcmd.IsEmptyConfig(err) {
		return nil, fmt.Errorf("there is no kubeconfig, and no %s either: name one with --kubeconfig or $KUBECONFIG, or read files with -f", agentsFile)
	}
	if err != nil {
		return nil, fmt.Errorf("access to the cluster: %w", err)
	}
	l := &looker{clock: new(clock), host: config.Host}
	config.Wrap(l.clock.listen)
	if l.Clientset, err = client.New(config); err != nil {
		return nil, err
	}
	if l.metadata, err = metadata.NewForConfig(config); err != nil {
		return nil, fmt.Errorf("access to the cluster: %w", err)
	}
	core := rest.CopyConfig(config)
	core.GroupVersion, core.APIPath = &corev1.SchemeGroupVersion, "/api"
	core.NegotiatedSerializer = serializer.NewCodecFactory(client.Scheme()).WithoutConversion()
	connection, err := rest.RESTClientFor(core)
	if err != nil {
		return nil, fmt.Errorf("access to the cluster: %w", err)
	}
	l.services = gentype.NewClientWithList("services", connection, runtime.NewParameterCodec(client.Scheme()), "",
		func() *corev1.Service { return new(corev1.Service) },
		func() *corev1.ServiceList { return new(corev1.ServiceList) },
		gentype.PrefersProtobuf[*corev1.Service]())
	return l, nil
}

// fromCluster reads the objects of a cluster. It changes nothing.
func (o *sources) fromCluster(ctx context.Context) (evidence, error) {
	l, err := o.looker()
	if err != nil {
		return evidence{}, err
	}
	e := evidence{from: "the cluster at " + l.host}
	var (
		configurations *v1.BGPConfigurationList
		services       []corev1.Service
		errs           [2]error
		done           = make(chan struct{}, len(errs))
	)
	go func() {
		configurations, errs[0] = l.BGPConfigurations(o.namespace).List(ctx, metav1.ListOptions{})
		done <- struct{}{}
	}()
	go func() {
		services, errs[1] = l.loadBalancers(ctx)
		done <- struct{}{}
	}()
	err = l.reports(ctx, &e)
	for range errs {
		<-done
	}
	if err != nil {
		return e, fmt.Errorf("reading the BGPNodeStatuses of the cluster: %w", err)
	}
	if errs[0] == nil {
		var all []*v1.BGPConfiguration
		for i := range configurations.Items {
			all = append(all, &configurations.Items[i])
		}
		e.choose(all, o)
	} else {
		e.notes = append(e.notes, withoutConfiguration(errs[0]))
	}
	if errs[1] == nil {
		e.Services = []view.Service{}
		for i := range services {
			e.add(&services[i])
		}
	} else {
		e.notes = append(e.notes, withoutServices(errs[1]))
	}
	var skewed string
	if e.Now, skewed = l.clock.now(); skewed != "" {
		e.notes = append(e.notes, skewed)
	}
	return e, nil
}

func withoutServices(err error) string {
	return "Services cannot be read, so VIPs are shown without them, and what they should have is not checked: " + view.Text(err.Error())
}

func withoutConfiguration(err error) string {
	return "the BGPConfiguration cannot be read, so the newest generation that a node knows of counts: " + view.Text(err.Error())
}

func (l *looker) reports(ctx context.Context, e *evidence) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		list, err := l.BGPNodeStatuses().List(ctx, options)
		if err != nil {
			if apierrors.IsNotFound(err) {
				return errors.New("the cluster does not know this kind: k8frr's CustomResourceDefinitions are not installed")
			}
			return err
		}
		for i := range list.Items {
			e.add(&list.Items[i])
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return nil
		}
	}
}

func (l *looker) loadBalancers(ctx context.Context) (all []corev1.Service, err error) {
	options := metav1.ListOptions{Limit: pageSize, FieldSelector: loadBalancers}
	for {
		list, err := l.services.List(ctx, options)
		if err != nil {
			return nil, err
		}
		all = append(all, list.Items...)
		if options.Continue = list.Continue; options.Continue == "" {
			return all, nil
		}
	}
}

// selected finds the nodes that a selector selects: by the labels of Node
// objects, which are read for this only.
func (o *inspector) selected(ctx context.Context, e *evidence) error {
	selector, err := labels.Parse(o.selector)
	if err != nil {
		return usageError{fmt.Errorf("--selector: %w", err)}
	}
	if o.source() == fromCluster {
		l, err := o.looker()
		if err != nil {
			return err
		}
		nodes := l.metadata.Resource(corev1.SchemeGroupVersion.WithResource("nodes"))
		list, err := nodes.List(ctx, metav1.ListOptions{LabelSelector: o.selector})
		if err != nil {
			return fmt.Errorf("--selector reads the labels of Nodes, which failed; --node needs no further right: %w", err)
		}
		for i := range list.Items {
			e.label(&list.Items[i])
		}
	} else if e.labels == nil {
		return fmt.Errorf("--selector reads the labels of Nodes, and there is none in %s", e.from)
	}
	e.labeled = map[string]bool{}
	for name, l := range e.labels {
		e.labeled[name] = selector.Matches(labels.Set(l))
	}
	return nil
}

// clock knows how far this computer's clock is from the API server's, by which
// it is judged whether a node still reports; and whether the server answers.
type clock struct {
	ahead  atomic.Int64
	failed atomic.Pointer[string]
}

// skew is how far clocks may be apart without mention: the server tells the
// time to the second.
const skew = 5 * time.Second

// listen reads the time from the server's answers, and notes if there is none:
// an informer tries again in silence where a connection is refused.
func (c *clock) listen(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		sent := time.Now()
		response, err := next.RoundTrip(request)
		if err != nil {
			if request.Context().Err() == nil {
				text := fmt.Sprintf("what is shown is old: the API server has not answered since %s: %s", sent.Format(time.TimeOnly), view.Text(err.Error()))
				c.failed.CompareAndSwap(nil, &text)
			}
			return response, err
		}
		c.failed.Store(nil)
		if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
			c.ahead.Store(int64(sent.Sub(date)))
		}
		return response, nil
	})
}

// now is the time of the server, and a remark if it is not that of this
// computer.
func (c *clock) now() (time.Time, string) {
	now, ahead := time.Now(), time.Duration(c.ahead.Load())
	if ahead.Abs() <= skew {
		return now, ""
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return now.Add(-ahead), fmt.Sprintf("the clock of this computer is %s %s the API server's, whose time counts", view.Age(ahead.Abs()), direction)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
