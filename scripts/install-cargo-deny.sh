#!/usr/bin/env bash
# cargo-deny into .tools/bin. Compiled with little optimisation: one to two minutes, once.
. "$(dirname "$0")/lib.sh"

version=0.20.2
if have cargo-deny && [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $version" ]; then exit 0; fi
say "cargo-deny $version (compiled once, one to two minutes)"
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
CARGO_TARGET_DIR="$build" CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
    cargo install --quiet --locked --no-default-features --root "$TOOLS" --version "$version" cargo-deny
