package policy

// whole returns the expression, without anchors, that matches the whole of
// those strings of characters in which e is found.
func whole(e *expr, of charset) *expr {
	any := star(one(of))
	e = cat(any, cat(e, any))
	e = fromBegin(e)
	return reverse(fromBegin(reverse(e)))
}

// fromBegin resolves the anchors opBegin of an expression that starts where
// the text does: what precedes one is empty, or it never matches.
func fromBegin(e *expr) *expr {
	if !anchored(e) {
		return e
	}
	switch e.op {
	case opBegin:
		return empty
	case opAlt:
		return alt(fromBegin(e.a), fromBegin(e.b))
	case opStar:
		return alt(empty, cat(nonEmpty(fromBegin(e.a)), star(pastBegin(e.a))))
	case opCat:
		a := fromBegin(e.a)
		if !anchored(e.b) {
			return cat(a, e.b)
		}
		return alt(cat(nonEmpty(a), pastBegin(e.b)), cat(emptyPart(a), fromBegin(e.b)))
	}
	return e
}

// pastBegin is the expression after at least one character.
func pastBegin(e *expr) *expr {
	switch e.op {
	case opBegin:
		return never
	case opAlt:
		return alt(pastBegin(e.a), pastBegin(e.b))
	case opCat:
		return cat(pastBegin(e.a), pastBegin(e.b))
	case opStar:
		return star(pastBegin(e.a))
	}
	return e
}

// anchored says whether there is an opBegin in e.
func anchored(e *expr) bool {
	switch e.op {
	case opBegin:
		return true
	case opAlt, opCat:
		return anchored(e.a) || anchored(e.b)
	case opStar:
		return anchored(e.a)
	}
	return false
}

// emptyPart is what e, free of opBegin, matches without a character: nothing,
// the empty string, or the empty string at the end of the text.
func emptyPart(e *expr) *expr {
	switch e.op {
	case opEmpty, opStar:
		return empty
	case opEnd:
		return end
	case opAlt:
		a, b := emptyPart(e.a), emptyPart(e.b)
		if a == empty || b == empty {
			return empty
		}
		return alt(a, b)
	case opCat:
		a, b := emptyPart(e.a), emptyPart(e.b)
		switch {
		case a == never || b == never:
			return never
		case a == empty:
			return b
		}
		return a
	}
	return never
}

// nonEmpty is what e, free of opBegin, matches with at least one character.
func nonEmpty(e *expr) *expr {
	switch e.op {
	case opChars, opTooBig:
		return e
	case opAlt:
		return alt(nonEmpty(e.a), nonEmpty(e.b))
	case opCat:
		return alt(cat(nonEmpty(e.a), e.b), cat(emptyPart(e.a), nonEmpty(e.b)))
	case opStar:
		return cat(nonEmpty(e.a), e)
	}
	return never
}

// reverse is the expression for the strings written backwards, for which ends
// are beginnings.
func reverse(e *expr) *expr {
	switch e.op {
	case opBegin:
		return end
	case opEnd:
		return begin
	case opAlt:
		return alt(reverse(e.a), reverse(e.b))
	case opCat:
		return cat(reverse(e.b), reverse(e.a))
	case opStar:
		return star(reverse(e.a))
	}
	return e
}

// after is what remains to be matched of e, which has no anchors, after a
// text: Brzozowski's derivative.
func after(e *expr, text string) *expr {
	for i := range len(text) {
		e = derivative(e, chars(text[i:i+1]))
	}
	return e
}

func derivative(e *expr, c charset) *expr {
	switch e.op {
	case opTooBig:
		return e
	case opChars:
		if e.set&c != 0 {
			return empty
		}
	case opAlt:
		return alt(derivative(e.a, c), derivative(e.b, c))
	case opCat:
		d := cat(derivative(e.a, c), e.b)
		if emptyPart(e.a) == empty {
			d = alt(d, derivative(e.b, c))
		}
		return d
	case opStar:
		return cat(derivative(e.a, c), e)
	}
	return never
}
