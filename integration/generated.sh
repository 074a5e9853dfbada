#!/usr/bin/env bash
# Fails if generated files are not what their sources generate.
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
go tool controller-gen crd paths=./api/v1 output:crd:dir="$fresh"
go tool controller-gen object paths=./api/v1 output:object:dir="$fresh"
for f in "$fresh"/*.yaml; do
	cmp "$f" "deploy/crd/$(basename "$f")" || { echo "run 'make generate'" >&2; exit 1; }
done
cmp "$fresh/zz_generated.deepcopy.go" api/v1/zz_generated.deepcopy.go || { echo "run 'make generate'" >&2; exit 1; }
