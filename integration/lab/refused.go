//go:build linux

package lab

import (
	"os"
	"path/filepath"
)

// Refused describes a neighbor of which FRR refuses a line, if the agent has the templates of Refusing.
const Refused = "refused"

// RefusingTemplate is the block operator-bgp of these templates: each neighbor that is described as Refused gets a local AS
// that is the speaker's own, which FRR takes of nobody.
const RefusingTemplate = "{{range .Neighbors}}{{if eq .Description \"" + Refused + "\"}}\n neighbor {{.ID}} local-as {{$.ASN}}{{end}}{{end}}"

// Refusing makes a directory of templates for an agent on the host, and returns the flags for it.
func (h *Host) Refusing() []string {
	h.lab.tb.Helper()
	dir := filepath.Join(h.dir, "refusing")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		h.fatal("make a directory of templates", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "operator-bgp.tmpl"), []byte(RefusingTemplate), 0o644); err != nil {
		h.fatal("write a template", err)
	}
	return []string{"--templates", dir}
}
