#!/usr/bin/env bash
# Builds and runs one helpline on this machine: data in ./var, desk and practice page on LISTEN.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
say "Building (the first time takes some minutes, later seconds)"
cargo build --workspace
say "Starting; stop with Ctrl-C"
exec "$TARGET/debug/passerelle" run --data "${DATA:-var}" --listen "${LISTEN:-127.0.0.1:8080}" --seed
