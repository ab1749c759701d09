#!/usr/bin/env bash
# Prints the variables, one NAME=VALUE a line, with which a build contains no path of the machine that made it:
# packaging/environment.sh [TARGET]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# native PATH: as compilers write it, which on Windows is not as bash does.
native() { if command -v cygpath >/dev/null; then cygpath --windows "$1"; else printf '%s\n' "$1"; fi; }

cargo_home=$(native "${CARGO_HOME:-$HOME/.cargo}")
source=$(native "$PWD")
target_dir=$(native "${CARGO_TARGET_DIR:-$PWD/target}")
flags="--remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$source=/source --remap-path-prefix=$target_dir=/target"
case ${1:-} in
  # Microsoft's linker writes the time into the program unless told not to. Its compiler has no flag for paths.
  *-msvc) echo "RUSTFLAGS=$flags -C link-arg=/Brepro" ;;
  *)
    echo "RUSTFLAGS=$flags"
    # The last prefix that matches counts.
    echo "CFLAGS=${flags//--remap-path-prefix/-ffile-prefix-map}"
    ;;
esac
