package manifest

import "bytes"

// chunk is a part of a file that is one document, or several JSON ones.
type chunk struct {
	text []byte
	line int // of the file, counted from 1
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// split cuts a file at the lines that YAML reserves for it: "---" begins a
// document and stays with it, "..." ends one (YAML 1.2.2 section 9.1.4). YAML
// forbids them at the start of a line everywhere else, even in block scalars.
//
// The decoder cannot be left to do it: it reads the first document and drops
// the others without a word.
func split(data []byte) []chunk {
	data = bytes.TrimPrefix(data, byteOrderMark)
	var chunks []chunk
	start, startLine, line := 0, 1, 1
	cut := func(end, next int) {
		if text := data[start:end]; len(bytes.TrimSpace(text)) > 0 {
			chunks = append(chunks, chunk{text, startLine})
		}
		start, startLine = end, next
	}
	for offset := 0; offset < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[offset:], '\n'); i >= 0 {
			end = offset + i + 1
		}
		switch row := data[offset:end]; {
		case marks(row, "---"):
			cut(offset, line)
		case marks(row, "..."):
			cut(end, line+1)
		}
		offset = end
	}
	cut(len(data), line)
	return chunks
}

func marks(row []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(row, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}
