# boxtop: top for containers, and their runtime in one.
#
#   make run     installs what is missing, builds, starts a demonstration, opens the dashboard
#   make test    installs what is missing, runs all tests
#   make help    everything else

PREFIX  ?= /usr/local
DESTDIR ?=
SUDO    := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BUILD   := .build/release
BOXTOP  := $(BUILD)/boxtop

# Optimized as a whole at the link: a tenth of a start, and each function and datum can be put where it is best (see
# Benchmarks/order). Where a type's tables are needed, the compiler else writes down the type's name, to be parsed and
# looked up at the first use: short code, and a fifth of a launch, with a search through all conformances for each
# condition of a generic type. With the flag it writes the calls themselves, in the parser of arguments too. Functions
# with the same instructions are not merged: what is left of them has no name, or another after each change of the code,
# by which it could be put beside the others.
release := --static-swift-stdlib --disable-local-rpath --experimental-lto-mode=full \
    -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
    -Xswiftc -Xfrontend -Xswiftc -disable-llvm-merge-functions-pass

COMPLETIONS := bash-completion/completions/boxtop zsh/site-functions/_boxtop fish/vendor_completions.d/boxtop.fish

# What the program is built from, and what its tests drive it with: Debian's packages, by command or file.
BUILD_PACKAGES := libncurses-dev libseccomp-dev libarchive-dev libcurl4-openssl-dev libjson-c-dev libssl-dev \
    libnl-route-3-dev libnftables-dev
TEST_PACKAGES  := $(BUILD_PACKAGES) busybox-static tmux util-linux iproute2 nftables skopeo umoci podman docker-registry apache2-utils openssl \
    nginx-light redis-server git python3 strace passt

.PHONY: run demo demo-clean build sweep-benchmark test coverage test-vm test-faults test-sanitizers fuzz lint bench screenshots install uninstall clean help packages test-packages swift

run: build demo ## Build, start the demonstration's containers, open the dashboard
	@$(BOXTOP)

build: packages swift ## Build both programs for release
	@swift build -c release $(release) --product boxtop-runtime
	@swift build -c release $(release) --product boxtop

sweep-benchmark: swift
	@swift build -c release $(release) --product sweep-benchmark

demo: build ## Start a handful of containers with different loads
	@Screenshots/demonstration start $(BOXTOP)

demo-clean: ## Take the demonstration's containers and image away
	@Screenshots/demonstration clean $(BOXTOP)

test: test-packages swift ## Run all tests; those that the host cannot run are skipped, with their reasons and counted
	@.ci/test

coverage: test-packages swift ## Run all tests and say how much of each module they execute; FILTER=REGEX those that match
	@COVERAGE=1 FILTER='$(FILTER)' .ci/test

test-vm: test-packages swift ## Run the host tests on cgroup v2 alone, in a virtual machine
	@FILTER='$(FILTER)' FULL='$(FULL)' OPTIONAL='$(OPTIONAL)' .ci/test-vm

fuzz: test-packages swift ## Give each parser of outside data inputs that a fuzzer makes; TIME=60 seconds in all
	@TIME='$(TIME)' SEED='$(SEED)' KEEP='$(KEEP)' .ci/fuzz

test-faults: test-packages swift ## Ten minutes of random histories with kills, power cuts, a full disk; SEED=N replays
	@build=$$(.ci/build-tests) && BOXTOP_FAULT_SECONDS=$(or $(TIME),600) $(if $(SEED),BOXTOP_FAULT_SEED=$(SEED)) \
		swift test --skip-build --scratch-path "$$build" --filter '^FaultTests'

test-sanitizers: test-packages swift ## Run the unit tests under the address and the thread sanitizer
	@.ci/test-sanitizers

lint: swift ## Check the code's format
	@swift format lint --strict --recursive Package.swift Sources Tests

bench: build ## Measure beside the peers; ONLY=start runs a part, KEEP=1 keeps the run in docs/benchmarks.md
	@KEEP='$(KEEP)' Benchmarks/run $(ONLY)

screenshots: build ## Make the pictures of Screenshots/ from the running program
	@Screenshots/make $(BOXTOP)

install: build ## Install to PREFIX, /usr/local unless given: programs, manual, completions, a systemd unit
	@# Stripped before, not after: what is copied lies in larger pieces of the page cache, and starts a tenth sooner.
	for program in boxtop boxtop-runtime; do \
		strip -o $(BUILD)/$$program.stripped $(BUILD)/$$program && \
		install -D -m 755 $(BUILD)/$$program.stripped $(DESTDIR)$(PREFIX)/bin/$$program || exit; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/lib/systemd/system \
		$(addprefix $(DESTDIR)$(PREFIX)/share/,$(dir $(COMPLETIONS)))
	$(BOXTOP) manual > $(DESTDIR)$(PREFIX)/share/man/man1/boxtop.1
	$(BOXTOP) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/$(word 1,$(COMPLETIONS))
	$(BOXTOP) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/$(word 2,$(COMPLETIONS))
	$(BOXTOP) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/$(word 3,$(COMPLETIONS))
	sed 's|@PREFIX@|$(PREFIX)|' docs/boxtop.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/boxtop.service

uninstall: ## Remove what install has installed; containers and images stay
	rm -f $(DESTDIR)$(PREFIX)/bin/boxtop $(DESTDIR)$(PREFIX)/bin/boxtop-runtime \
		$(DESTDIR)$(PREFIX)/share/man/man1/boxtop.1 $(DESTDIR)$(PREFIX)/lib/systemd/system/boxtop.service \
		$(addprefix $(DESTDIR)$(PREFIX)/share/,$(COMPLETIONS))

clean: ## Remove what was built
	rm -rf .build

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

swift:
	@command -v swift >/dev/null || { echo "make: the Swift toolchain is missing: install Swift 6.2 or newer (swift.org/install) and put it on PATH" >&2; exit 1; }

packages:
	@.ci/packages "$(SUDO)" $(BUILD_PACKAGES)

test-packages:
	@.ci/packages "$(SUDO)" $(TEST_PACKAGES)
