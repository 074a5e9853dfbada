package token

import "strings"

// Redacted is what stands for a secret wherever one would be shown.
const Redacted = "<redacted>"

// Redact replaces the secrets in FRR's commands, and in sentences that quote
// commands, line by line.
//
// What is a secret follows from its position in FRR's grammar (see secretPlaces)
// and not from a word: a peer group may be called password, and a description
// may speak of one. Keywords are found in any case and abbreviated, as vtysh
// takes them. Of a command that FRR does not have, as in lines of an operator,
// everything after a word for a secret is replaced.
func Redact(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		from := 0
		for rest := body; ; { // a carriage return starts a line on a terminal
			part, after, more := strings.Cut(rest, "\r")
			if at, _ := secretIn(part); at >= 0 {
				b.WriteString(body[from : from+at])
				b.WriteString(Redacted)
			} else {
				b.WriteString(part)
			}
			if !more {
				break
			}
			b.WriteByte('\r')
			from, rest = from+len(part)+1, after
		}
		b.WriteString(line[len(body):])
	}
	return b.String()
}

// SecretOf returns the secret in a command, "" if there is none, without the
// digit that says how it is encrypted.
func SecretOf(command string) string {
	at, end := secretIn(command)
	if at < 0 {
		return ""
	}
	secret := strings.TrimSpace(command[at:end])
	if form, rest, ok := strings.Cut(secret, " "); ok && len(form) == 1 && isNumber(form) {
		return strings.TrimSpace(rest)
	}
	return secret
}

// secretIn returns where in a line a secret begins and ends, or -1. All that
// follows the secret is replaced with it, because a quotation may hold a second
// command.
func secretIn(line string) (start, end int) {
	all := wordsOf(line)
	start = -1
	limit := len(all) // the words that are looked at: none in a text for people
	for i := 0; i < limit; i++ {
		if !begins(all, i) {
			continue
		}
		command := all[i:]
		next := 1
		for next < len(command) && !begins(all, i+next) {
			next++
		}
		if next < len(command) && command[next-1].raw == "/" {
			next--
		}
		found := find(command, next)
		if found.text > 0 {
			limit = min(limit, i+found.text)
		}
		if found.secret < 0 {
			continue
		}
		at := command[found.secret].start
		if found.assigned {
			at = command[found.secret].value
		}
		if start < 0 || at < start {
			start, end = at, len(line)
			if found.single {
				end = command[found.secret].end
			}
		}
	}
	return start, end
}

// begins reports whether a command may begin at a word: the first of a line, one
// after the / between the commands of a plan, one after a colon, and one after
// an opening quotation mark.
func begins(words []word, i int) bool {
	if i == 0 {
		return true
	}
	before := words[i-1]
	if before.raw == "/" || strings.HasSuffix(before.raw, ";") {
		return true
	}
	return !announces(before.text) && (strings.HasSuffix(before.raw, ":") && !strings.HasSuffix(before.raw, "::") || strings.ContainsAny(words[i].raw[:1], "\"'`("))
}

// A finding is what a command has.
type finding struct {
	secret   int  // the word where a secret begins, or -1
	assigned bool // it begins within that word, after an equals sign
	single   bool // it is that word alone
	text     int  // the word where a text for people begins, or 0
}

// find looks for a secret in a command, of which so many words are sure to be
// its own: after them another one may begin.
func find(command []word, own int) finding {
	first := 0
	for first < len(command) && (command[first].text == "" || command[first].text == "no" || command[first].text == "do") {
		first++
	}
	if first >= own {
		return finding{secret: -1}
	}
	words, sure := command[first:], command[first:own]
	for i := range openPlaces {
		p := &openPlaces[i]
		if n, ok := p.match(sure, exact); ok {
			if p.hasText {
				return finding{secret: -1, text: first + n}
			}
			return finding{secret: -1}
		}
	}
	for i := range secretPlaces {
		p := &secretPlaces[i]
		if n, ok := p.match(words, abbreviated); ok && n < len(words) {
			return finding{secret: first + n, single: p.single}
		}
	}
	return scan(sure, first)
}

// scan looks through a command that is not in the tables, or a sentence.
func scan(words []word, first int) finding {
	for i := 0; i < len(words); i++ {
		w := words[i].text
		if i > 0 {
			for k := range secretPlaces {
				if p := &secretPlaces[k]; p.several {
					if n, ok := p.match(words[i:], quoted); ok && i+n < len(words) {
						return finding{secret: first + i + n}
					}
				}
			}
		}
		switch {
		case lists[w] && i+1 < len(words) && (words[i+1].text == "standard" || words[i+1].text == "expanded"):
			i += 2
		case isAbbreviation(w, "neighbor", 3) && i+2 < len(words) && announces(words[i+1].text) && !ofNeighbors[words[i+2].text] && !texts[words[i+2].text]:
			return finding{secret: first + i + 2} // the name was left out, or the keyword is none of FRR's
		case lists[w], named[w], isAbbreviation(w, "neighbor", 3):
			i++
		case words[i].value > 0:
			return finding{secret: first + i, assigned: true}
		case i+1 < len(words) && announces(w):
			return finding{secret: first + i + 1}
		}
	}
	return finding{secret: -1}
}
