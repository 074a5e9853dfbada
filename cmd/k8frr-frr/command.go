//go:build linux

package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/supervise/daemons"
)

// version is stamped by the Makefile.
var version = "unknown"

// settings are the flags of all commands.
type settings struct {
	daemons.Options
	user      string
	logFormat string
}

func newCommand() *cobra.Command {
	var s settings
	root := &cobra.Command{
		Use:   "k8frr-frr",
		Short: "Run FRR's daemons in a container",
		Long: `k8frr-frr starts the FRR daemons that the daemons file beside frr.conf lists,
restarts those that die, and forwards their log messages. k8frr-agent writes both
files and configures the daemons; k8frr-frr loads frr.conf only while no agent
runs. On SIGTERM it ends the daemons: without a NOTIFICATION if the configuration
has graceful restart, and with a NOTIFICATION otherwise and after a drain.`,
		Args: cobra.NoArgs, Version: version, SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return s.complete() },
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.Log.Info("started", "version", version)
			return daemons.New(s.Options).Run(cmd.Context())
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&s.DaemonDir, "daemon-dir", "/usr/lib/frr", "directory of FRR's daemons")
	f.StringVar(&s.ConfigDir, "frr-config-dir", "/etc/frr", "directory of frr.conf and the daemons file, shared with the agent")
	f.StringVar(&s.SocketDir, "frr-socket-dir", "/run/frr", "directory of the daemons' sockets, shared with the agent")
	f.StringVar(&s.Vtysh, "vtysh", "vtysh", "vtysh executable of the same FRR")
	f.StringVar(&s.user, "user", "frr", "user that the daemons run as")
	f.StringVar(&s.logFormat, "log-format", cmp.Or(os.Getenv("K8FRR_LOG_FORMAT"), "text"), "log format: text or json (env K8FRR_LOG_FORMAT)")
	root.AddCommand(healthCommand(&s), drainCommand(&s))
	return root
}

func healthCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Report whether every required daemon answers, for probes",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return s.Health(cmd.Context()) },
	}
}

func drainCommand(s *settings) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "drain",
		Short: "Ask peers to use other paths before FRR ends, for a preStop hook",
		Long: `drain makes bgpd announce its routes with the community 65535:0 (bgp
graceful-shutdown, RFC 8326) and waits. Peers that support it prefer other paths.
It does nothing if the waiting time is 0.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if wait <= 0 {
				return nil
			}
			return s.Drain(cmd.Context(), wait)
		},
	}
	fallback, err := time.ParseDuration(cmp.Or(os.Getenv("K8FRR_DRAIN"), "0s"))
	cmd.Flags().DurationVar(&wait, "wait", fallback, "time to wait for the peers (env K8FRR_DRAIN)")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if err != nil {
			return fmt.Errorf("K8FRR_DRAIN: %w", err)
		}
		return nil
	}
	return cmd
}

// complete makes the rest of the options from the flags.
func (s *settings) complete() (err error) {
	switch s.logFormat {
	case "text":
		s.Log = slog.New(slog.NewTextHandler(os.Stdout, nil))
	case "json":
		s.Log = slog.New(slog.NewJSONHandler(token.JSONWriter{To: os.Stdout}, nil))
	default:
		return fmt.Errorf("--log-format %q is neither text nor json", s.logFormat)
	}
	s.User, err = daemons.LookupUser(s.user)
	return err
}
