//go:build linux

package chaos

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	seed     = flag.Uint64("seed", 1, "of the story")
	length   = flag.Duration("for", 25*time.Second, "how long faults follow one another")
	through  = flag.Bool("through", false, "addresses come and go while faults are mended, too: FRR 8.4 then loses a withdrawal now and then")
	only     = flag.String("fault", "", "no other fault than this")
	patience = flag.Duration("patience", 90*time.Second, "how long until all is as it should be, after the last fault is mended")
)

var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(lab.WithAgent(&program, m.Run))
}
