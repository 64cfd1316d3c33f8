# The entry for people and for CI. `make dev` and `make test` set up everything they need.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The repository pins its Node (the npm package `node`), so that every machine runs the same one.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

INSTALLED := node_modules/.mizan-installed
MANIFESTS := package.json package-lock.json $(wildcard */package.json */*/package.json)

.PHONY: help dev test check bench nightly build clean install tools

help: ## Says what there is
	@echo 'make <target>, and every target installs what it needs:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s%s\n", $$1, $$2 }' Makefile

dev: install ## Serves the board, with a database of its own; follows edits
	@node .ci/dev.ts

test: install tools ## Runs every test (ONLY=cores/server for a part)
	@node .ci/test.ts $(ONLY)

check: install ## Types, lint, format and the gates
	@node --conditions=@mizan/source .ci/check.ts

bench: install ## Measures Mizan against the same thing written by hand
	@node .ci/bench.ts $(ONLY)

nightly: install tools ## The tests with many more runs of each property
	@MIZAN_NIGHTLY=1 node .ci/test.ts $(ONLY)

build: install ## Builds every package to its dist/
	@tsc -b

clean: ## Removes what was built or kept between runs, databases included
	@rm -rf .mizan */dist */*/dist */.mizan */*/.mizan */*/.svelte-kit */test-results */*/test-results

install: $(INSTALLED)
	@:

$(INSTALLED): $(MANIFESTS)
	@bash .ci/install
	@touch $@

tools:
	@bash .ci/tools
