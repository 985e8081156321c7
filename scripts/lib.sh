# Shared by the scripts here: speaking, becoming root, finding folders. Sourced, never run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS="$ROOT/.tools"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
export PATH="$TOOLS/bin:$PATH"
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
fail() { printf '\n!! %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND…: by itself for root, else by sudo without a question.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"
    else fail "this needs root and sudo asks for a password. Run it yourself: $*"
    fi
}

# venv FOLDER PACKAGE…: a Python environment with exactly these packages; quick when it is there.
venv() {
    local folder=$1
    shift
    if [ "$(cat "$folder/.installed" 2>/dev/null)" = "$*" ] && "$folder/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "Python packages into ${folder#"$ROOT"/}: $*"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet ${PIP_WHEELS---only-binary :all:} "$@"
    printf '%s' "$*" >"$folder/.installed"
}
