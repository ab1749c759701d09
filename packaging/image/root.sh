#!/usr/bin/env bash
# Makes the root file system of the container image: packaging/image/root.sh PROGRAM FOLDER
set -euo pipefail
program=$1 root=$2

install -D -m 755 "$program" "$root/desk365-mcp"
# The program trusts the system's certificates.
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
printf 'desk365:x:65532:65532:desk365-mcp:/data:/sbin/nologin\n' >"$root/etc/passwd"
printf 'desk365:x:65532:\n' >"$root/etc/group"
mkdir -p "$root/data"
