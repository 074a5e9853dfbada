//go:build linux

package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/supervise"
)

// options are the flags. Those that a pod knows best come from its environment.
type options struct {
	nodeName      string
	namespace     string
	configuration string
	// secretSelector is a label selector of Secrets.
	secretSelector string

	kubeconfig string
	configDir  string
	statusFile string
	templates  string

	frrConfigDir string
	frrSocketDir string
	daemonsFile  string
	vtysh        string
	frrTimeout   time.Duration
	resync       time.Duration
	refusedRetry time.Duration
	absenceGrace time.Duration
	drift        string
	clearPending bool

	leaseDuration time.Duration

	metricsAddresses []string
	compatMetrics    bool
	probeAddress     string

	logFormat string
	logLevel  string
}

func newCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "k8frr-agent",
		Short: "Configure FRR on this node as declared",
		Long: `k8frr-agent watches the BGPConfiguration of its namespace, its own Node and the
referenced Secrets, and keeps the configuration of FRR on this node equal to
them. With --config-dir it reads the same objects from YAML files instead of a
cluster.`,
		Version:       version,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			log, err := o.logger()
			if err != nil {
				return err
			}
			return run(cmd.Context(), o, log)
		},
	}
	hostname, _ := os.Hostname()
	f := cmd.Flags()
	f.StringVar(&o.nodeName, "node-name", env("NODE_NAME", hostname), "name of this node (env NODE_NAME)")
	f.StringVar(&o.namespace, "namespace", env("POD_NAMESPACE", "purelb-system"), "namespace of the BGPConfiguration and its Secrets (env POD_NAMESPACE)")
	f.StringVar(&o.configuration, "configuration", env("BGP_CONFIGURATION", "default"), "name of the BGPConfiguration (env BGP_CONFIGURATION)")
	f.StringVar(&o.secretSelector, "secret-selector", os.Getenv("SECRET_SELECTOR"), "label `SELECTOR` of the Secrets that can hold passwords, such as bgp.purelb.io/password=true; the agent requests no other Secrets; empty: all of the namespace (env SECRET_SELECTOR)")
	f.StringVar(&o.kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "kubeconfig file; empty: the pod's service account (env KUBECONFIG)")
	f.StringVar(&o.configDir, "config-dir", "", "directory of YAML objects to use instead of a cluster")
	f.StringVar(&o.statusFile, "status-file", "/run/k8frr/status.yaml", "file for the BGPNodeStatus, with --config-dir")
	f.StringVar(&o.templates, "templates", os.Getenv("TEMPLATES_DIR"), "directory of *.tmpl files that override the embedded templates of frr.conf (env TEMPLATES_DIR)")
	f.StringVar(&o.frrConfigDir, "frr-config-dir", "/etc/frr", "FRR's configuration directory, which contains frr.conf")
	f.StringVar(&o.daemonsFile, "daemons-file", os.Getenv("FRR_DAEMONS_FILE"), "path of the daemons file to write, usually /etc/frr/daemons; empty: none (env FRR_DAEMONS_FILE)")
	f.StringVar(&o.frrSocketDir, "frr-socket-dir", "/run/frr", "directory of FRR's vty sockets")
	f.StringVar(&o.vtysh, "vtysh", "vtysh", "vtysh executable of the running FRR's version")
	f.DurationVar(&o.frrTimeout, "frr-timeout", time.Minute, "time that FRR may take for an answer, and again for each 100 lines of a script, which FRR may commit as one; a script has no total limit while FRR answers")
	f.DurationVar(&o.resync, "resync", time.Minute, "interval of full reconciliations without an event")
	f.DurationVar(&o.refusedRetry, "refused-retry", time.Minute, "delay before a configuration that FRR refused is tried again, plus up to half of it at random; it doubles each time, up to an hour")
	f.DurationVar(&o.absenceGrace, "absence-grace", 30*time.Second, "time that the running configuration is kept after the BGPConfiguration was deleted, in case it is created again")
	f.StringVar(&o.drift, "drift", env("DRIFT", "undo"), "action for manual changes of configuration that k8frr owns: undo or report (env DRIFT)")
	f.BoolVar(&o.clearPending, "clear-pending", os.Getenv("CLEAR_PENDING") == "true", "clear sessions, one after another, to apply changes that take effect only at the next session (env CLEAR_PENDING)")
	f.DurationVar(&o.leaseDuration, "lease-duration", time.Minute, "time after which another agent takes over when the agent that writes the status of the BGPConfiguration dies; at least 5s")
	f.StringSliceVar(&o.metricsAddresses, "metrics-address", metricsAddresses(os.Getenv("NODE_IPS")), "addresses of /metrics; empty: none. Default with env NODE_IPS: port 7473 of these addresses")
	f.BoolVar(&o.compatMetrics, "compat-metrics", os.Getenv("COMPAT_METRICS") == "true", "also show metrics under the names of k8gobgp (env COMPAT_METRICS)")
	f.StringVar(&o.probeAddress, "probe-address", "127.0.0.1:7474", "address of /healthz and /readyz; empty: none")
	f.StringVar(&o.logFormat, "log-format", "text", "log format: text or json")
	f.StringVar(&o.logLevel, "log-level", "info", "log level: debug, info, warn or error")
	return cmd
}

