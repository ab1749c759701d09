#!/usr/bin/env bash
# Builds the program as a release ships it, and runs it: with the tests that start the program, in the bundle, and in the
# root file system of the image. README.md says what this leaves out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TESTS=all INSTA_UPDATE=no
# As a release, but not optimised, which would take minutes.
export CARGO_PROFILE_DIST_CODEGEN_UNITS=256 CARGO_PROFILE_DIST_LTO=off CARGO_PROFILE_DIST_OPT_LEVEL=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The workflow is the one that cargo-dist generates, and it plans a release.
dist generate --check
dist plan --tag "v$(cargo pkgid -p desk365-mcp | sed 's/.*[#@]//')" | grep -E '^announcing|tar\.gz$|\.zip$|installer'

began=$SECONDS
program=$(packaging/build.sh x86_64-unknown-linux-musl 2>"$scratch/build") || { cat "$scratch/build" >&2; exit 1; }
# A static program names no interpreter that would load libraries.
if grep -qaE '/lib[a-z0-9/]*/ld-(linux|musl)' <(head -c 4096 "$program"); then
  echo "$program is not static" >&2
  exit 1
fi
"$program" --version
echo "built in $((SECONDS - began)) s, $(stat --format %s "$program") bytes"

# stdio, serve, TLS to a private CA, SQLite, PostgreSQL, an upgrade, and the bundle.
TEST_PROGRAM=$program cargo test --locked -p desk365-mcp --test it -- \
  cli:: hosted:: packaging::bundle tls_proxy:: upstream::environment
packaging/image/root.sh "$program" "$scratch/root"
packaging/image/smoke.sh "$scratch/root"

packaging/build.sh check x86_64-pc-windows-gnu 2>"$scratch/build" || { cat "$scratch/build" >&2; exit 1; }
echo "checked for Windows"
