package main

import "math"

// axis turns figures into places on a line.
type axis struct {
	from, to   float64 // of the figures
	left, room float64 // of the line
	log        bool
}

// newAxis covers all figures: from 0, or by powers of ten if they are too far apart for that.
func newAxis(least, most float64, left, room float64) axis {
	if least > 0 && most > 20*least {
		a := axis{math.Pow(10, math.Floor(math.Log10(least))), most, left, room, true}
		if 5*a.from <= least {
			a.from *= 5
		} else if 2*a.from <= least {
			a.from *= 2
		}
		return a
	}
	return axis{0, max(most, 1e-9), left, room, false}
}

func (a axis) at(f float64) float64 {
	if a.log {
		return a.left + a.room*math.Log(max(f, a.from)/a.from)/math.Log(a.to/a.from)
	}
	return a.left + a.room*f/a.to
}

// ticks are round figures, far enough apart for their names.
func (a axis) ticks() []float64 {
	const apart = 56
	var all []float64
	keep := func(f float64) {
		if f >= a.from*0.9999 && f <= a.to*1.0001 && (len(all) == 0 || a.at(f)-a.at(all[len(all)-1]) >= apart) {
			all = append(all, f)
		}
	}
	if a.log {
		parts := []float64{1}
		if a.to/a.from < 1000 {
			parts = []float64{1, 2, 5}
		}
		for decade := math.Pow(10, math.Floor(math.Log10(a.from)+1e-9)); decade <= a.to; decade *= 10 {
			for _, part := range parts {
				keep(decade * part)
			}
		}
		return all
	}
	step := math.Pow(10, math.Floor(math.Log10(a.to)))
	for _, part := range []float64{0.1, 0.2, 0.25, 0.5, 1} {
		if a.room*step*part/a.to >= apart {
			step *= part
			break
		}
	}
	for i := 0.0; i*step <= a.to*1.0001; i++ {
		keep(i * step)
	}
	return all
}