// metricsAddresses are where /metrics is by default: at the node's own
// addresses, which nodeIPs lists with commas between them. Never at all
// addresses: those on kube-lb0 are everybody's.
func metricsAddresses(nodeIPs string) []string {
	var addresses []string
	for ip := range strings.SplitSeq(nodeIPs, ",") {
		if ip = strings.TrimSpace(ip); ip != "" {
			addresses = append(addresses, net.JoinHostPort(ip, "7473"))
		}
	}
	if addresses == nil {
		return []string{"127.0.0.1:7473"}
	}
	return addresses
}

func env(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func (o *options) check() error {
	if _, err := o.secrets(); err != nil {
		return err
	}
	switch {
	case o.nodeName == "":
		return errors.New("--node-name (or NODE_NAME) is not set")
	case o.resync < time.Second:
		return fmt.Errorf("--resync %v is too short: at least 1s", o.resync)
	case o.refusedRetry < time.Second:
		return fmt.Errorf("--refused-retry %v is too short: at least 1s", o.refusedRetry)
	case o.absenceGrace < 0:
		return fmt.Errorf("--absence-grace %v is negative", o.absenceGrace)
	case o.frrTimeout < time.Second:
		return fmt.Errorf("--frr-timeout %v is too short: at least 1s", o.frrTimeout)
	case o.leaseDuration < 5*time.Second:
		return fmt.Errorf("--lease-duration %v is too short: at least 5s", o.leaseDuration)
	case o.drift != string(supervise.UndoDrift) && o.drift != string(supervise.ReportDrift):
		return fmt.Errorf("--drift %q (or DRIFT) is neither undo nor report", o.drift)
	}
	return nil
}

// secrets is which Secrets may hold passwords.
func (o *options) secrets() (labels.Selector, error) {
	selector, err := labels.Parse(o.secretSelector)
	if err != nil {
		return nil, fmt.Errorf("--secret-selector (or SECRET_SELECTOR): %w", err)
	}
	return selector, nil
}

func (o *options) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	if level < slog.LevelDebug { // DEBUG-4 would have client-go log what the API server answers, Secrets among it
		return nil, fmt.Errorf("--log-level %q is below debug", o.logLevel)
	}
	handling := &slog.HandlerOptions{Level: level}
	switch o.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, handling)), nil
	case "json":
		handling.ReplaceAttr = func(_ []string, a slog.Attr) slog.Attr {
			if a.Value.Kind() == slog.KindDuration { // which would be nanoseconds
				a.Value = slog.StringValue(a.Value.Duration().String())
			}
			return a
		}
		return slog.New(slog.NewJSONHandler(token.JSONWriter{To: os.Stderr}, handling)), nil
	}
	return nil, fmt.Errorf("--log-format %q is neither text nor json", o.logFormat)
}
