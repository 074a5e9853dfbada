# k8frr. `make` lists what can be made.

GO      ?= go
CACHE   ?= /var/cache/k8frr
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

export K8FRR_CACHE := $(CACHE)
export CGO_ENABLED ?= 0

LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build k8frr, k8frr-agent and k8frr-frr into bin/
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/k8frr ./cmd/k8frr-agent ./cmd/k8frr-frr

IMAGE ?= ghcr.io/k8frr/k8frr

.PHONY: image
image: ## Build the image for amd64 and arm64, with SBOM and provenance (docker buildx)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) docker buildx build -f deploy/image/Dockerfile --platform linux/amd64,linux/arm64 \
		--sbom=true --provenance=mode=max --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) \
		--output type=image,name=$(IMAGE):$(VERSION),rewrite-timestamp=true .

.PHONY: release
release: ## Build archives, manifests, chart and checksums of VERSION (kubectl)
	deploy/release/release.sh $(VERSION)

.PHONY: demo
demo: build ## Run the demo: two nodes, a router, a client, real FRR (root)
	integration/setup.sh frr84 upstreams
	$(GO) build -trimpath -o bin/ ./integration/demo
	bin/demo

.PHONY: demo-shell
demo-shell: build ## Run the demo and open a shell in it (root)
	integration/setup.sh frr84 upstreams
	$(GO) build -trimpath -o bin/ ./integration/demo
	bin/demo --shell

# What takes longest is begun first, so that nothing has to wait for it alone.
LONGEST := ./integration/vrf ./integration/agent ./integration/plan ./integration/transitions ./integration/faults

# What `check` has vetted is not vetted again, and nobody debugs these programs: a third of the time to link them.
BRISK := -vet=off -ldflags=-w

# In the emulated machine all takes twenty times as long. Import and export of VRFs are tried in it by every run, these
# tests and these packages by `make test-vrf` and `make test-clock`.
EMULATED := '^(TestVPN|TestImportOfTheSpeaker|TestOracleInVRF)$$'
APART    := -e /integration/vm -e /integration/clock

# Passes tests, and fails if a package runs none.
GATE := $(GO) run ./integration/gate

# The packages that every run also tests on FRR 10.7; `make test-versions` runs all of them on it.
NEWEST := ./integration/status ./integration/metrics ./integration/hostile ./integration/gobgp

.PHONY: test
test: deps check ## Run every test (root; installs its requirements)
	integration/setup.sh frr107
	$(GATE) -- $(BRISK) -count=1 -timeout 20m -skip=$(EMULATED) $(LONGEST) $$($(GO) list ./... | grep -v $(APART)) # Go would not see that the agent or FRR has changed
	K8FRR_FRR=10.7 $(GATE) -- $(BRISK) -count=1 -timeout 20m $(NEWEST)

