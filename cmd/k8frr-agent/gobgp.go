//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	answers "github.com/k8frr/k8frr/status/gobgp"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// gobgpPatience is how long bgpd may take for one answer, and all answers together twice that.
const gobgpPatience = time.Minute

// gobgp is what the agent does when it is called as gobgp, as PureLB's plugin and people do inside its container: it
// answers from FRR, over a vty socket, and needs no running agent. It returns the exit status.
func gobgp(args []string, stdout, stderr io.Writer) int {
	request, err := answers.Parse(args)
	if errors.Is(err, answers.ErrHelp) {
		fmt.Fprint(stdout, answers.Usage)
		return 0
	}
	if err == nil {
		err = answerGoBGP(request, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func answerGoBGP(request answers.Request, stdout, stderr io.Writer) error {
	// FRR 10.3 ends if it has printed half an answer and nobody reads the rest: so whoever interrupts, or goes away as
	// `head` does, is heeded between answers.
	interrupted, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	debug.SetGCPercent(20) // the agent lives on the same memory
	dir := env("FRR_SOCKET_DIR", "/run/frr")
	frr := vtysh.New(vtysh.Options{SocketDir: dir})
	defer func() { _ = frr.Close() }()
	end := time.Now().Add(2 * gobgpPatience)
	ask := func(command string) ([]byte, error) {
		if interrupted.Err() != nil {
			return nil, errors.New("interrupted")
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("bgpd has not answered everything within %v: it is busy", 2*gobgpPatience)
		}
		ctx, cancel := context.WithTimeout(context.Background(), gobgpPatience)
		defer cancel()
		answer, err := frr.Show(ctx, "bgpd", command)
		if err != nil {
			return nil, fmt.Errorf("%s (sockets of FRR are looked for in %s): %s", unanswered, dir, answers.Text(err.Error()))
		}
		return answer, nil
	}
	out := bufio.NewWriterSize(stdout, 64<<10)
	err := answers.Answer(request, ask, time.Now(), out, stderr)
	_ = out.Flush() // whoever does not read on, as `head`, wants no more
	return err
}

const unanswered = "FRR does not answer: check the container of FRR"
