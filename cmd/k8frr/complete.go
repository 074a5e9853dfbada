package main

import (
	"io"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
)

// completeManifests offers files that objects are read from.
func completeManifests(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

func completeDirectories(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeNodes offers the nodes of the files that the line names already.
func (o *input) completeNodes(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	documents, _ := readAll(io.LimitReader(nil, 0), withoutStdin(append(o.files, args...)))
	for _, d := range documents {
		if n, ok := d.Object.(*corev1.Node); ok {
			names = append(names, n.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func withoutStdin(names []string) []string {
	var files []string
	for _, n := range names {
		if n != "-" {
			files = append(files, n)
		}
	}
	return files
}
