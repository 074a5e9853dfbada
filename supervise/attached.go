package supervise

import (
	"context"
	"fmt"
	"strings"
)

// attached is an error while daemons that mgmtd (10.x) configures have no
// connection to it: it would take their lines and lose them.
func (s *Supervisor) attached(ctx context.Context) error {
	dialect, err := s.dialectOf(ctx)
	if err != nil {
		return err
	}
	answer, err := s.Router.Show(ctx, "mgmtd", "show mgmt backend-adapter all")
	if err != nil {
		return err
	}
	daemons := []string{"staticd"}
	if dialect.LocalRoutes { // since the same version
		daemons = append(daemons, "zebra")
	}
	for _, name := range daemons {
		if !strings.Contains(string(answer), name) {
			return fmt.Errorf("FRR's %s has no connection to mgmtd", name)
		}
	}
	return nil
}
