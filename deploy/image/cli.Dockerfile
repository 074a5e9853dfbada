# syntax=docker/dockerfile:1
# An image with only the command line, for pipelines that preview changes:
#
#   docker build -f deploy/image/cli.Dockerfile .
ARG GO_VERSION=1.26.8

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH=amd64
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
        -ldflags "-s -w -X main.version=$VERSION" -o /out/ ./cmd/k8frr

FROM scratch
# For API servers with certificates of a public authority.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/k8frr /k8frr
COPY LICENSE deploy/release/THIRD_PARTY_LICENSES /usr/share/doc/k8frr/
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="k8frr command line" \
      org.opencontainers.image.description="Previews, validates and inspects BGP configurations of a Kubernetes cluster" \
      org.opencontainers.image.source="https://github.com/k8frr/k8frr" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
USER 65532:65532
ENTRYPOINT ["/k8frr"]
