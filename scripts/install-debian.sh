#!/usr/bin/env bash
# install-debian.sh build|test: Debian packages for building, or also for the end-to-end tests.
# Does nothing when the programs are already there.
. "$(dirname "$0")/lib.sh"

need=()
want() { have "$1" || need+=("${@:2}"); }

have cargo || fail "Rust is missing. Install it from https://rustup.rs and try again."
want cc build-essential
want make build-essential
want cmake cmake
want pkg-config pkg-config
# llama.cpp's headers are read by libclang.
want clang clang
compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null || [ -n "${LIBCLANG_PATH:-}" ] || need+=(libclang-dev)
if [ "${1:-build}" = test ]; then
    want chromium chromium
    want chromedriver chromium-driver
    want python3 python3 python3-venv
    if have python3 && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then need+=(python3-venv); fi
fi

[ ${#need[@]} -gt 0 ] || exit 0
have apt-get || fail "these are missing and there is no apt-get here; install them in your system's way: ${need[*]}"
say "Debian packages: ${need[*]}"
as_root apt-get update -qq
as_root apt-get install -y -qq --no-install-recommends "${need[@]}"
