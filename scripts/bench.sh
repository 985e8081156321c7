#!/usr/bin/env bash
# The measured promises, built with all optimisation: every `[[bench]]` of the workspace. Among them
# the whole house beside a bare loop of the same rows, and the memory of an idle house.
# bench.sh NAME…: only these.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
only=()
for name in "${@:-*}"; do only+=(--bench "$name"); done
say "Building with all optimisation (the first time takes a quarter of an hour or more)"
cargo bench --workspace "${only[@]}"
