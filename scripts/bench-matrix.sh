#!/usr/bin/env bash
# Passerelle beside opsdroid on a real Synapse, in one run: round trips a second, what was answered, memory.
# Writes the table into the handbook. PASSERELLE_BINARY: a binary that is built already. ROUNDS: 3 by default.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-test-tools.sh"
# Not every part of it is published as a wheel.
PIP_WHEELS='' venv "$TOOLS/opsdroid-venv" "opsdroid[all]==0.31.0" "setuptools<81"
cd "$ROOT"
binary=${PASSERELLE_BINARY:-}
if [ -z "$binary" ]; then
  "$ROOT/scripts/install-debian.sh" build
  cargo build --release --package passerelle
  binary="$TARGET/release/passerelle"
fi

page="$ROOT/docs/src/operators/matrix-bench.md"
new=$(mktemp)
trap 'rm -f "$new"' EXIT
"$TOOLS/synapse-venv/bin/python" tests/scripts/bench_matrix.py --passerelle "$binary" \
  --opsdroid "$TOOLS/opsdroid-venv/bin/python" --rounds "${ROUNDS:-3}" >"$new"
cat "$new"
{
  sed '/^<!-- below: made by make bench-matrix -->$/q' "$page"
  printf '\n%s, %s processor cores, %s GB of memory, everything on this one machine:\n\n' \
    "$(date -u +%Y-%m-%d)" "$(nproc)" "$(awk '/^MemTotal:/ { printf "%.0f", $2 / 1024 / 1024 }' /proc/meminfo)"
  cat "$new"
} >"$new.page"
mv "$new.page" "$page"
