#!/usr/bin/env bash
# Builds the program as a release ships it, and prints its path: packaging/build.sh [check] TARGET
#
# `check` only type-checks it, with the C code. The standard library of the target is the one that rustup has installed.
# Without it, Debian's compiler compiles it from Debian's source.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec 3>&1 >&2

verb=build
if [[ ${1:-} == check ]]; then verb=check; shift; fi
target=${1:?the target, such as x86_64-unknown-linux-musl}
target_dir="${CARGO_TARGET_DIR:-$PWD/target}"
variable=${target//-/_}
# As cargo-dist calls it.
arguments=(--locked --profile dist --target "$target" --package desk365-mcp --bin desk365-mcp)

case $target in
  *-linux-musl) compiler=musl-gcc package=musl-tools ;;
  *-windows-gnu) compiler=x86_64-w64-mingw32-gcc package=gcc-mingw-w64-x86-64-win32 ;;
  *) compiler='' ;;
esac

while IFS='=' read -r name value; do export "$name=$value"; done < <(packaging/environment.sh "$target")
if [[ -n $compiler ]]; then
  command -v "$compiler" >/dev/null || { echo "packaging/build.sh needs $compiler: apt install $package" >&2; exit 1; }
  export "CC_$variable=$compiler"
fi

if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$target ]]; then
  if [[ ! -x /usr/bin/rustc || ! -d /usr/lib/rustlib/src/rust/library ]]; then
    echo "packaging/build.sh needs the standard library of $target: rustup target add $target," \
      "or on Debian: apt install rustc-web rust-web-src" >&2
    exit 1
  fi
  # The compiler and the source have one version. The library needs unstable features of its own compiler.
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  arguments+=(-Z build-std=std,panic_unwind)
  if [[ $target == *-linux-musl ]]; then
    # musl-gcc links static programs only if they are not position-independent.
    export "CARGO_TARGET_${variable^^}_LINKER=$compiler"
    # The unwinder is GCC's, under the name that the library looks for, and the C library is Debian's. The folder is the
    # same for every clone, because Cargo hashes the flags into the names of symbols.
    libraries="${XDG_CACHE_HOME:-$HOME/.cache}/desk365-mcp-ci/musl"
    mkdir -p "$libraries"
    musl-gcc -O2 -Wall -Wextra -Wno-unused-parameter -c packaging/dl_find_object.c -o "$libraries/dl_find_object.o"
    rm -f "$libraries/libunwind.a"
    cp "$(gcc -print-file-name=libgcc_eh.a)" "$libraries/libunwind.a"
    ar rD "$libraries/libunwind.a" "$libraries/dl_find_object.o"
    RUSTFLAGS+=" -C relocation-model=static -C link-self-contained=no -L native=$libraries -L native=/usr/lib/x86_64-linux-musl"
  fi
fi

cargo "$verb" "${arguments[@]}"
suffix=''
if [[ $target == *-windows-* ]]; then suffix=.exe; fi
if [[ $verb == build ]]; then echo "$target_dir/$target/dist/desk365-mcp$suffix" >&3; fi