RUNS   ?= 10
SUITES ?= $$($(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./integration/... | grep -v $(APART))

.PHONY: test-repeat
test-repeat: ## Run each suite of make test RUNS=10 times and count the passes (root; hours; SUITES=./integration/agent for one)
	integration/setup.sh
	integration/apiserver/build.sh >/dev/null
	$(GATE) -runs $(RUNS) -- $(BRISK) -count=1 -timeout=30m -skip=$(EMULATED) $(SUITES)

.PHONY: test-unit
test-unit: ## Run the tests that need neither root, FRR nor a cluster (a minute)
	$(GO) test -short ./...

FRR_VERSIONS ?= 8.4,10.3,10.7

.PHONY: test-versions
test-versions: deps ## Run the tests on every packaged FRR, including 10.7 of Debian testing (FRR_VERSIONS=8.4,10.3,10.7; root; an hour)
	integration/setup.sh frr107
	K8FRR_FRR=$(FRR_VERSIONS) $(GO) test $(BRISK) -count=1 -timeout 60m -skip $(EMULATED) $(LONGEST) ./integration/...

.PHONY: test-pod
test-pod: ## Test the pod on every version of FRR, and its image (root; minutes)
	integration/setup.sh
	$(GO) test ./integration/pod -timeout 30m -every-version

.PHONY: test-screens
test-screens: ## Test k8frr watch with 500 nodes (root)
	integration/setup.sh etcd
	$(GO) test ./integration/screens -timeout 30m -nodes 500

.PHONY: test-vrf
test-vrf: ## Test VRFs on every version of FRR, in an emulated machine (root)
	integration/setup.sh
	$(GO) test -timeout 30m ./integration/vm -whole
	$(GO) test -timeout 30m ./integration/vm/devices
	$(GO) test -timeout 30m ./integration/vrf -every-version
	$(GO) test -timeout 30m ./integration/announce -run '^TestOracleInVRF$$' -vrf-stories 2

.PHONY: test-transitions
test-transitions: ## Test 5,000 random changes per version of FRR, each beside frr-reload.py, then chains of 50, and every effect (root; hours)
	integration/setup.sh frr84 frr103
	$(GO) test ./integration/transitions ./integration/preview -timeout 2h -whole
	$(GO) test ./integration/plan -run TestTransitions -timeout 48h -pairs 5000 -oracle 5000
	$(GO) test ./integration/plan -run TestChain -timeout 12h -chains 20 -steps 50

.PHONY: test-policies
test-policies: ## Compare 1,000 more random policies with GoBGP, on every version of FRR (root; minutes)
	integration/setup.sh frr84 frr103 upstreams
	$(GO) test ./integration/policy -run TestRandomPolicies -timeout 2h -policies 1000 -seed $$(date +%s)000

.PHONY: test-announce
test-announce: ## Change addresses, foreign routes and operators' routes at random: 20 runs of 60 steps per version (root; an hour)
	integration/setup.sh frr84 frr103
	$(GO) test ./integration/announce -timeout 12h -stories 20 -steps 60 -configurations 100 -seed $$(date +%s)

.PHONY: test-refusals
test-refusals: ## Have FRR and the machine refuse parts of 100 random objects on every version of FRR, by a seed of the time (root; an hour)
	integration/setup.sh frr84 frr103
	$(GO) test ./integration/agent -run 'TestRandomRefusals|TestRefusedInPart' -timeout 12h -random-refusals 100 -random-refusals-seed $$(date +%s) -refused-cases 100 -refused-seed $$(date +%s)

.PHONY: test-faults
test-faults: ## Inject a fault at every step of a plan, on every version of FRR (root; hours)
	integration/setup.sh frr84 frr103
	$(GO) test ./integration/faults -timeout 12h -every 1

STORY ?= 10m

.PHONY: chaos
chaos: ## Inject random faults into nodes, then into the control plane (root; STORY=10m each, with a seed from the time)
	integration/setup.sh frr84 frr103 upstreams etcd
	$(GO) test ./integration/chaos -v -timeout 48h -for $(STORY) -longest 5s -seed $$(date +%s)
	$(GO) test ./integration/controlplane -v -timeout 48h -for $(STORY) -seed $$(date +%s)

.PHONY: test-clock
test-clock: ## Test clock jumps in an emulated machine (root; minutes)
	integration/setup.sh
	$(GO) test ./integration/clock -timeout 30m

.PHONY: test-race
test-race: ## Run the unit tests and the agent tests with the race detector (root, gcc; an hour)
	integration/setup.sh frr84 frr103 upstreams etcd
	CGO_ENABLED=1 $(GO) test -race -timeout 90m $$($(GO) list ./... | grep -v /integration)
	K8FRR_RACE=1 $(GO) test -p 1 -timeout 90m ./integration/secrets ./integration/agent ./integration/incluster ./integration/chaos ./integration/faults

.PHONY: check
check: ## Run vet and staticcheck; check formatting, generated files and other platforms
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	GOOS=windows $(GO) list -deps ./cmd/k8frr >/dev/null # every package is there for it; a release builds them all
	@integration/generated.sh

LINTER := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: lint
lint: ## Lint with golangci-lint, which is built first (minutes)
	$(GO) run $(LINTER) run ./...

.PHONY: generate
generate: ## Generate deepcopy functions and CRDs from api/v1, and the chart's copies of files in deploy
	$(GO) tool controller-gen object paths=./api/v1
	$(GO) tool controller-gen crd paths=./api/v1 output:crd:dir=deploy/crd
	$(GO) test ./integration/deploy -run Chart -update

.PHONY: bench
bench: ## Run all benchmarks and write a report to bench/ (root; an hour and a half)
	integration/setup.sh frr84 frr103 etcd
	$(GO) run ./integration/bench

.PHONY: bench-latency
bench-latency: build ## Measure the time until changes reach the router, beside FRR alone and frr-reload.py (root)
	integration/setup.sh frr84 frr103
	$(GO) run ./integration/latency -agent $(CURDIR)/bin/k8frr-agent

.PHONY: bench-apply
bench-apply: ## Measure the time to apply a configuration, beside frr-reload.py (root; half an hour)
	integration/setup.sh frr84 frr103
	$(GO) run ./integration/applying

.PHONY: bench-preview
bench-preview: build ## Measure render, diff and validate for 500, 1,000 and 5,000 nodes
	$(GO) run ./integration/preview -k8frr $(CURDIR)/bin/k8frr

.PHONY: bench-scrape
bench-scrape: ## Measure the cost of status queries in bgpd with 1,000,000 routes (root; minutes)
	integration/setup.sh frr84 frr103
	$(GO) run ./integration/scraping

.PHONY: bench-cluster
bench-cluster: ## Measure the requests of 1,000 agents to a real kube-apiserver (root; minutes)
	integration/setup.sh etcd
	$(GO) run ./integration/fleet

FUZZTIME ?= 10m

.PHONY: fuzz
fuzz: ## Fuzz the input from users, clusters and kernels (FUZZTIME=10m for each target)
	$(GO) test ./render -run TestOddStrings -timeout 24h -executions 1000000
	@git grep -o 'func Fuzz[A-Za-z]*' -- '*_test.go' | sed 's|/[^/]*:func | |' | while read -r dir target; do \
		echo "== $$dir $$target"; \
		$(GO) test ./$$dir -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x </dev/null || exit 1; \
	done

.PHONY: deps
deps: ## Install FRR 8.4 and 10.3, BIRD, GoBGP, etcd, kube-apiserver, QEMU and a kernel (root)
	@integration/apiserver/build.sh >/dev/null & building=$$!; integration/setup.sh && wait $$building
