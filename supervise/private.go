package supervise

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/google/renameio/v2"
)

// replacePrivate replaces a file at once by one that only its owner may read,
// whatever the umask is and whoever may read the old one; share may change that
// before it is there. Until then it is beside its place, under a name that did
// not exist before: never where TMPDIR says, which is others' too.
func replacePrivate(path string, text []byte, share ...func(*os.File) error) error {
	t, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return nameless(err)
	}
	defer func() { _ = t.Cleanup() }()
	_, err = t.Write(text)
	for _, more := range share {
		if err == nil {
			err = more(t.File)
		}
	}
	if err == nil {
		err = t.CloseAtomicallyReplace()
	}
	return nameless(err)
}

// largestFile is how long a file of the agent's own may be that it reads again:
// more than any object can declare. The files are where FRR's daemons can write,
// too. A symbolic link that is put in the place of one is not followed: it could
// lead to the agent's token, and what is read is entered into FRR again.
const largestFile = 32 << 20

// nameless is an error less the name of a file that is there for a moment only.
// With it, the same error would be another one every time.
func nameless(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

// halfWritten are the names that files have before they are in their places.
var halfWritten = regexp.MustCompile(`^\.(frr\.conf|daemons|k8frr-last-good\.json|k8frr-operator-lines\.conf|k8frr-pending\.json)\d+$`)

// sweep removes what an agent left behind that was killed while it wrote. There
// may be passwords in it, and it takes room.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if halfWritten.MatchString(e.Name()) {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
