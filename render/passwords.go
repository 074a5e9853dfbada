package render

import (
	"strconv"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// defaultSecretKey is the key of a Secret that has none for the neighbor.
const defaultSecretKey = "password"

// password finds the TCP MD5 password of a session. False means that the
// session must not be configured: one that should have a password must not
// come up without.
func (r *resolver) password(path, address string, s *v1.SessionConfig, direct *v1.SecretKeyRef) (Secret, bool) {
	ref, refPath := secretRef(s, direct), path+".config.authPasswordSecretRef"
	if s.AuthPasswordSecretRef == nil {
		refPath = path + ".authPasswordSecretRef"
	}
	var secret Secret
	switch {
	case ref != nil:
		if last, ok := r.lastPassword(refPath, address, ref); ok {
			return last, true
		}
		var found, ok bool
		if secret, found, ok = r.fromSecret(refPath, address, ref); !found {
			return Secret{}, ok
		}
	case s.AuthPassword != "":
		secret, refPath = NewSecret(s.AuthPassword), path+".config.authPassword"
	default:
		return Secret{}, true
	}
	if _, err := token.Password(secret.Reveal()); err != nil {
		r.leaveOut(refPath, "InvalidPassword", "the password %v; the session is left out", err)
		return Secret{}, false
	}
	return secret, true
}

// fromSecret looks a password up. If it is not found, ok reports whether the
// session may do without.
func (r *resolver) fromSecret(path, address string, ref *v1.SecretKeyRef) (secret Secret, found, ok bool) {
	optional := ref.Optional != nil && *ref.Optional
	missing := func(what string) (Secret, bool, bool) {
		if optional {
			r.note(path, "SecretMissing", "%s, and it is optional: the session has no password", what)
		} else {
			r.leaveOut(path, "SecretMissing", "%s; the session is left out until there is one", what)
		}
		return Secret{}, false, optional
	}
	if kind, unfit := r.in.UnfitSecrets[ref.Name]; unfit {
		return missing("Secret " + ref.Name + " has type " + kind + ", which is not for passwords")
	}
	data, exists := r.in.Secrets[ref.Name]
	if !exists {
		return missing(r.noSecret(ref.Name))
	}
	keys := secretKeys(ref, address)
	for _, key := range keys {
		if value, has := data[key]; has {
			// A Secret made from a file usually ends in a line feed.
			return NewSecret(strings.TrimRight(value.Reveal(), "\r\n")), true, true
		}
	}
	return missing("Secret " + ref.Name + " has no key " + strings.Join(keys, " or "))
}

// noSecret says that there is no Secret with a name that a password may be taken
// from.
func (r *resolver) noSecret(name string) string {
	switch selector := strconv.Quote(r.in.SecretSelector); {
	case r.in.UnselectedSecrets[name]:
		return "Secret " + name + " does not have the labels that the secret selector " + selector + " asks for"
	case r.in.SecretSelector != "":
		return "there is no Secret " + name + " with the labels that the secret selector " + selector + " asks for"
	}
	return "there is no Secret " + name
}

// secretRef returns the reference that a session uses, nil if it has none.
func secretRef(s *v1.SessionConfig, direct *v1.SecretKeyRef) *v1.SecretKeyRef {
	if s.AuthPasswordSecretRef != nil {
		return s.AuthPasswordSecretRef
	}
	return direct
}

// secretKeys returns the keys of a Secret that may hold the password of a
// session, the preferred one first. address is "" for a peer group.
func secretKeys(ref *v1.SecretKeyRef, address string) []string {
	switch {
	case ref.Key != "":
		return []string{ref.Key}
	case address != "":
		return []string{address, defaultSecretKey}
	}
	return []string{defaultSecretKey}
}
