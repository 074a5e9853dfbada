//go:build linux

package plan_test

import "sync"

// lanes is how many labs share the work on each version.
const lanes = 6

// side runs the lanes of a test side by side whatever the number of processors:
// it is mostly waiting.
func side(run func(lane int)) {
	var all sync.WaitGroup
	for lane := range lanes {
		all.Go(func() { run(lane) })
	}
	all.Wait()
}
