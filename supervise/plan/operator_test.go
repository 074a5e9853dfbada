package plan

import "testing"

func TestOperator(t *testing.T) {
	got := Operator("frr defaults traditional\nlog syslog\naccess-list MINE seq 5 permit any\n!\nrouter bgp 65000\n bgp router-id 10.0.0.1\nexit\n"+
		"ip route 10.9.9.1/32 kube-lb0 tag 7473 17\nip route 10.7.0.0/16 Null0\nline vty\n exec-timeout 5 0\nexit\n",
		"line vty\n access-class MINE\n!\naccess-list MINE seq 5 permit any\n")
	want := "access-list MINE seq 5 permit any\nip route 10.7.0.0/16 Null0\nline vty\n exec-timeout 5 0\n access-class MINE\n"
	if got != want {
		t.Errorf("the operator's lines are\n%s\nnot\n%s", got, want)
	}
}

func TestTakeBack(t *testing.T) {
	const entered = "access-list MINE seq 5 permit any\nip route 10.7.0.0/16 Null0\nrouter ospf\n ospf router-id 10.0.0.1\n network 10.0.0.0/8 area 0\nexit\n" +
		"interface eth0\n description mine\nexit\n"
	for _, tt := range []struct {
		name, running, wanted, want string
	}{
		{"all is wanted", entered, entered, ""},
		{"nothing runs", "", "", ""},
		{"nothing is wanted", entered, "", "interface eth0 / no description\nno router ospf\nno ip route 10.7.0.0/16 Null0\nno access-list MINE seq 5 permit any\n"},
		{"others' lines stay", "access-list THEIRS seq 5 permit any\nip route 10.8.0.0/16 Null0\nrouter bgp 65000\n", "", ""},
		{"a replaced line is not there", "access-list MINE seq 5 deny any\n", "access-list MINE seq 5 deny any\n", ""},
		{"a line within", entered, "access-list MINE seq 5 permit any\nip route 10.7.0.0/16 Null0\nrouter ospf\n ospf router-id 10.0.0.1\nexit\ninterface eth0\n description mine\n",
			"router ospf / no network 10.0.0.0/8 area 0\n"},
		{"a line by hand keeps its context", "router ospf\n ospf router-id 10.0.0.1\n timers throttle lsa all 100\n", "", "router ospf / no ospf router-id 10.0.0.1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := TakeBack(tt.running, entered, tt.wanted).String(); got != tt.want {
				t.Errorf("the plan is\n%s\nnot\n%s", got, tt.want)
			}
		})
	}
}
