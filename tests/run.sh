#!/bin/sh
# Check everything that a change has to pass: layout, lint, types, the import contracts, the tests and their coverage.
set -eu
cd "$(dirname "$0")/.."
. .ci/environment.sh
environment constraints-dev.txt
PATH=$PWD/.venv/bin:$PATH
export PATH

ruff format --check --quiet
ruff check --quiet
mypy
lint-imports
# Last, so that its closing line is the last line.
exec pytest --cov --cov-report=term
