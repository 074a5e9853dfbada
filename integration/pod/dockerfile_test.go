//go:build linux

package pod

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// step is an instruction of a Dockerfile.
type step struct {
	op   string // RUN, COPY, ...
	args string
}

// stage is what a Dockerfile makes from one image.
type stage struct {
	from, name string
	steps      []step
}

// readDockerfile reads the stages of a Dockerfile, with the arguments in FROM
// lines at their defaults.
func readDockerfile(path string) ([]stage, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var stages []stage
	defaults := map[string]string{}
	for _, s := range steps(string(text)) {
		switch {
		case s.op == "FROM":
			words := strings.Fields(os.Expand(s.args, func(name string) string { return defaults[name] }))
			if strings.HasPrefix(words[0], "--") {
				words = words[1:]
			}
			made := stage{from: words[0]}
			if len(words) == 3 && strings.EqualFold(words[1], "AS") {
				made.name = words[2]
			}
			stages = append(stages, made)
		case len(stages) > 0:
			last := &stages[len(stages)-1]
			last.steps = append(last.steps, s)
		case s.op == "ARG":
			name, value, _ := strings.Cut(s.args, "=")
			defaults[name] = value
		default:
			return nil, fmt.Errorf("%s: %s stands before the first FROM", path, s.op)
		}
	}
	return stages, nil
}

var (
	comment      = regexp.MustCompile(`(?m)^[ \t]*#.*\n`)
	continuation = regexp.MustCompile(`[ \t]*\\\n[ \t]*`)
)

func steps(text string) []step {
	var found []step
	text = continuation.ReplaceAllString(comment.ReplaceAllString(text, ""), " ")
	for line := range strings.Lines(text) {
		if op, args, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found = append(found, step{strings.ToUpper(op), strings.TrimSpace(args)})
		}
	}
	return found
}

// stageOf is the stage of that name.
func stageOf(stages []stage, name string) (stage, error) {
	for _, s := range stages {
		if s.name == name {
			return s, nil
		}
	}
	return stage{}, fmt.Errorf("the Dockerfile has no stage %s", name)
}
