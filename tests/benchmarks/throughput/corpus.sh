#!/bin/sh
# Unpack the corpus into the new folder $1: the Debian packages of packages.txt and Rust's own sources, as apt knows
# them on this machine. Nothing is installed and no package's script runs. Needs Debian or Ubuntu, and 1 GB of room.
set -eu
list=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/packages.txt
mkdir "$1"
cd "$1"
mkdir packages sources

known=$(sort "$list" >packages/wanted; apt-cache pkgnames | sort | comm -12 packages/wanted -)
[ -n "$known" ] || { echo "apt knows none of the packages: run apt-get update" >&2; exit 1; }
missing=$(echo "$known" | comm -23 packages/wanted - | wc -l)
[ "$missing" -eq 0 ] || echo "$missing packages of the list are not in this release" >&2
# shellcheck disable=SC2086 # one argument a name
(cd packages && apt-get download --quiet=2 -o APT::Sandbox::User=root $known rust-src)
for package in packages/*.deb; do
    dpkg -x "$package" sources
done
# The compiler's tests are written to be refused.
rm -rf packages sources/usr/src/rustc-*/src/test sources/usr/src/rustc-*/tests
find sources -type l -delete
echo "$(find sources -name '*.rs' | wc -l) Rust files in $1/sources"
