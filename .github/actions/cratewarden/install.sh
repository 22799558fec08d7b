#!/usr/bin/env bash
# Install the Cratewarden that this action came with, and nothing that is not pinned, into RUNNER_TEMP.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
target=$RUNNER_TEMP/cratewarden

"${PYTHON:-python3}" -m venv "$target"
"$target/bin/python" -m pip install --quiet --require-hashes --requirement "$source/constraints.txt"
"$target/bin/python" -m pip install --quiet --no-deps --no-build-isolation "$source"
