package client

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// TestUnbroken has watches end when they were to, too early, and not begin, and looks whether the next one may go on.
func TestUnbroken(t *testing.T) {
	five, yes := int64(300), true
	for name, c := range map[string]struct {
		lasts  time.Duration
		first  metav1.ListOptions
		fails  error
		listed bool // in between
		breaks bool
	}{
		"ended as agreed":          {lasts: 5 * time.Minute, first: metav1.ListOptions{ResourceVersion: "7", TimeoutSeconds: &five}},
		"nothing was agreed":       {lasts: 30 * time.Minute, first: metav1.ListOptions{ResourceVersion: "7"}},
		"broke":                    {lasts: 4 * time.Minute, first: metav1.ListOptions{ResourceVersion: "7", TimeoutSeconds: &five}, breaks: true},
		"broke, nothing agreed":    {lasts: 20 * time.Minute, first: metav1.ListOptions{ResourceVersion: "7"}, breaks: true},
		"broke after initial ones": {lasts: time.Minute, first: metav1.ListOptions{SendInitialEvents: &yes, ResourceVersion: "7", TimeoutSeconds: &five}, breaks: true},
		"listed since":             {first: metav1.ListOptions{SendInitialEvents: &yes, TimeoutSeconds: &five}, listed: true},
		"no server":                {first: metav1.ListOptions{ResourceVersion: "7", TimeoutSeconds: &five}, fails: errors.New("refused"), breaks: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fails := c.fails
				unbroken := NewUnbroken(func(_ context.Context, o metav1.ListOptions) (watch.Interface, error) {
					if o.SendInitialEvents != nil && o.ResourceVersion != "" {
						t.Errorf("everything is asked for of version %s, which there may be no more", o.ResourceVersion)
					}
					return watch.NewEmptyWatch(), fails
				})
				// next begins a watch, and reports whether it has to be begun from nothing.
				next := func(o metav1.ListOptions) bool {
					w, err := unbroken.Watch(t.Context(), o)
					if err != nil {
						return false
					}
					e, ok := <-w.ResultChan()
					return ok && e.Type == watch.Error && apierrors.IsResourceExpired(apierrors.FromObject(e.Object))
				}
				if next(c.first) {
					t.Fatal("the first one does not begin")
				}
				time.Sleep(c.lasts)
				fails = nil
				if c.listed {
					unbroken.Listed()
				}
				from := metav1.ListOptions{ResourceVersion: "9", TimeoutSeconds: &five}
				if got := next(from); got != c.breaks {
					t.Errorf("the next one has to begin from nothing: %v, want %v", got, c.breaks)
				}
				if c.breaks && next(from) {
					t.Error("so has the one after that")
				}
			})
		})
	}
}
