#!/usr/bin/env bash
# Writes the generated chapters anew; builds the handbook when mdbook is there.
. "$(dirname "$0")/lib.sh"

cd "$ROOT"
UPDATE_DOCS=1 cargo test --quiet --package config --package flow-script reference
if have mdbook; then
    mdbook build docs
    echo "handbook: docs/book/index.html"
else
    echo "The generated chapters are written. For the web pages: cargo install mdbook, then make docs again."
    echo "The handbook reads as it is: docs/src/SUMMARY.md"
fi
