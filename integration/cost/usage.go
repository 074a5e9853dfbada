//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// window is how long one sample of the processor's time is.
const window = 10 * time.Second

// atRest watches the agent for a while in which nothing happens: its memory every second, its processor time by windows.
func (n *node) atRest(rest time.Duration) (resident, anonymous, cpu []float64) {
	pid := n.host.Process("agent").PID()
	for end := time.Now().Add(rest); time.Now().Before(end); {
		began, before := time.Now(), n.cpu(pid)
		for span := min(window, time.Until(end)); time.Since(began) < span; {
			time.Sleep(min(time.Second, max(0, span-time.Since(began))))
			kB := n.memory(pid)
			resident, anonymous = append(resident, kB["VmRSS"]/1000), append(anonymous, kB["RssAnon"]/1000)
		}
		cpu = append(cpu, 100*(n.cpu(pid)-before).Seconds()/time.Since(began).Seconds())
	}
	return resident, anonymous, cpu
}

// most is the most memory that the agent has had at once, in MB.
func (n *node) most() float64 { return n.memory(n.host.Process("agent").PID())["VmHWM"] / 1000 }

// memory is what /proc/PID/status says of memory, in kB of 1,000 bytes (proc(5): the kernel's are of 1,024).
func (n *node) memory(pid int) map[string]float64 {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	n.check(err)
	defer file.Close()
	kB := map[string]float64{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[2] == "kB" {
			value, err := strconv.ParseFloat(words[1], 64)
			n.check(err)
			kB[strings.TrimSuffix(words[0], ":")] = value * 1.024
		}
	}
	return kB
}

// cpu is the processor time that a process, and those that it started and that have ended, have taken, in ticks of 10 ms
// (proc(5), utime to cstime).
func (n *node) cpu(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	n.check(err)
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	var ticks int
	for _, field := range fields[11:15] {
		t, err := strconv.Atoi(field)
		n.check(err)
		ticks += t
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// frrRests waits until bgpd and zebra have nothing more to do.
func (n *node) frrRests() {
	for _, daemon := range []string{"bgpd", "zebra"} {
		pid := n.host.Process(daemon).PID()
		for before := n.cpu(pid); ; {
			time.Sleep(2 * time.Second)
			now := n.cpu(pid)
			if now-before < 200*time.Millisecond {
				break
			}
			before = now
		}
	}
}
