//go:build linux

package lab

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Version is a version of FRR that integration/setup.sh installs.
type Version struct {
	Name    string
	Daemons []string // that run by default, in the order in which they are started
	tree    string   // name of the Debian tree with this version in the cache; empty: the machine's own
}

var (
	// FRR84 is 8.4, from Debian 12.
	FRR84 = Version{Name: "8.4", Daemons: []string{"zebra", "staticd", "bgpd"}}
	// FRR103 is 10.3, from Debian 13. Static routes and prefix lists are configured through its mgmtd.
	FRR103 = Version{Name: "10.3", Daemons: []string{"mgmtd", "zebra", "staticd", "bgpd"}, tree: "trixie"}
	// FRR107 is 10.7, from Debian testing, which integration/setup.sh installs only when asked for frr107.
	FRR107 = Version{Name: "10.7", Daemons: []string{"mgmtd", "zebra", "staticd", "bgpd"}, tree: "testing"}
	// Versions are those that a run tests: 8.4 and 10.3, or those that K8FRR_FRR names, such as "8.4,10.3,10.7".
	Versions = versions(os.Getenv("K8FRR_FRR"))
)

// versions returns the versions that a comma-separated list names. A name that no version has is kept as a version
// without a tree, so that the tests of it fail and name it.
func versions(list string) []Version {
	if list == "" {
		return []Version{FRR84, FRR103}
	}
	var selected []Version
	for name := range strings.SplitSeq(list, ",") {
		known := []Version{FRR84, FRR103, FRR107}
		if i := slices.IndexFunc(known, func(v Version) bool { return v.Name == name }); i >= 0 {
			selected = append(selected, known[i])
		} else {
			selected = append(selected, Version{Name: name, tree: "no-such-version-" + name})
		}
	}
	return selected
}

// String is the version's number.
func (v Version) String() string { return v.Name }

// root is the directory under which the version's /usr is.
func (v Version) root() (string, error) {
	root := "/"
	if v.tree != "" {
		root = filepath.Join(cmp.Or(os.Getenv("K8FRR_CACHE"), "/var/cache/k8frr"), v.tree)
	}
	if _, err := os.Stat(filepath.Join(root, "usr/lib/frr/bgpd")); err != nil {
		return "", fmt.Errorf("FRR %s is not installed: run integration/setup.sh (%w)", v, err)
	}
	return root, nil
}

// vtysh makes, or finds, an executable that is the version's vtysh, runs in any namespace, and reads any file.
//
// A program of another Debian release runs with that release's dynamic loader and libraries: no chroot, no mounts, one
// millisecond.
func (v Version) vtysh(root, dir string) (string, error) {
	if v.tree == "" {
		return "/usr/bin/vtysh", nil
	}
	path := filepath.Join(dir, "vtysh")
	libraries := root + "/usr/lib/x86_64-linux-gnu"
	script := fmt.Sprintf("#!/bin/sh\nexec %s/usr/lib64/ld-linux-x86-64.so.2 --inhibit-rpath '' --library-path %s/frr:%s --argv0 vtysh %s/usr/bin/vtysh \"$@\"\n",
		root, libraries, libraries, root)
	return path, os.WriteFile(path, []byte(script), 0o755)
}
