//go:build linux

package lab

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// OwnDisk moves ConfigDir, with the files in it, to a file system of its own that has room for so many bytes. Only the daemons
// see it, and what Do and StartBeside run; it goes with them.
func (f *FRR) OwnDisk(bytes int) {
	f.Host.lab.tb.Helper()
	err := f.Do(func() error {
		files, err := f.files()
		if err != nil {
			return err
		}
		if err := unix.Mount("small", f.ConfigDir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", bytes)); err != nil {
			return fmt.Errorf("mount a file system of %d bytes: %w", bytes, err)
		}
		if err := chownFRR(f.ConfigDir); err != nil {
			return err
		}
		if err := unix.Mount(f.ConfigDir, "/etc/frr", "", unix.MS_BIND, ""); err != nil {
			return err
		}
		for name, text := range files {
			path := filepath.Join(f.ConfigDir, name)
			if err := os.WriteFile(path, text, 0o640); err != nil {
				return err
			}
			if err := chownFRR(path); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.Host.fatal("give FRR a disk of its own", err)
	}
}

// files are those in ConfigDir, by name.
func (f *FRR) files() (map[string][]byte, error) {
	entries, err := os.ReadDir(f.ConfigDir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(f.ConfigDir, e.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// ReadOnly has nothing be written into ConfigDir, by whoever sees OwnDisk's, until again is called.
func (f *FRR) ReadOnly() (again func() error, err error) {
	err = f.Do(func() error {
		// A mount of its own over the other: that one cannot change while a file on it is open for writing.
		if err := unix.Mount(f.ConfigDir, f.ConfigDir, "", unix.MS_BIND, ""); err != nil {
			return err
		}
		return unix.Mount("", f.ConfigDir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")
	})
	return func() error { return f.Do(func() error { return unix.Unmount(f.ConfigDir, unix.MNT_DETACH) }) }, err
}
