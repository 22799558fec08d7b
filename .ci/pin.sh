#!/bin/sh
# Rewrite the pinned requirement files from pyproject.toml. Needs uv on PATH. Run it after any change of a dependency.
set -eu
cd "$(dirname "$0")/.."

# No header, origin or index lines: the files name versions and digests, never where to get them. Extras stay, since pip
# takes a package with extras for another one, which would have no pin.
pin() {
    output=$1
    shift
    uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "$output" "$@"
}

pin constraints-dev.txt pyproject.toml --extra server --group dev
pin constraints.txt pyproject.toml --group build --constraint constraints-dev.txt
pin constraints-server.txt pyproject.toml --extra server --group build --constraint constraints-dev.txt
pin constraints-benchmarks.txt --group benchmarks
