//go:build linux

package lab

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// BIRD is a BIRD 2 on a host.
type BIRD struct {
	host            *Host
	config, control string
}

// BIRD starts BIRD with that configuration and waits until it answers on its control socket.
func (h *Host) BIRD(config string) *BIRD {
	h.lab.tb.Helper()
	b := &BIRD{h, filepath.Join(h.dir, "bird.conf"), filepath.Join(h.dir, "bird.ctl")}
	if err := os.WriteFile(b.config, []byte(config), 0o644); err != nil {
		h.fatal("write bird.conf", err)
	}
	p := h.Start("bird", "bird", "-f", "-c", b.config, "-s", b.control)
	h.await(p, func(ctx context.Context) error {
		_, err := b.Birdc(ctx, "show", "status")
		return err
	})
	return b
}

// Birdc runs a command of BIRD's command line, such as "show", "route".
func (b *BIRD) Birdc(ctx context.Context, args ...string) (string, error) {
	return b.host.Exec(ctx, "birdc", append([]string{"-s", b.control}, args...)...)
}

// Configure gives BIRD another configuration.
func (b *BIRD) Configure(ctx context.Context, config string) error {
	if err := os.WriteFile(b.config, []byte(config), 0o644); err != nil {
		return err
	}
	_, err := b.Birdc(ctx, "configure")
	return err
}

// await waits until a process that was just started answers.
func (h *Host) await(p *Process, answers func(context.Context) error) {
	h.lab.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := answers(ctx)
		if err == nil {
			return
		}
		if !p.Running() || ctx.Err() != nil {
			text, _ := os.ReadFile(p.Log)
			h.lab.tb.Fatalf("lab: on %s: %s does not answer (%v); it said: %s", h.Name, p.Name, err, lastLines(text, 20))
		}
		time.Sleep(10 * time.Millisecond)
	}
}
