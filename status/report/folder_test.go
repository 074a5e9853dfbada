package report

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// TestFolderTriesAgain has a node write while the folder waits to write again what could not be written: that must not put
// it off.
func TestFolderTriesAgain(t *testing.T) {
	l := &folded{
		Folder:  NewFolder(Folder{Configuration: func() *v1.BGPConfiguration { return new(v1.BGPConfiguration) }, Log: slog.New(slog.DiscardHandler)}),
		members: members{known: true},
	}
	l.retry.after(errors.New("the server is away"))
	if wait := l.look(t.Context()); wait > time.Second {
		t.Errorf("it waits %v", wait)
	}
}
