// Package hostile has a node peer with routers that say whatever does harm: terminal escapes, line breaks, quotes, NULs,
// no UTF-8, text that turns the direction of writing, and all of it as long as BGP lets it be. The real agent beside real
// FRR of each version has to tell of them truly, and nothing that it, or k8frr, prints may be obeyed by a terminal.
package hostile
