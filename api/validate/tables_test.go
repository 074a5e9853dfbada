package validate

import (
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func TestDistinguisher(t *testing.T) {
	for given, shown := range map[string]string{
		"65000:100":        "65000:100",
		"65000:4294967295": "65000:4294967295",
		"0065000:0100":     "65000:100",
		"192.0.2.1:65535":  "192.0.2.1:65535",
		"4200000000:7":     "4200000000:7",
		"1.10:7":           "65546:7",
		"0.10:70000":       "10:70000",
	} {
		if got, err := Distinguisher(given); err != nil || got != shown {
			t.Errorf("%s: %q, %v; want %q", given, got, err, shown)
		}
	}
	for _, wrong := range []string{
		"", ":", "65000", "65000:", ":100", "65000:4294967296", "192.0.2.1:65536", "4200000000:65536", "1.10:65536", "4294967296:1",
		"1.65536:1", "1.2.3:1", "192.0.2.256:1", "2001:db8::1:1", "65000:1:1", "-1:1", "+1:1", "65000:0x1", "65000:1 both", "target:65000:1", "65000:1\n",
	} {
		if got, err := Distinguisher(wrong); err == nil {
			t.Errorf("%q is taken for %s", wrong, got)
		}
	}
}

func TestTables(t *testing.T) {
	valid := func() *v1.BGPConfigurationSpec {
		return &v1.BGPConfigurationSpec{
			Global: v1.Global{ASN: 65000},
			NetlinkExport: &v1.NetlinkExport{Enabled: true, Rules: []v1.NetlinkExportRule{{
				Name: "some", CommunityList: []v1.Community{"65001:100"}, LargeCommunityList: []v1.LargeCommunity{"4294967295:0:1"}, TableID: 100}}},
			VRFs: []v1.VRF{
				{Name: "blue", RD: "65000:1", ImportRT: []string{"65000:1"}, NetlinkExport: &v1.VRFNetlinkExport{LinuxTableID: 300}},
				{Name: "red", NetlinkExport: &v1.VRFNetlinkExport{LinuxVRF: "vrf-red"}},
			},
		}
	}
	if err := Configuration(&v1.BGPConfiguration{Spec: *valid()}); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*v1.BGPConfigurationSpec){
		"spec.netlinkExport.rules[0].communityList[0]":      func(s *v1.BGPConfigurationSpec) { s.NetlinkExport.Rules[0].CommunityList[0] = "65536:1" },
		"spec.netlinkExport.rules[0].largeCommunityList[0]": func(s *v1.BGPConfigurationSpec) { s.NetlinkExport.Rules[0].LargeCommunityList[0] = "1:1:4294967296" },
		"spec.netlinkExport.rules[0].tableId":               func(s *v1.BGPConfigurationSpec) { s.NetlinkExport.Rules[0].TableID = 255 },
		"spec.netlinkExport.rules[0].vrf":                   func(s *v1.BGPConfigurationSpec) { s.NetlinkExport.Rules[0].VRF = "blue\nexit" },
		"spec.vrfs[0].name":                                 func(s *v1.BGPConfigurationSpec) { s.VRFs[0].Name = "a name that is long" },
		"spec.vrfs[1].name":                                 func(s *v1.BGPConfigurationSpec) { s.VRFs[1].Name = "blue" },
		"spec.vrfs[0].rd":                                   func(s *v1.BGPConfigurationSpec) { s.VRFs[0].RD = "65000" },
		"spec.vrfs[0].importRt[0]":                          func(s *v1.BGPConfigurationSpec) { s.VRFs[0].ImportRT[0] = "65000:1 65000:2" },
		"spec.vrfs[0].exportRt[0]":                          func(s *v1.BGPConfigurationSpec) { s.VRFs[0].ExportRT = []string{"x:1"} },
		"spec.vrfs[0].netlinkExport.linuxTableId":           func(s *v1.BGPConfigurationSpec) { s.VRFs[0].NetlinkExport.LinuxTableID = -1 },
		"spec.vrfs[1].netlinkExport.linuxVrf":               func(s *v1.BGPConfigurationSpec) { s.VRFs[1].NetlinkExport.LinuxVRF = "blue" },
		"spec.vrfs[0].netlinkExport.communityList[0]":       func(s *v1.BGPConfigurationSpec) { s.VRFs[0].NetlinkExport.CommunityList = []v1.Community{"no-export"} },
		"spec.vrfs[0].netlinkImport.interfaceList[0]": func(s *v1.BGPConfigurationSpec) {
			s.VRFs[0].NetlinkImport = &v1.VRFNetlinkImport{Enabled: true, InterfaceList: []string{"[a"}}
		},
	} {
		s := valid()
		spoil(s)
		if err := Configuration(&v1.BGPConfiguration{Spec: *s}); err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}
