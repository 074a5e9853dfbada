package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/api/manifest"
)

// slips are what somebody may write in the place of a password, without quotes or where something else should be.
var slips = []string{
	"*hunter2", "&hunter2", "!hunter2 x", "!!int hunter2", "!!binary hunter2~", "!!float hunter2", "!!timestamp hunter2", "%hunter2", "@hunter2",
	"`hunter2", "[hunter2", "[hunter2]", "{hunter2", "hunter2: x", "hunter2: [", `"hunter2\q"`, `"hunter2`, "'hunter2", "|hunter2", ">hunter2", "- hunter2",
	"? hunter2", "\thunter2", "hunter2\n hunter2: x", "hunter2\n- x", "hunter2\nhunter2", "<<: hunter2", "hunter2\x01", "hunter2\xff", "12hunter2", "!<hunter2> x", "*hunter2 : x",
	"{hunter2}", "{{hunter2}}", "[x, {hunter2: 1}]", "{hunter2: 1, hunter2: 2}", "{a: {hunter2: {b: 1}}}", "[[hunter2]]", "{? [hunter2] : 1}",
}

// A password that is not written as YAML asks, or stands where something else should, is not repeated in what is said of it.
func TestNoSlipIsRepeated(t *testing.T) {
	objects := map[string]string{
		"password of a Secret":   "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: purelb-system}\nstringData:\n  password: %s\n",
		"data of a Secret":       "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: purelb-system}\ndata:\n  password: %s\n",
		"whole data of a Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: purelb-system}\nstringData: %s\n",
		"password of a neighbor": "apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec:\n  global: {asn: 1}\n  neighbors:\n  - config:\n      neighborAddress: 10.1.0.1\n      peerAsn: 2\n      authPassword: %s\n",
	}
	objects["no space after the colon"] = strings.Replace(objects["password of a neighbor"], "authPassword: %s", "authPassword:%s: x", 1)
	for where, object := range objects {
		for _, slip := range slips {
			_, err := manifest.Read(strings.NewReader(fmt.Sprintf(object, slip)), "file.yaml")
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %q: %v", where, slip, err)
			}
		}
	}
}
