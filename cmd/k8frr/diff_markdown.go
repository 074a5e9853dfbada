package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/k8frr/k8frr/status/view"
	"github.com/k8frr/k8frr/supervise/forecast"
)

// maxComment is how long a comment may be; GitHub takes 65,536 characters.
const maxComment = 60_000

// diffMarkdown prints a forecast as a comment of a pull request. Where it would
// be too long for one, plans and lines are left out, and then tables.
func diffMarkdown(to io.Writer, f *forecast.Forecast) error {
	for detail := 2; ; detail-- {
		text := markdown(f, detail)
		if len(text) <= maxComment || detail == 0 {
			_, err := io.WriteString(to, text)
			return err
		}
	}
}

// markdown has plans and lines with detail 2, tables with detail 1.
func markdown(f *forecast.Forecast, detail int) string {
	var out strings.Builder
	fmt.Fprintf(&out, "### What this change does to BGP\n\n**%s**\n", f.Summary)
	if detail == 0 {
		fmt.Fprintf(&out, "\n%d groups of nodes change; that is too long for a comment. See `k8frr diff`.\n", len(f.Changes))
		return out.String()
	}
	for i := range f.Changes {
		c := &f.Changes[i]
		fmt.Fprintf(&out, "\n#### %s%s\n\n", markdownText(listed(c.Nodes)), fates[c.Fate])
		if c.Restart != "" {
			fmt.Fprintf(&out, "**%s.**\n\n", markdownText(restartWords(c)))
		}
		sessionsMarkdown(&out, c)
		for _, r := range c.Routes {
			fmt.Fprintf(&out, "- %s\n", markdownText(routeWords(r)))
		}
		if detail < 2 || c.Fate != forecast.Changed {
			continue
		}
		var plan strings.Builder
		planText(&plan, c)
		fold(&out, fmt.Sprintf("Plan, %d commands", len(c.Plan.Steps)), "", strings.TrimPrefix(plan.String(), "  Plan:\n"))
		fold(&out, "Lines of frr.conf", "diff", shownLines(c.Diff))
	}
	if detail < 2 {
		out.WriteString("\nPlans and lines are left out, because they are too long for a comment. See `k8frr diff`.\n")
	}
	for _, u := range f.Unknown {
		fmt.Fprintf(&out, "\n:x: node %s: %s\n", markdownText(u.Node), markdownText(u.Err.Error()))
	}
	return out.String()
}

func sessionsMarkdown(out *strings.Builder, c *forecast.Change) {
	list := told(c)
	if len(list) > 0 {
		out.WriteString("| session | | field | effect |\n|---|---|---|---|\n")
	}
	for _, s := range list {
		effect := wordsOf(s.Effect)
		if s.Effect == forecast.Reset || s.Effect == forecast.Removed {
			effect = "**" + effect + "**"
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", markdownText(peerOf(s.VRF, s.Peer)), markdownText(s.Description), markdownText(s.Field), effect)
	}
	if n := len(c.Sessions) - len(list); n > 0 {
		fmt.Fprintf(out, "\n%d sessions unchanged.\n", n)
	}
	out.WriteByte('\n')
}

// shownLines are lines without what is not seen.
func shownLines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		out.WriteString(view.Text(body) + line[len(body):])
	}
	return out.String()
}

// fold is text that opens at a click.
func fold(out *strings.Builder, title, language, text string) {
	if text == "" {
		return
	}
	// A fence is longer than any in the text.
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n%s%s\n%s\n%s\n\n</details>\n", title, fence, language, strings.TrimSuffix(text, "\n"), fence)
}

// markdownText shows text as it is, whatever a user wrote into it.
func markdownText(s string) string {
	s = printable(s)
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`, "@", "&#64;", "#", `\#`).Replace(s)
}
