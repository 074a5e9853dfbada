//go:build linux

package vtysh

import (
	"os"
	"os/exec"
	"strings"
	"sync"
)

// known is the configuration that vtysh accepted last. Of the next one, which mostly is nearly the same, only what is new
// has to be judged: the grammar knows no more of a context than what enters it.
type known struct {
	mu     sync.Mutex
	by     os.FileInfo // the vtysh that accepted it
	blocks map[string]bool
}

// less replaces what is known of a configuration by comments, so that its lines keep their numbers, and counts those that
// are left.
func (k *known) less(path string, lines []string) (rest []string, left int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now, err := program(path); err != nil || k.by == nil || !same(now, k.by) {
		k.blocks = nil
		return lines, len(lines)
	}
	rest = make([]string, 0, len(lines))
	for _, block := range blocksOf(lines) {
		if k.blocks[strings.Join(block, "\n")] {
			for range block {
				rest = append(rest, "!")
			}
			continue
		}
		rest, left = append(rest, block...), left+len(block)
	}
	return rest, left
}

// learn keeps a configuration that was accepted as a whole.
func (k *known) learn(path string, lines []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.blocks = nil
	now, err := program(path)
	if err != nil {
		return
	}
	k.by, k.blocks = now, map[string]bool{}
	for _, block := range blocksOf(lines) {
		k.blocks[strings.Join(block, "\n")] = true
	}
}

// blocksOf parts a configuration into its top-level commands, each with the lines that are indented under it and the one
// that leaves it.
func blocksOf(lines []string) [][]string {
	var blocks [][]string
	start := 0
	for i, line := range lines {
		inside := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "exit") || line == "end" || isComment(line)
		if i > start && !inside {
			blocks = append(blocks, lines[start:i])
			start = i
		}
	}
	return append(blocks, lines[start:])
}

// program is the vtysh that is installed.
func program(path string) (os.FileInfo, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, err
	}
	return os.Stat(path)
}

// same reports whether a program has not been replaced.
func same(a, b os.FileInfo) bool { return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) }
