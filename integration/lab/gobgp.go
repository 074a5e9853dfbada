//go:build linux

package lab

import (
	"context"
	"os"
	"path/filepath"
)

// GoBGP is a gobgpd on a host.
type GoBGP struct{ host *Host }

// GoBGP starts gobgpd with that configuration (TOML) and waits until it answers.
func (h *Host) GoBGP(config string) *GoBGP {
	h.lab.tb.Helper()
	path := filepath.Join(h.dir, "gobgpd.toml")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		h.fatal("write gobgpd.toml", err)
	}
	g := &GoBGP{h}
	p := h.Start("gobgpd", "gobgpd", "-f", path, "-t", "toml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable")
	h.await(p, func(ctx context.Context) error {
		_, err := g.Gobgp(ctx, "global")
		return err
	})
	return g
}

// Gobgp runs a command of GoBGP's command line, such as "global", "rib".
func (g *GoBGP) Gobgp(ctx context.Context, args ...string) (string, error) {
	return g.host.Exec(ctx, "gobgp", args...)
}
