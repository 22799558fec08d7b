#!/bin/sh
# Check everything that a change has to pass: layout, lint, types, the import contracts and the tests.
set -eu
cd "$(dirname "$0")/.."
. .ci/environment.sh
environment constraints-dev.txt
webhook_examples
PATH=$PWD/.venv/bin:$PATH
export PATH

ruff format --check --quiet
ruff check --quiet
mypy
lint-imports
# Last, so that its closing line is the last line. Many tests wait for processes and servers, so a few more workers than
# cores pay off; a module stays in one worker. `sh tests/run.sh --cov` measures coverage too, which doubles the time.
exec pytest --numprocesses 3 --dist loadscope "$@"
