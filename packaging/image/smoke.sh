#!/usr/bin/env bash
# Starts the program in the root file system of the image as a container engine does: packaging/image/smoke.sh ROOT
#
# It runs as user 65532, on a root that cannot be written to, with a folder for its data. Needs root, or sudo.
set -euo pipefail
root=$(realpath "$1")
scratch=$(mktemp -d)
sudo=()
if [[ $(id -u) != 0 ]]; then sudo=(sudo -n); fi
pid=''
finish() {
  if [[ -n $pid ]]; then "${sudo[@]}" kill -KILL "$pid" 2>/dev/null || true; fi
  "${sudo[@]}" rm -rf "$scratch"
}
trap finish EXIT
fail() { printf 'packaging/image/smoke.sh: %s\n' "$1" >&2; cat "$scratch/log" >&2; exit 1; }

mkdir "$scratch/data"
"${sudo[@]}" chown 65532:65532 "$scratch/data"
# The mounts are private to the process and end with it.
"${sudo[@]}" unshare --mount -- bash -c '
  set -e
  mount --bind "$1" "$1"
  mount --bind "$2" "$1/data"
  mount -o remount,bind,ro "$1"
  echo $$ >"$3/pid"
  exec env -i DESK365_MCP_DATA_DIR=/data DESK365_MCP_LISTEN=127.0.0.1:0 \
    "$(command -v chroot)" --userspec=65532:65532 --groups= "$1" /desk365-mcp serve --sandbox
' bash "$root" "$scratch/data" "$scratch" >"$scratch/log" 2>&1 &

until grep -q '^Listening on ' "$scratch/log"; do
  [[ -n $(jobs -r) ]] || fail 'it did not start'
  sleep 0.1
done
pid=$(cat "$scratch/pid")
url=$(sed -n 's/^MCP URL (sandbox): //p' "$scratch/log")

"${sudo[@]}" awk '/^Uid:/ { exit $2 == 65532 ? 0 : 1 }' "/proc/$pid/status" || fail 'it does not run as user 65532'
"${sudo[@]}" awk '$5 == "/" { exit $6 ~ /(^|,)ro(,|$)/ ? 0 : 1 }' "/proc/$pid/mountinfo" || fail 'its root can be written to'
message='{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
answer=$(curl --silent --show-error --fail --max-time 10 "$url" --header 'Content-Type: application/json' \
  --header 'Accept: application/json, text/event-stream' --header 'MCP-Protocol-Version: 2025-11-25' --data "$message")
[[ $answer == *'"tools":[{'* ]] || fail "it lists no tools: $answer"

"${sudo[@]}" kill -TERM "$pid"
wait %1 || fail 'it did not stop with exit code 0'
pid=''
echo "image root: $(du -sh "$root" | cut -f1), user 65532, read-only root, $(grep -o '"annotations":' <<<"$answer" | wc -l) tools"
