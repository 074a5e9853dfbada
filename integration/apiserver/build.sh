#!/bin/sh
# Builds kube-apiserver and kubectl from the modules that binaries/go.mod names, and
# prints the directory that holds them. The first run takes minutes; later ones nothing.
set -eu

modules=$(cd "$(dirname "$0")/binaries" && pwd)
cache=${K8FRR_CACHE:-/var/cache/k8frr}/kubernetes

# A changed module graph is another pair of programs: old ones stay usable meanwhile.
version=$(sed -n 's|^\tk8s.io/kubernetes \(v[^ ]*\).*|\1|p' "$modules/go.mod")
sum=$(cat "$0" "$modules/go.mod" "$modules/go.sum" | sha256sum | cut -c1-12)
result=$cache/$version-$sum

if [ ! -d "$result" ]; then
	mkdir -p "$cache"
	exec 9>"$cache/.lock"
	flock 9 # one builder; the others wait here and then find the result
fi

if [ ! -d "$result" ]; then
	echo "building kube-apiserver and kubectl $version into $result; this takes some minutes, once" >&2
	rm -rf "$cache"/.building.* # left by a builder that was killed
	staging=$(mktemp -d "$cache/.building.XXXXXX")
	trap 'rm -rf "$staging"' EXIT

	# The stamps of a release build (hack/lib/version.sh in Kubernetes): without them the
	# server calls itself v0.0.0-master, and version-gated clients misjudge it.
	IFS=. read -r major minor _ <<-VERSION
		${version#v}
	VERSION
	ldflags='-s -w'
	for pkg in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
		ldflags="$ldflags -X $pkg.gitVersion=$version -X $pkg.gitMajor=$major -X $pkg.gitMinor=$minor"
		ldflags="$ldflags -X $pkg.gitCommit= -X $pkg.gitTreeState=clean"
	done
	(cd "$modules" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off \
		go build -trimpath -ldflags "$ldflags" -o "$staging/" \
		k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl 9>&-) >&2
	chmod 755 "$staging"
	mv -T "$staging" "$result" # appears whole or not at all
fi

echo "$result"
