#!/usr/bin/env bash
# A real Matrix server, a Matrix client written by others to play the child, clients written by others
# that try our own test servers, the accessibility checker and a small language model, all under
# .tools/. Does nothing when they are already there.
. "$(dirname "$0")/lib.sh"

"$ROOT/scripts/install-debian.sh" test
mkdir -p "$TOOLS"
venv "$TOOLS/synapse-venv" matrix-synapse==1.163.2 "matrix-nio[e2e]==0.26.0"
venv "$TOOLS/clients-venv" aiogram==3.31.0 discord.py==2.7.1

axe="$TOOLS/axe.min.js"
if [ ! -s "$axe" ]; then
    say "axe-core, the accessibility checker"
    wheel=$(mktemp -d)
    trap 'rm -rf "$wheel"' EXIT
    # The wheel carries axe.min.js; only that file is used.
    "$TOOLS/synapse-venv/bin/pip" download --quiet --no-deps --only-binary :all: \
        --dest "$wheel" axe-playwright-python==0.1.8
    python3 - "$wheel" "$axe" <<'PY'
import glob, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
names = [name for name in wheel.namelist() if name.endswith("axe.min.js")]
if len(names) != 1:
    sys.exit(f"expected one axe.min.js in the wheel, found {names}")
with open(sys.argv[2] + ".part", "wb") as out:
    out.write(wheel.read(names[0]))
PY
    mv "$axe.part" "$axe"
fi

"$ROOT/scripts/install-test-model.sh"
