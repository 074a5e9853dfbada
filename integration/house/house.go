// Package house says which room may import which, so that the pure ones stay
// pure: no clock, no input or output, no cluster, no kernel, no log.
package house

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path that the paths of all rooms begin with.
const Module = "github.com/k8frr/k8frr/"

// Package is what go list says of a package.
type Package struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// rooms are packages: a path of the module, with /... for those below it too.
type rooms []string

var (
	// pure rooms are functions of their arguments. They import data and each
	// other.
	pure = rooms{"api/v1", "api/fields", "api/validate", "api/schema", "api/manifest", "deploy/crd", "render/...", "templates", "supervise/plan", "supervise/forecast", "status", "status/fold", "status/gobgp", "status/view"}
	// leaves touch the world, each its own part of it.
	leaves = rooms{"supervise/cluster", "supervise/daemons", "supervise/files", "supervise/kernel", "supervise/vtysh"}
	// outermost rooms are imported by none but their own.
	outermost = rooms{"cmd/...", "integration/..."}
)

// impure are the packages that a pure room must not import by itself. What
// other people's packages import is their matter: the Kubernetes types are
// data, although the packages that they are in can do more.
var impure = []string{
	"os", "os/...", "io/ioutil", "syscall", "golang.org/x/sys/...", "net", "net/http/...", "net/rpc/...",
	"log", "log/slog", "k8s.io/klog/...", "math/rand/...", "crypto/rand",
	"k8s.io/client-go/...", "github.com/vishvananda/...", "github.com/fsnotify/...", "github.com/prometheus/...",
	"github.com/google/renameio/...",
}

// allowed are exceptions: what a room may import although it is impure.
var allowed = map[string][]string{
	// For slog.LogValuer, by which secrets redact themselves (see describing).
	"render":         {"log/slog"},
	"supervise/plan": {"log/slog"},
}

// Check returns a sentence for every import that breaks a rule, and for every
// room that the rules name and that is not there.
func Check(packages []Package) []string {
	var broken []string
	for _, room := range slices.Concat(pure, leaves, outermost) {
		if !slices.ContainsFunc(packages, func(p Package) bool { return matches(room, name(p.ImportPath)) }) {
			broken = append(broken, fmt.Sprintf("there is no %s, which the rules of the house name", room))
		}
	}
	for _, p := range packages {
		from := name(p.ImportPath)
		for _, path := range p.Imports {
			if why := forbidden(from, path); why != "" {
				broken = append(broken, fmt.Sprintf("%s imports %s: %s", from, path, why))
			}
		}
	}
	return broken
}

// forbidden says why a package must not import another; "" if it may.
func forbidden(from, path string) string {
	to, own := strings.CutPrefix(path, Module)
	switch {
	case !own && pure.have(from) && rooms(impure).have(path) && !slices.Contains(allowed[from], path):
		return "a pure room does no input or output, asks no clock and logs nothing"
	case !own:
		return ""
	case pure.have(from) && !pure.have(to):
		return "a pure room imports only pure ones"
	case leaves.have(from) && leaves.have(to):
		return "leaves do not know one another"
	case leaves.have(from) && to == "supervise":
		return "a leaf satisfies the interfaces of supervise without knowing it"
	case outermost.have(to) && !sameTop(from, to):
		return "nothing rests on a command or a test"
	}
	return ""
}

func (r rooms) have(path string) bool {
	return slices.ContainsFunc(r, func(room string) bool { return matches(room, path) })
}

func matches(room, path string) bool {
	base, below := strings.CutSuffix(room, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}

// sameTop reports whether two packages are of one command, or both integration.
func sameTop(a, b string) bool {
	top := func(path string) string {
		parts := strings.SplitN(path, "/", 3)
		if parts[0] == "cmd" && len(parts) > 1 {
			return parts[0] + "/" + parts[1]
		}
		return parts[0]
	}
	return top(a) == top(b)
}

func name(path string) string { return strings.TrimPrefix(path, Module) }
