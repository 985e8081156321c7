#!/usr/bin/env bash
# The measured promises, built with all optimisation: every `[[bench]]` of the workspace.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
cargo bench --workspace
