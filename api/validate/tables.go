package validate

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// tables are VRFs, and what is imported from and exported to the kernel.
func tables(p *field.Path, spec *v1.BGPConfigurationSpec) field.ErrorList {
	var errs field.ErrorList
	if imp := spec.NetlinkImport; imp != nil {
		errs = append(errs, patterns(p.Child("netlinkImport", "interfaceList"), imp.InterfaceList)...)
	}
	if exp := spec.NetlinkExport; exp != nil {
		for i := range exp.Rules {
			rule, p := &exp.Rules[i], p.Child("netlinkExport", "rules").Index(i)
			errs = append(errs, selection(p, rule.CommunityList, rule.LargeCommunityList)...)
			errs = append(errs, table(p.Child("tableId"), rule.TableID)...)
			errs = append(errs, device(p.Child("vrf"), rule.VRF)...)
		}
	}
	names, devices := map[string]bool{}, map[string]bool{}
	for i := range spec.VRFs {
		v, p := &spec.VRFs[i], p.Child("vrfs").Index(i)
		errs = append(errs, vrf(p, v)...)
		name := v.Name
		if v.NetlinkExport != nil && v.NetlinkExport.LinuxVRF != "" {
			name = v.NetlinkExport.LinuxVRF
		}
		switch {
		case names[v.Name]:
			errs = append(errs, field.Duplicate(p.Child("name"), v.Name))
		case devices[name]:
			errs = append(errs, field.Invalid(p.Child("netlinkExport", "linuxVrf"), name, "is the device of another VRF already"))
		}
		names[v.Name], devices[name] = true, true
	}
	return errs
}

func vrf(p *field.Path, v *v1.VRF) field.ErrorList {
	errs := device(p.Child("name"), v.Name)
	if v.Name == "" {
		errs = append(errs, field.Required(p.Child("name"), "the name of the VRF"))
	}
	if v.RD != "" {
		if _, err := Distinguisher(v.RD); err != nil {
			errs = append(errs, field.Invalid(p.Child("rd"), v.RD, err.Error()))
		}
	}
	for _, list := range []struct {
		name    string
		targets []string
	}{{"importRt", v.ImportRT}, {"exportRt", v.ExportRT}} {
		for i, target := range list.targets {
			if _, err := Distinguisher(target); err != nil {
				errs = append(errs, field.Invalid(p.Child(list.name).Index(i), target, err.Error()))
			}
		}
	}
	if imp := v.NetlinkImport; imp != nil {
		errs = append(errs, patterns(p.Child("netlinkImport", "interfaceList"), imp.InterfaceList)...)
	}
	if exp := v.NetlinkExport; exp != nil {
		p := p.Child("netlinkExport")
		errs = append(errs, selection(p, exp.CommunityList, exp.LargeCommunityList)...)
		errs = append(errs, table(p.Child("linuxTableId"), exp.LinuxTableID)...)
		errs = append(errs, device(p.Child("linuxVrf"), exp.LinuxVRF)...)
	}
	return errs
}

// device is the name of a VRF device, or empty. FRR's VRFs are those of the
// kernel.
func device(p *field.Path, name string) field.ErrorList {
	if name == "" {
		return nil
	}
	if _, err := token.VRF(name); err != nil {
		return field.ErrorList{field.Invalid(p, name, err.Error())}
	}
	return nil
}

// table is the number of a routing table of the kernel; 0 is for none stated.
func table(p *field.Path, id int32) field.ErrorList {
	const local = 255 // RT_TABLE_LOCAL
	switch {
	case id < 0:
		return field.ErrorList{field.Invalid(p, id, "must be the number of a routing table")}
	case id == local:
		return field.ErrorList{field.Invalid(p, id, "is the table of the kernel's local addresses")}
	}
	return nil
}

// selection are the communities of which a route must have any.
func selection(p *field.Path, communities []v1.Community, large []v1.LargeCommunity) field.ErrorList {
	var errs field.ErrorList
	for i, c := range communities {
		if !fits(string(c), 2, 16) {
			errs = append(errs, field.Invalid(p.Child("communityList").Index(i), string(c), "must be AS:VALUE with both at most 65535 (RFC 1997); longer ones are large communities"))
		}
	}
	for i, c := range large {
		if !fits(string(c), 3, 32) {
			errs = append(errs, field.Invalid(p.Child("largeCommunityList").Index(i), string(c), "must be three numbers of at most 4294967295 (RFC 8092)"))
		}
	}
	return errs
}

// fits reports whether s is so many numbers of so many bits, with colons between.
func fits(s string, numbers, bits int) bool {
	parts := strings.Split(s, ":")
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, bits); err != nil {
			return false
		}
	}
	return len(parts) == numbers
}

// Distinguisher reads a route distinguisher or a route target, in any of the
// three encodings of RFC 4364 section 4.2, and returns it as FRR shows it:
// 65000:100, 192.0.2.1:100, 4200000000:100.
func Distinguisher(s string) (string, error) {
	head, number, _ := strings.Cut(s, ":")
	who, bits := "", 16
	if addr, err := netip.ParseAddr(head); err == nil && addr.Is4() {
		who = addr.String()
	} else if asn, ok := parseASN(head); ok {
		who = strconv.FormatUint(asn, 10)
		if asn <= math.MaxUint16 {
			bits = 32
		}
	}
	n, err := strconv.ParseUint(number, 10, bits)
	if who == "" || err != nil {
		return "", errors.New("must be AS:NUMBER or IPV4:NUMBER, such as 65000:100, 192.0.2.1:100 or 4200000000:100; beside an address or an AS number of more than 65535 the number is at most 65535 (RFC 4364)")
	}
	return who + ":" + strconv.FormatUint(n, 10), nil
}

// parseASN reads both spellings of RFC 5396: asplain and asdot.
func parseASN(s string) (uint64, bool) {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		n, err := strconv.ParseUint(s, 10, 32)
		return n, err == nil
	}
	h, err1 := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	return h<<16 | l, err1 == nil && err2 == nil
}
