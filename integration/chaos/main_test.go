//go:build linux

package chaos

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	seed     = flag.Uint64("seed", 1, "of the story")
	length   = flag.Duration("for", 25*time.Second, "how long faults follow one another")
	longest  = flag.Duration("longest", 3*time.Second, "how long a fault may last")
	through  = flag.Bool("through", true, "addresses come and go while faults are mended, too")
	only     = flag.String("fault", "", "no other fault than this")
	patience = flag.Duration("patience", 3*time.Minute, "how long until all is as it should be, after the last fault is mended")
	prompt   = flag.Duration("prompt", 20*time.Second, "how long a node that nothing is wrong with may take to announce an address, or to withdraw it")
	graceful = flag.Bool("graceful", false, "the nodes are declared to restart gracefully (RFC 4724)")
	figured  = flag.String("json", "", "write the times until all was right again to this file, as figures")
)

var program string

func TestMain(m *testing.M) {
	flag.Parse()
	if *graceful {
		configuration = strings.Replace(configuration, "{asn: 65000}", "{asn: 65000, gracefulRestart: {enabled: true, restartTime: 30}}", 1)
	}
	os.Exit(lab.WithAgent(&program, m.Run))
}
