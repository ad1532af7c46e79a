#!/bin/sh
# Asks a running Quell for one name that must be blocked and one that must pass.
# Usage: deploy/smoke.sh [server [port]]      needs dig
set -eu
server=${1:-127.0.0.1}
port=${2:-53}
blocked=data.mistat.xiaomi.com
allowed=connect.rom.miui.com

ask() { dig +short +time=3 +tries=2 -p "$port" "@$server" "$1" A; }

answer=$(ask "$blocked") || { echo "No answer from $server port $port: is Quell running there?"; exit 1; }
if [ "$answer" != 0.0.0.0 ]; then
  echo "$blocked should be blocked, but the answer is: ${answer:-nothing}"
  exit 1
fi
echo "blocked: $blocked"

status=$(dig +time=3 +tries=2 -p "$port" "@$server" "$allowed" A | sed -n 's/.*status: \([A-Z]*\),.*/\1/p')
answer=$(ask "$allowed")
if [ "$status" != NOERROR ] || [ "$answer" = 0.0.0.0 ]; then
  echo "$allowed should pass, but the answer is: ${status:-no answer} $answer (do the upstreams answer?)"
  exit 1
fi
echo "passes:  $allowed"
