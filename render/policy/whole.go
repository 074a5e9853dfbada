package policy

// whole returns the expression, without anchors, that matches the whole of
// those strings of characters in which e is found.
func (w *work) whole(e *expr, of charset) *expr {
	any := w.star(one(of))
	e = w.cat(any, w.cat(e, any))
	e = w.fromBegin(e)
	return w.reverse(w.fromBegin(w.reverse(e)))
}

// fromBegin resolves the anchors opBegin of an expression that starts where
// the text does: what precedes one is empty, or it never matches.
func (w *work) fromBegin(e *expr) *expr {
	if !e.anchored {
		return e
	}
	if !w.expression() {
		return tooBig
	}
	switch e.op {
	case opBegin:
		return empty
	case opAlt:
		return w.alt(w.fromBegin(e.a), w.fromBegin(e.b))
	case opStar:
		return w.alt(empty, w.cat(w.nonEmpty(w.fromBegin(e.a)), w.star(w.pastBegin(e.a))))
	case opCat:
		a := w.fromBegin(e.a)
		if !e.b.anchored {
			return w.cat(a, e.b)
		}
		past := w.cat(w.nonEmpty(a), w.pastBegin(e.b))
		nothing := w.emptyPart(a)
		if nothing == never { // so that only the first part of a long expression is tried as the beginning
			return past
		}
		return w.alt(past, w.cat(nothing, w.fromBegin(e.b)))
	}
	return e
}

// pastBegin is the expression after at least one character.
func (w *work) pastBegin(e *expr) *expr {
	if !e.anchored {
		return e
	}
	if !w.expression() {
		return tooBig
	}
	switch e.op {
	case opBegin:
		return never
	case opAlt:
		return w.alt(w.pastBegin(e.a), w.pastBegin(e.b))
	case opCat:
		return w.cat(w.pastBegin(e.a), w.pastBegin(e.b))
	case opStar:
		return w.star(w.pastBegin(e.a))
	}
	return e
}

// emptyPart is what e, free of opBegin, matches without a character: nothing,
// the empty string, or the empty string at the end of the text.
func (w *work) emptyPart(e *expr) *expr {
	if !w.expression() {
		return never
	}
	switch e.op {
	case opEmpty, opStar:
		return empty
	case opEnd:
		return end
	case opAlt:
		a, b := w.emptyPart(e.a), w.emptyPart(e.b)
		if a == empty || b == empty {
			return empty
		}
		return w.alt(a, b)
	case opCat:
		a, b := w.emptyPart(e.a), w.emptyPart(e.b)
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
func (w *work) nonEmpty(e *expr) *expr {
	if !w.expression() {
		return tooBig
	}
	switch e.op {
	case opChars, opTooBig:
		return e
	case opAlt:
		return w.alt(w.nonEmpty(e.a), w.nonEmpty(e.b))
	case opCat:
		return w.alt(w.cat(w.nonEmpty(e.a), e.b), w.cat(w.emptyPart(e.a), w.nonEmpty(e.b)))
	case opStar:
		return w.cat(w.nonEmpty(e.a), e)
	}
	return never
}

// reverse is the expression for the strings written backwards, for which ends
// are beginnings.
func (w *work) reverse(e *expr) *expr {
	if !w.expression() {
		return tooBig
	}
	switch e.op {
	case opBegin:
		return end
	case opEnd:
		return begin
	case opAlt:
		return w.alt(w.reverse(e.a), w.reverse(e.b))
	case opCat:
		reversed := empty
		for ; e.op == opCat; e = e.b { // a part at a time, as cat copies all of its first argument
			reversed = w.cat(w.reverse(e.a), reversed)
		}
		return w.cat(w.reverse(e), reversed)
	case opStar:
		return w.star(w.reverse(e.a))
	}
	return e
}

// after is what remains to be matched of e, which has no anchors, after a
// text: Brzozowski's derivative.
func (w *work) after(e *expr, text string) *expr {
	for i := range len(text) {
		e = w.derivative(e, chars(text[i:i+1]))
	}
	return e
}

func (w *work) derivative(e *expr, c charset) *expr {
	if !w.expression() {
		return tooBig
	}
	switch e.op {
	case opTooBig:
		return e
	case opChars:
		if e.set&c != 0 {
			return empty
		}
	case opAlt:
		return w.alt(w.derivative(e.a, c), w.derivative(e.b, c))
	case opCat:
		d := w.cat(w.derivative(e.a, c), e.b)
		if w.emptyPart(e.a) == empty {
			d = w.alt(d, w.derivative(e.b, c))
		}
		return d
	case opStar:
		return w.cat(w.derivative(e.a, c), e)
	}
	return never
}
