#!/usr/bin/env bash
# Builds the program as a release ships it, and runs it: with the tests that start the program, in the bundle, and in the
# root file system of the image. README.md says what this leaves out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TESTS=all INSTA_UPDATE=no
# As a release, but not optimised, which would take minutes.
export CARGO_PROFILE_DIST_CODEGEN_UNITS=16 CARGO_PROFILE_DIST_LTO=off CARGO_PROFILE_DIST_OPT_LEVEL=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# done_with WORDS: says what the last step has shown, and when.
done_with() { printf '%4d s  %s\n' "$SECONDS" "$1"; }

# build ARGUMENT...: shows what the compiler prints only if it fails.
build() { packaging/build.sh "$@" 2>"$scratch/build" || { cat "$scratch/build" >&2; return 1; }; }

dist generate --check
dist plan --tag "v$(cargo pkgid -p desk365-mcp | sed 's/.*[#@]//')" | grep -E '^announcing|tar\.gz$|\.zip$|installer'
done_with 'cargo-dist generates the release workflow as it is, and plans a release'

program=$(build x86_64-unknown-linux-musl)
# A static program names no interpreter that would load libraries.
if grep -qaE '/lib[a-z0-9/]*/ld-(linux|musl)' <(head -c 4096 "$program"); then
  echo "$program is not static" >&2
  exit 1
fi
done_with "static program: $("$program" --version), $(stat --format %s "$program") bytes"

# stdio, serve, TLS to a private CA, SQLite, PostgreSQL, an upgrade, the bundle, and what registries are told.
TEST_PROGRAM=$program cargo test --locked --package desk365-mcp --test it -- \
  cli:: hosted:: packaging:: tls_proxy:: upstream::environment
done_with 'the tests passed with it'

packaging/image/root.sh "$program" "$scratch/root"
packaging/image/smoke.sh "$scratch/root"
done_with 'the image works'

build check x86_64-pc-windows-gnu
done_with 'it compiles for Windows'
