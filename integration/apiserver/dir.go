package apiserver

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const dirPrefix = "k8frr-apiserver-"

// makeDir makes the directory of a new server, named after this process, and removes
// those of processes that were killed before they could do it themselves.
func makeDir() (string, error) {
	abandoned, err := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range abandoned {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		if _, err := os.Stat(filepath.Join("/proc", pid)); os.IsNotExist(err) {
			os.RemoveAll(dir) // two who sweep at once may both try: no error matters
		}
	}
	return os.MkdirTemp("", fmt.Sprintf("%s%d-", dirPrefix, os.Getpid()))
}
