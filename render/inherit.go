package render

import "reflect"

// A peer group's members have what it says and they do not. Every field of a
// Session and of a FamilySession is inherited: this is told from the types, so
// that a field that is added later is not forgotten.

// inherit gives a zero field of a struct the value of another struct of the
// same type. A list is inherited as a whole.
func inherit[T any](s, from *T) {
	inheritValue(reflect.ValueOf(s).Elem(), reflect.ValueOf(from).Elem())
}

func inheritValue(s, from reflect.Value) {
	for i := range s.NumField() {
		switch f := s.Field(i); {
		case f.Type() == reflect.TypeFor[Timers]():
			inheritValue(f, from.Field(i))
		case f.IsZero():
			f.Set(from.Field(i))
		}
	}
}

// unalterable are the settings that a member cannot have otherwise than its
// group: FRR keeps each as several flags, of which the member's only add to
// the group's.
var unalterable = map[string]bool{
	"GracefulRestart": true,
	"SendCommunity":   true,
	"RemovePrivate":   true,
	"AddPaths":        true,
}

// ownOf takes from a member's session what its group says anyway, because FRR
// does not show it. False if the member cannot have its session within the
// group: it lacks something that the group has, and FRR has no way to say so.
func ownOf(session, group Session) (Session, bool) {
	if group.ExtendedNextHop {
		session.ExtendedNextHop = true // a session over IPv4 makes no use of it
	}
	own := session
	if !drop(reflect.ValueOf(&own).Elem(), reflect.ValueOf(session), reflect.ValueOf(group)) {
		return session, false
	}
	own.Timers = session.Timers.less(group.Timers)
	own.Families = nil
	for _, fs := range session.Families {
		mine := fs
		if its, ok := group.Family(fs.Family); ok {
			if !drop(reflect.ValueOf(&mine).Elem(), reflect.ValueOf(fs), reflect.ValueOf(its)) {
				return session, false
			}
		}
		own.Families = append(own.Families, mine)
	}
	return own, true
}

// drop zeroes the fields of own that are equal in a session and its group.
func drop(own, session, group reflect.Value) bool {
	for i := range own.NumField() {
		name, s, g := own.Type().Field(i).Name, session.Field(i), group.Field(i)
		if name == "Timers" || name == "Families" || name == "Family" || g.IsZero() {
			continue
		}
		switch {
		case reflect.DeepEqual(s.Interface(), g.Interface()):
			own.Field(i).SetZero()
		case s.IsZero() || unalterable[name]:
			return false
		}
	}
	return true
}

// less drops the timers that are the group's, hold time and keepalive interval
// together.
func (t Timers) less(group Timers) Timers {
	same := func(a, b *uint32) bool { return a != nil && b != nil && *a == *b }
	if same(t.Hold, group.Hold) && same(t.Keepalive, group.Keepalive) {
		t.Hold, t.Keepalive = nil, nil
	}
	if same(t.ConnectRetry, group.ConnectRetry) {
		t.ConnectRetry = nil
	}
	if same(t.MRAI, group.MRAI) {
		t.MRAI = nil
	}
	return t
}
