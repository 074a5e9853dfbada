package render

import (
	"maps"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// lastPassword returns the password that a reference to a Secret gave before, if
// it gives none now that a session can have: a Secret that is deleted, or replaced
// by one that is wrong, ends no session. The last valid value is used until there
// is another or the reference is gone.
func (r *resolver) lastPassword(path, address string, ref *v1.SecretKeyRef) (Secret, bool) {
	now, value, has := valueOf(r.in.Secrets, address, ref)
	if _, unfit := r.in.UnfitSecrets[ref.Name]; unfit || r.in.UnselectedSecrets[ref.Name] || has && isPassword(value) {
		return Secret{}, false
	}
	key, value, ok := valueOf(r.in.LastSecrets, address, ref)
	if !ok || !isPassword(value) {
		return Secret{}, false
	}
	if r.lastSecrets == nil {
		r.lastSecrets = map[string]map[string]Secret{}
	}
	if r.lastSecrets[ref.Name] == nil {
		r.lastSecrets[ref.Name] = map[string]Secret{}
	}
	r.lastSecrets[ref.Name][key] = value
	why := r.noSecret(ref.Name)
	if has {
		why = "key " + now + " of Secret " + ref.Name + " is no password that FRR can have"
	} else if _, exists := r.in.Secrets[ref.Name]; exists {
		why = "Secret " + ref.Name + " has no key " + key
	}
	r.note(path, "SecretKept", "%s; the session runs with the last valid value", why)
	return value, true
}

// valueOf returns the value that a reference selects, without the line feed that a
// Secret made from a file usually ends in, and its key.
func valueOf(secrets map[string]map[string]Secret, address string, ref *v1.SecretKeyRef) (key string, value Secret, ok bool) {
	for _, key := range secretKeys(ref, address) {
		if value, has := secrets[ref.Name][key]; has {
			return key, NewSecret(strings.TrimRight(value.Reveal(), "\r\n")), true
		}
	}
	return "", Secret{}, false
}

func isPassword(value Secret) bool {
	_, err := token.Password(value.Reveal())
	return err == nil
}

// IsPassword reports whether a value of a Secret, less the line feed that one made
// from a file usually ends in, can be the password of a session.
func IsPassword(value Secret) bool {
	return isPassword(NewSecret(strings.TrimRight(value.Reveal(), "\r\n")))
}

// WithLast returns the objects with the values of Secrets that a configuration was
// rendered with although the objects did not have them.
func (o Objects) WithLast(c *Config) Objects {
	if c == nil || len(c.lastSecrets) == 0 {
		return o
	}
	secrets := maps.Clone(o.Secrets)
	if secrets == nil {
		secrets = map[string]map[string]Secret{}
	}
	for name, values := range c.lastSecrets {
		merged := maps.Clone(secrets[name])
		if merged == nil {
			merged = map[string]Secret{}
		}
		maps.Copy(merged, values)
		secrets[name] = merged
	}
	o.Secrets = secrets
	return o
}
