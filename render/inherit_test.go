package render

import (
	"reflect"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// fill gives every field of a struct, at any depth, a value that is not zero.
func fill(v reflect.Value, with int64) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), with)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Secret]() {
			v.Set(reflect.ValueOf(NewSecret(string(rune('a' + with)))))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), with)
		}
	case reflect.Slice:
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(string(rune('a' + with)))
	default:
		if v.CanInt() {
			v.SetInt(with)
		} else {
			v.SetUint(uint64(with))
		}
	}
}

func filled[T any](with int64) T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), with)
	return v
}

func fullSession(with int64) Session {
	s, fs := filled[Session](with), filled[FamilySession](with)
	fs.Family = v1.IPv4Unicast
	s.Families = []FamilySession{fs}
	return s
}

// Whatever a group says and a member does not, the member has.
func TestEveryFieldIsInherited(t *testing.T) {
	group := filled[Session](1)
	var member Session
	inherit(&member, &group)
	if !reflect.DeepEqual(member, group) {
		t.Errorf("inherited %+v of %+v", member, group)
	}
	everywhere := filled[FamilySession](1)
	var own FamilySession
	inherit(&own, &everywhere)
	if own != everywhere {
		t.Errorf("inherited %+v of %+v", own, everywhere)
	}
}

// What a member says itself stays.
func TestNoFieldIsOverwritten(t *testing.T) {
	group, member := filled[Session](1), filled[Session](2)
	before := filled[Session](2)
	inherit(&member, &group)
	if !reflect.DeepEqual(member, before) {
		t.Errorf("%+v became %+v", before, member)
	}
}

// shownAlike is what FRR shows of a member that is as its group.
func shownAlike() Session {
	return Session{Families: []FamilySession{{Family: v1.IPv4Unicast}}}
}

// A member that is as its group shows nothing of its own.
func TestMemberLikeItsGroup(t *testing.T) {
	own, fits := ownOf(fullSession(1), fullSession(1))
	want := shownAlike()
	if !fits || !reflect.DeepEqual(own, want) {
		t.Errorf("shown %+v, fits %v", own, fits)
	}
}

// Each field alone: a member that differs says so or leaves the group, and one
// that lacks what its group has leaves it.
func TestMemberUnlikeItsGroup(t *testing.T) {
	each := func(fields reflect.Type, inFamily bool) {
		for i := range fields.NumField() {
			field := fields.Field(i).Name
			if field == "Families" || field == "Family" || field == "Timers" || fields.Field(i).Type.Kind() == reflect.Bool {
				continue
			}
			other := fullSession(1)
			value := reflect.New(fields.Field(i).Type).Elem()
			fill(value, 2)
			if value.Type() == reflect.TypeFor[AddPaths]() {
				value.Field(0).SetZero() // nothing but switches, of which one is off
			}
			set := func(s *Session, v reflect.Value) {
				target := reflect.ValueOf(s).Elem()
				if inFamily {
					target = reflect.ValueOf(&s.Families[0]).Elem()
				}
				target.Field(i).Set(v)
			}
			set(&other, value)
			own, fits := ownOf(other, fullSession(1))
			if fits == unalterable[field] {
				t.Errorf("%s differs: fits is %v", field, fits)
			}
			if fits {
				want := shownAlike()
				set(&want, value)
				if !reflect.DeepEqual(own, want) {
					t.Errorf("%s differs: shown %+v, want %+v", field, own, want)
				}
			}
			set(&other, reflect.Zero(fields.Field(i).Type))
			if _, fits := ownOf(other, fullSession(1)); fits {
				t.Errorf("%s is lacking, and still the member is one", field)
			}
		}
	}
	each(reflect.TypeFor[Session](), false)
	each(reflect.TypeFor[FamilySession](), true)
}

// A switch that the group has on cannot be off at a member.
func TestMemberWithoutASwitchOfItsGroup(t *testing.T) {
	for _, off := range []func(*Session){
		func(s *Session) { s.Passive = false },
		func(s *Session) { s.SoftwareVersion = false },
		func(s *Session) { s.Families[0].ReplacePeerASN = false },
		func(s *Session) { s.Families[0].RouteReflectorClient = false },
	} {
		member := fullSession(1)
		off(&member)
		if _, fits := ownOf(member, fullSession(1)); fits {
			t.Errorf("%+v is a member of a group that has all", member)
		}
	}
}

// Hold time and keepalive interval are one command.
func TestTimersAreShownInPairs(t *testing.T) {
	member := fullSession(1)
	member.Timers.Hold = new(uint32(9))
	own, _ := ownOf(member, fullSession(1))
	if own.Timers.Hold == nil || own.Timers.Keepalive == nil || own.Timers.ConnectRetry != nil || own.Timers.MRAI != nil {
		t.Errorf("shown %+v", own.Timers)
	}
}
