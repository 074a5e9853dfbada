// Command gate passes tests by go test, whose arguments follow a --. It prints what go test prints, and also fails if a
// package that has tests has run none of them, or a test is skipped. With -runs it passes each package so many times, one after another, and prints
// a table of how often that went well and how long it took at most.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
)

func main() {
	runs := flag.Int("runs", 0, "pass each package so many times, one after another")
	flag.Parse()
	var good bool
	var err error
	if *runs > 0 {
		good, err = repeat(os.Stdout, *runs, flag.Args())
	} else {
		good, err = once(os.Stdout, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

// once passes all packages that go test's arguments name, and reports whether all went well.
func once(w io.Writer, arguments []string) (good bool, err error) {
	good = true
	err = test(arguments, func(r *result) {
		good = good && r.passed
		fmt.Fprint(w, r.text)
	})
	return good, err
}

// repeat passes each package alone, again and again. Arguments that begin with - are for go test, the others are packages.
func repeat(w io.Writer, runs int, arguments []string) (good bool, err error) {
	isFlag := func(a string) bool { return strings.HasPrefix(a, "-") }
	flags := slices.DeleteFunc(slices.Clone(arguments), func(a string) bool { return !isFlag(a) })
	packages := slices.DeleteFunc(slices.Clone(arguments), isFlag)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "package\tpassed\tslowest")
	good = true
	for _, name := range packages {
		passed, slowest := 0, 0.0
		for range runs {
			err := test(append(slices.Clone(flags), name), func(r *result) {
				slowest = max(slowest, r.seconds)
				if !r.passed {
					fmt.Fprint(w, r.text)
				} else if !r.building {
					passed++
				}
			})
			if err != nil {
				return false, err
			}
		}
		good = good && passed == runs
		fmt.Fprintf(table, "%s\t%d/%d\t%.1fs\n", name, passed, runs, slowest)
		fmt.Fprintf(w, "%s: passed %d of %d times, in %.1fs at most\n", name, passed, runs, slowest)
	}
	return good, table.Flush()
}

// test runs go test, and hands over each result. That tests fail is no error.
func test(arguments []string, done func(*result)) error {
	cmd := exec.Command("go", append([]string{"test", "-json"}, arguments...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	results, err := read(out, done)
	_, _ = io.Copy(io.Discard, out)
	var failed *exec.ExitError
	if ended := cmd.Wait(); err == nil && (!errors.As(ended, &failed) || results == 0) {
		err = ended
	}
	return err
}

// read reads what go test -json prints, hands over each result, and returns of how many packages there was one.
func read(out io.Reader, done func(*result)) (packages int, err error) {
	t := newTally()
	for decoder := json.NewDecoder(out); ; {
		var e event
		if err := decoder.Decode(&e); errors.Is(err, io.EOF) {
			return t.results, nil
		} else if err != nil {
			return t.results, fmt.Errorf("read the output of go test -json: %w", err)
		}
		if r := t.take(e); r != nil {
			done(r)
		}
	}
}
