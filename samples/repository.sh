#!/bin/sh
# Build the sample as a git repository in the new folder $1: branch main is ring/base, branch topic adds ring/head.
# The commits are the same on every machine, whatever its git configuration.
set -eu
samples=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=$1

unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org GIT_AUTHOR_DATE='2026-01-05T09:00:00Z'
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org GIT_COMMITTER_DATE='2026-01-05T09:00:00Z'

snapshot() {
    git -C "$target" rm -r --quiet --ignore-unmatch .
    cp -R "$samples/ring/$1/." "$target"
    git -C "$target" add --all
    git -C "$target" commit --quiet --message "$2"
}

mkdir "$target"
git -C "$target" init --quiet --template=
git -C "$target" symbolic-ref HEAD refs/heads/main
snapshot base 'Ring buffer with a C interface'
git -C "$target" checkout --quiet -b topic
snapshot head 'Faster indexing, and append to a C array'
