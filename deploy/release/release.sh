#!/usr/bin/env bash
# Builds the files of a release, reproducibly from a commit:
#
#   deploy/release/release.sh VERSION [PART...]
#
#   archives   the command line for each platform, and the agent for Linux without Kubernetes
#   manifests  deploy/standalone as one file, and the kustomize components
#   chart      the Helm chart
#   checksums  SHA256SUMS of all these
#   krew       the manifest of the kubectl plugin, with the archives and their checksums
#   reproduced all of the above again in another directory, compared byte by byte; not part of "all"
#   images     both images for amd64 and arm64, with SBOM and provenance; pushed, therefore not part of "all"
#
# The output directory is dist/ (DIST). PLATFORMS selects platforms; DRY_RUN=1 prints the commands for images.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${DIST:=$PWD/dist}" "${IMAGE:=ghcr.io/k8frr/k8frr}"
: "${PLATFORMS:=linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}"
# Archives and images contain the time of the commit.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
export SOURCE_DATE_EPOCH CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false"

[[ ${1-} =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
version=$1
shift
[ $# -gt 0 ] || set -- archives manifests chart checksums krew
mkdir -p "$DIST"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pack ARCHIVE DIRECTORY packs a directory reproducibly, independent of user and time.
pack() {
	tar -C "$2" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go=rX -cf - . | gzip -9n >"$DIST/$1"
	echo "$DIST/$1"
}

archives() {
	local platform os arch programs program name
	for platform in $PLATFORMS; do
		os=${platform%/*} arch=${platform#*/}
		for programs in k8frr "k8frr-agent k8frr-frr"; do
			[ "$programs" = k8frr ] || [ "$os" = linux ] || continue
			name=${programs%% *}_${version}_${os}_$arch
			mkdir -p "$work/$name"
			for program in $programs; do
				GOOS=$os GOARCH=$arch go build -ldflags "-s -w -X main.version=$version" -o "$work/$name/" "./cmd/$program"
			done
			cp LICENSE deploy/release/THIRD_PARTY_LICENSES "$work/$name/"
			pack "$name.tar.gz" "$work/$name"
		done
	done
}

# released copies deploy and inserts this version.
released() {
	local tree
	tree=$(sed -n 's/^appVersion: //p' deploy/helm/k8frr/Chart.yaml)
	mkdir -p "$work/released"
	cp -R deploy/{crd,rbac,pod,nobgp,purelb,standalone,helm} "$work/released/"
	rm -f "$work/released/crd/crd.go"
	sed -i "s|ghcr.io/k8frr/k8frr:$tree\$|$IMAGE:$version|" "$work/released/pod/containers.yaml"
	sed -i -e "s/^appVersion: .*/appVersion: $version/" -e "s/^version: .*/version: ${version#v}/" "$work/released/helm/k8frr/Chart.yaml"
	sed -i "s|repository: ghcr.io/k8frr/k8frr\$|repository: $IMAGE|" "$work/released/helm/k8frr/values.yaml"
}

manifests() {
	released
	kubectl kustomize "$work/released/standalone" >"$DIST/k8frr-standalone_$version.yaml"
	echo "$DIST/k8frr-standalone_$version.yaml"
	mkdir -p "$work/components/deploy"
	cp -R "$work"/released/{crd,rbac,pod,nobgp,purelb,standalone} "$work/components/deploy/"
	pack "k8frr-kustomize_$version.tar.gz" "$work/components"
}

chart() {
	released
	mkdir -p "$work/chart"
	cp -R "$work/released/helm/k8frr" "$work/chart/"
	pack "k8frr-${version#v}.tgz" "$work/chart"
}

checksums() {
	(cd "$DIST" && find . -maxdepth 1 -type f ! -name SHA256SUMS ! -name k8frr.krew.yaml -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
	echo "$DIST/SHA256SUMS"
}

krew() {
	local platform name sum bin
	{
		sed "s/VERSION/$version/g" deploy/krew/k8frr.yaml
		for platform in $PLATFORMS; do
			name=k8frr_${version}_${platform%/*}_${platform#*/}.tar.gz
			sum=$(sha256sum "$DIST/$name" | cut -d' ' -f1)
			bin=k8frr
			[ "${platform%/*}" != windows ] || bin=k8frr.exe
			printf '  - selector: {matchLabels: {os: %s, arch: %s}}\n    uri: https://github.com/k8frr/k8frr/releases/download/%s/%s\n    sha256: %s\n    bin: %s\n' \
				"${platform%/*}" "${platform#*/}" "$version" "$name" "$sum" "$bin"
		done
	} >"$work/krew.yaml"
	mv "$work/krew.yaml" "$DIST/k8frr.krew.yaml"
	echo "$DIST/k8frr.krew.yaml"
}

reproduced() {
	DIST=$work/again "$0" "$version" >/dev/null
	diff -r "$DIST" "$work/again"
	echo "$DIST is reproduced"
}

images() {
	local run=() revision
	[ -z "${DRY_RUN-}" ] || run=(echo)
	revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
	local part
	for part in "Dockerfile $IMAGE" "cli.Dockerfile $IMAGE-cli"; do
		"${run[@]}" docker buildx build --file "deploy/image/${part%% *}" --platform linux/amd64,linux/arm64 \
			--build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg SOURCE_DATE_EPOCH \
			--sbom=true --provenance=mode=max --output "type=image,name=${part#* }:$version,push=true,rewrite-timestamp=true" .
	done
}

for part; do
	case $part in
	archives | manifests | chart | checksums | krew | reproduced | images) $part ;;
	*) echo "release: there is no part $part" >&2; exit 2 ;;
	esac
done
