#!/usr/bin/env bash
# Makes the packages of a release from its archives: packaging/release.sh ARCHIVES FOLDER
#
# ARCHIVES is a folder with the archives that cargo-dist has built. Writes to FOLDER a bundle for each target, the Debian
# packages, the bill of materials, and the files for registries. Needs cargo-deb, cargo-cyclonedx, and the packages of
# tests/clients/node.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
archives=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for archive in "$archives"/desk365-mcp-*.tar.gz "$archives"/desk365-mcp-*.zip; do
  name=$(basename "$archive")
  target=${name#desk365-mcp-}
  target=${target%.tar.gz}
  target=${target%.zip}
  # The package for npm and the source have no target.
  case $target in *-*-*) ;; *) continue ;; esac
  mkdir "$scratch/$target"
  case $archive in
    *.zip) unzip -q "$archive" -d "$scratch/$target" ;;
    *) tar -xzf "$archive" -C "$scratch/$target" ;;
  esac
  program=$(find "$scratch/$target" -type f \( -name desk365-mcp -o -name desk365-mcp.exe \))
  packaging/mcpb/pack.py "$program" "$target" "$out"
  case $target in
    *-linux-*)
      install -D "$program" "target/$target/release/desk365-mcp"
      cargo deb --locked --no-build --no-strip --target "$target" --output "$out/"
      ;;
  esac
done
cargo cyclonedx --format json --override-filename desk365-mcp.cdx
mv desk365-mcp.cdx.json "$out/"
find crates -name desk365-mcp.cdx.json -delete
packaging/finish.py "${GITHUB_REPOSITORY_OWNER:?}" "$(git rev-parse HEAD)" "$out" "$out"
