#!/usr/bin/env bash
# The measured promises, optimised: see tests/benches or tests/src/bin.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
cargo bench --workspace
