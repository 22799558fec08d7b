#!/bin/sh
# Install Cratewarden in .venv and let it review a small pull request: samples/ring/base against samples/ring/head.
set -eu
cd "$(dirname "$0")/.."
. .ci/environment.sh
environment constraints.txt

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
sh samples/repository.sh "$folder/ring"

# An installation that cannot start ends here: Python's own exit status 1 must not pass for the review's.
.venv/bin/cratewarden --version
status=0
.venv/bin/cratewarden review "$folder/ring" --base main --head topic || status=$?
# Exit status 1 says that people have to look: what this pull request deserves.
[ "$status" -eq 1 ] || exit "$status"
