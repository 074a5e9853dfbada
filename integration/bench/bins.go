package main

import "github.com/k8frr/k8frr/integration/figures"

// bins draws rows whose samples are how much there was of something, one span of time after another: a bar for each.
func bins(title string, rows []figures.Row) *drawing {
	const height = 110.0
	d := &drawing{width: whole}
	y := margin + line/2
	d.text(margin, y, rightOf, "title", title)
	for i, r := range rows {
		y += line + 8
		d.text(margin, y, rightOf, "small", r.What+", "+r.Load())
		top := y + line
		most := max(r.Quantile(1), 1)
		left := margin + width(figures.Short(most)) + 8
		d.text(left-8, top, leftOf, "small", figures.Short(most))
		each := (whole - margin - left) / float64(max(len(r.Samples), 1))
		d.line(left, top, whole-margin, top, "grid")
		for at, n := range r.Samples {
			if n > 0 {
				d.bar(left+each*float64(at)+0.5, top+height*(1-n/most), max(each-1, 0.5), height*n/most, class(i%colors))
			}
		}
		y = top + height
		d.line(left, y, whole-margin, y, "grid")
		for second := 0; second*binsPerSecond <= len(r.Samples); second += 5 {
			x := left + each*float64(second*binsPerSecond)
			if x+width("00 s")/2 < whole-margin {
				d.text(x+width("00 s")/2, y+line/2+2, around, "small", figures.Grouped(second)+" s")
			}
		}
		y += line
	}
	d.height = y + margin
	return d
}

// binsPerSecond is how finely time is divided.
const binsPerSecond = 10
