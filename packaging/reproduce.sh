#!/usr/bin/env bash
# Builds the current commit twice, in two folders with different paths, and compares: packaging/reproduce.sh [TARGET]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:-x86_64-unknown-linux-musl}
# A commit that is made meanwhile must not be in the second build.
commit=$(git rev-parse HEAD)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

hashes=()
for folder in "$scratch/one" "$scratch/another/folder"; do
  mkdir -p "$folder"
  git clone --quiet --no-hardlinks --no-checkout . "$folder"
  git -C "$folder" checkout --quiet --detach "$commit"
  program=$(env -u CARGO_TARGET_DIR "$folder/packaging/build.sh" "$target")
  if grep -qaF "$scratch" "$program"; then
    echo "the program contains the path of its source, $scratch" >&2
    exit 1
  fi
  hashes+=("$(sha256sum <"$program" | cut -d' ' -f1)")
  echo "${hashes[-1]}  ${commit:0:12}  $target"
done
[[ ${hashes[0]} == "${hashes[1]}" ]] || { echo "the two builds differ" >&2; exit 1; }
