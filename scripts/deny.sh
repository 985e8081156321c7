#!/usr/bin/env bash
# Licences, sources, bans; known faults where their list can be had.
# The list is a git repository: RustSec's by default, or the one in PASSERELLE_ADVISORY_DB
# (a git address or a folder with a clone).
. "$(dirname "$0")/lib.sh"

cd "$ROOT"
# Doors for crates that aren't linked yet are no fault.
quiet=(-A unused-wrapper -A unnecessary-skip)
cargo-deny --locked check --hide-inclusion-graph "${quiet[@]}" licenses bans sources

list=https://github.com/RustSec/advisory-db
if [ -n "${PASSERELLE_ADVISORY_DB:-}" ]; then
    # git fetches the copy wherever the original is asked for.
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$PASSERELLE_ADVISORY_DB.insteadOf" GIT_CONFIG_VALUE_0="$list"
fi
if ! GIT_TERMINAL_PROMPT=0 timeout 30 git ls-remote --quiet "$list" HEAD >/dev/null 2>&1; then
    [ -z "${PASSERELLE_ADVISORY_DB:-}" ] || fail "no list of known faults at PASSERELLE_ADVISORY_DB=$PASSERELLE_ADVISORY_DB"
    say "SKIPPED: known faults (advisories). $list can't be reached from here."
    echo "   Run 'make check' where it can be reached, or set PASSERELLE_ADVISORY_DB to a copy, before a release."
    exit 0
fi
cargo-deny --locked check --hide-inclusion-graph advisories
