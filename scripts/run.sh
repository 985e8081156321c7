#!/usr/bin/env bash
# Builds and runs one helpline on this machine: data in ./var, desk and practice page on LISTEN.
# LLAMA=no leaves llama.cpp out, where it can't be built.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" build
cd "$ROOT"
what=(--workspace)
if [ "${LLAMA:-yes}" = no ]; then
    what=(--package passerelle --no-default-features --features discord,matrix,telegram)
fi
if [ ! -x "$TARGET/debug/passerelle" ]; then
    say "Building. This first time takes about ten minutes on two cores; later it takes seconds."
    echo "   One part, llama-cpp-sys-2, is C++ and says nothing for some minutes."
else
    say "Building what has changed"
fi
cargo build "${what[@]}" || fail "The build failed; the reason stands above. If it is llama-cpp-sys-2: make run LLAMA=no"
say "Starting; stop with Ctrl-C"
exec "$TARGET/debug/passerelle" run --data "${DATA:-var}" --listen "${LISTEN:-127.0.0.1:8080}" --seed
