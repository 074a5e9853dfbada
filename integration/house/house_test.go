package house

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// list asks go list about packages of this module.
func list(t *testing.T, goos string, args ...string) []Package {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	var packages []Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestHouse(t *testing.T) {
	packages := list(t, "linux", "./...")
	for _, sentence := range Check(packages) {
		t.Error(sentence)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	reads, err := CheckMessages(packages, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, sentence := range reads {
		t.Error(sentence)
	}
	places, err := CheckUses(packages)
	if err != nil {
		t.Fatal(err)
	}
	for _, sentence := range places {
		t.Error(sentence)
	}
}

// The command line runs on a laptop. On a system for which a package that it
// needs has no files, go list fails.
func TestCommandLineIsPortable(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos, "-deps", "./cmd/k8frr") {
			for _, no := range []string{"github.com/vishvananda/", "k8s.io/client-go/kubernetes", Module + "supervise/kernel"} {
				if strings.HasPrefix(p.ImportPath, no) {
					t.Errorf("%s: cmd/k8frr links %s", goos, p.ImportPath)
				}
			}
		}
	}
}
