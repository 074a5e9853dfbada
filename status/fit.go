package status

import (
	"encoding/json"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// largestStatus is how many bytes of JSON a status may have. etcd takes a request of 1.5 MB, in which the object
// has metadata as well.
const largestStatus = 1_300_000

// fit shortens what is longest in a status, texts of users, of peers and of FRR, until etcd takes it. Which sessions there
// are, and their states, stays.
func fit(s *v1.BGPNodeStatusData) {
	if roughly(s) <= largestStatus/2 {
		return
	}
	for most := longestText / 2; encoded(s) > largestStatus && most >= 16; most /= 2 {
		for i := range s.Neighbors {
			n := &s.Neighbors[i]
			n.Description, n.LastError = Clean(n.Description, most/2), Clean(n.LastError, most)
		}
		if c := s.Configuration; c != nil {
			for i := range c.LeftOut {
				c.LeftOut[i].Message = Clean(c.LeftOut[i].Message, most)
			}
		}
	}
}

// roughly is the size of the texts that fit can shorten, and of the lists that can be long.
func roughly(s *v1.BGPNodeStatusData) int {
	const session, route = 256, 2048 // bytes of JSON, at least and at most
	size := 0
	for i := range s.Neighbors {
		size += session + len(s.Neighbors[i].Description) + len(s.Neighbors[i].LastError)
	}
	if c := s.Configuration; c != nil {
		for i := range c.LeftOut {
			size += len(c.LeftOut[i].Message)
		}
	}
	if r := s.RIB; r != nil {
		size += route * (len(r.LocalRoutes) + len(r.ReceivedRoutes))
	}
	return size
}

func encoded(s *v1.BGPNodeStatusData) int {
	text, err := json.Marshal(s)
	if err != nil {
		return 0 // the writer gets the error
	}
	return len(text)
}
