package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/supervise/regular"
)

// FileWriter keeps the BGPNodeStatus of a node in a YAML file that everybody may read. The file is replaced as a whole:
// a reader sees one status or the other.
type FileWriter struct {
	Path string
}

// Read returns the status as it is in the file; nil if there is no file.
func (w FileWriter) Read(context.Context) (*v1.BGPNodeStatusData, error) {
	text, err := regular.ReadLinked(w.Path, largestStatus)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read BGPNodeStatus: %w", err)
	}
	var object v1.BGPNodeStatus
	if err := yaml.Unmarshal(text, &object); err != nil {
		// Somebody else wrote it. What it says is of no use; the next status replaces it.
		return nil, nil
	}
	return &object.Status, nil
}

// largestStatus is how many bytes a status may have, as in etcd.
const largestStatus = 2 << 20

// Lost reports whether the file is gone.
func (w FileWriter) Lost() bool {
	_, err := os.Lstat(w.Path)
	return errors.Is(err, fs.ErrNotExist)
}

// Write makes the status in the file this one.
func (w FileWriter) Write(_ context.Context, s v1.BGPNodeStatusData) error {
	text, err := yaml.Marshal(v1.BGPNodeStatus{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPNodeStatus"},
		ObjectMeta: metav1.ObjectMeta{Name: s.NodeName},
		Status:     s,
	})
	if err != nil {
		return fmt.Errorf("write BGPNodeStatus: %w", err)
	}
	if err := renameio.WriteFile(w.Path, text, 0o644, renameio.WithStaticPermissions(0o644)); err != nil {
		return fmt.Errorf("write BGPNodeStatus to %s: %w", w.Path, err)
	}
	return nil
}
