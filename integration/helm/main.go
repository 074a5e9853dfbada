// Command helm renders and lints a chart as `helm template` and `helm lint` do, with Helm's own packages: all of Helm that a
// chart's tests need, without what talks to clusters and registries.
//
//	helm [-n NAMESPACE] [-f VALUES]... [-api VERSION]... CHART
//
// The rendered files come in the order of their names. It fails on what lint calls an error, and on values that the
// chart's schema refuses.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "helm:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("helm", flag.ContinueOnError)
	namespace := flags.String("n", "default", "namespace of the release")
	var files, apis list
	flags.Var(&files, "f", "file of values; several are merged")
	flags.Var(&apis, "api", "API version that the cluster has besides")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir := flags.Arg(0)
	values := chartutil.Values{}
	for _, file := range files {
		more, err := chartutil.ReadValuesFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		values = chartutil.MergeTables(more, values)
	}
	capabilities := *chartutil.DefaultCapabilities
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), apis...)

	for _, m := range lint.AllWithKubeVersion(dir, values, *namespace, &capabilities.KubeVersion).Messages {
		if m.Severity >= support.ErrorSev {
			return fmt.Errorf("lint: %w", m)
		}
	}
	chart, err := loader.LoadDir(dir)
	if err != nil {
		return err
	}
	release := chartutil.ReleaseOptions{Name: "k8frr", Namespace: *namespace, Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, &capabilities)
	if err != nil {
		return err
	}
	rendered, err := engine.Render(chart, all)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		text := strings.TrimSpace(rendered[name])
		if text == "" || path.Ext(name) == ".txt" {
			continue
		}
		fmt.Fprintf(out, "---\n# %s\n%s\n", name, strings.TrimPrefix(text, "---\n"))
	}
	return nil
}
