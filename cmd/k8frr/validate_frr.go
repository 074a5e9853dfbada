package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/render/review"
)

// vtyshTimeout is how long FRR has for one configuration.
const vtyshTimeout = 30 * time.Second

// askFRR has the FRR of this machine check what each group runs, and adds what
// it refuses.
func (r *report) askFRR(ctx context.Context, f *fleet.Fleet, done func(int)) error {
	vtysh, err := exec.LookPath("vtysh")
	if err != nil {
		return errors.New("--frr: this machine has no vtysh: install FRR, or omit the flag")
	}
	// The files hold passwords; the directory is the owner's alone.
	dir, err := os.MkdirTemp("", "k8frr-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "frr.conf")
	for i := range f.Groups {
		g := &f.Groups[i]
		if err := os.WriteFile(file, []byte(g.Text(g.Members[0]).Reveal()), 0o600); err != nil {
			return err
		}
		said, err := checkFile(ctx, vtysh, file)
		if err != nil {
			return fmt.Errorf("--frr: %w", err)
		}
		if said != "" {
			r.findings = append(r.findings, finding{Severity: review.Error, Rule: "RefusedByFRR", Nodes: g.Nodes(), Message: "FRR refuses the configuration: " + said})
		}
		done(1)
	}
	return nil
}

// checkFile returns what vtysh says against a file; "" if it takes it.
func checkFile(ctx context.Context, vtysh, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, vtyshTimeout)
	defer cancel()
	var out bytes.Buffer
	command := exec.CommandContext(ctx, vtysh, "-C", "-f", file)
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("vtysh -C: %w", ctx.Err())
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &exit):
		said := strings.ReplaceAll(strings.TrimSpace(out.String()), file, "frr.conf")
		return strings.Join(strings.Fields(strings.ReplaceAll(render.Redact(said), "\n", "; ")), " "), nil
	}
	return "", err
}
