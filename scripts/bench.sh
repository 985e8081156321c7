#!/usr/bin/env bash
# The measured promises, built with all optimisation: every `[[bench]]` of the workspace, turns kept
# beside a bare loop of the same rows, and the memory of an idle house.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
cargo bench --workspace --benches
cargo run --release --package store-sqlite --example turns
cargo build --release --package passerelle

folder=$(mktemp -d)
"${CARGO_TARGET_DIR:-target}/release/passerelle" run --data "$folder/data" --listen 127.0.0.1:0 >"$folder/said" 2>"$folder/log" &
house=$!
trap 'kill "$house" 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
  grep -q "Keep " "$folder/said" && break
  kill -0 "$house" || { cat "$folder/log"; exit 1; }
  sleep 0.1
done
kib=$(awk '/^VmRSS:/ { print $2 }' "/proc/$house/status")
echo "idle memory $((kib / 1024)) MB (goal: at most 60)"
