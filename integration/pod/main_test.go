//go:build linux

package pod

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// images are those that the Dockerfile makes on each version of FRR.
var images = map[string]image{}

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "6") // unless the command line says otherwise: a test mostly waits
	flag.Parse()
	os.Exit(withImages(m.Run))
}

// withImages makes the images and runs what needs them.
func withImages(run func() int) int {
	if lab.Short() {
		return run()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "k8frr-image-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "out")
	if err = os.Chmod(dir, 0o755); err == nil {
		err = build(ctx, out, "k8frr-agent", "k8frr-frr")
	}
	for _, version := range lab.Versions {
		if err == nil {
			images[version.Name], err = imageOf(ctx, filepath.Join(dir, version.Name), treeOf(version.Name), out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

var everyVersion = flag.Bool("every-version", false, "run each test on each version of FRR, and build the image from nothing: takes some minutes")

// eachVersion runs a test on each version of FRR, in parallel.
func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) { onVersions(t, lab.Versions, test) }

// onVersion runs a test on one version of FRR, or on each if the command line says so.
func onVersion(t *testing.T, version lab.Version, test func(*testing.T, lab.Version)) {
	versions := lab.Versions
	if !*everyVersion {
		versions = []lab.Version{version}
	}
	onVersions(t, versions, test)
}

func onVersions(t *testing.T, versions []lab.Version, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, version := range versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}
