//go:build linux

package main

import (
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

var agent string

func TestMain(m *testing.M) { os.Exit(lab.WithAgent(&agent, m.Run)) }
