#!/usr/bin/env bash
# The steps of the demonstration, in order; for deploy/demo to source.

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=processes.sh
. "$here/processes.sh"

codes=()             # the municipalities
declare -A region_of # the region of each

# What the crash finds: one client that holds leases, one whose acknowledgement is on its way, two that have not come yet.
holder=0851
acknowledger=0751
latecomers=(0840 0791)
batch=5

read_municipalities() {
  local region code
  while IFS=, read -r region code _; do
    codes+=("$code")
    region_of[$code]=$region
  done < <(tail -n +2 "$here/municipalities.csv")
}

issue_certificate() { # URI NAME [ARGUMENT...]
  "$programs/envej-certs" issue --authority "$work/authority" --uri "urn:envej:$1" --out "$work/tls/$2" "${@:3}" \
    >>"$work/logs/certs.log" || fail "no certificate could be made for $1"
}

make_certificates() {
  local region code
  "$programs/envej-certs" init --authority "$work/authority" --name "envej demo" >"$work/logs/certs.log"
  "$programs/envej-certs" secret --out "$work/commitment.secret" >>"$work/logs/certs.log"
  issue_certificate broker:demo broker --dns localhost --ip 127.0.0.1
  issue_certificate operations:demo operations
  for region in 1081 1082; do issue_certificate "region:$region:demo" "region-$region"; done
  for region in 1081 1082; do "$programs/envej-certs" secret --out "$work/tls/$region.secret" >>"$work/logs/certs.log"; done
  for code in "${codes[@]}"; do
    issue_certificate "municipality:$code" "municipality-$code"
    issue_certificate "municipality:$code" "inbox-$code" --inbox
  done
}

submit() { # FILE-NAME
  local status=0 file=$1.jsonl
  connected "region-${1:0:4}" envej-region submit "$work/sent/$file" --output json --receipts "$work/receipts/$file" \
    --secret "$work/tls/${1:0:4}.secret" --deadline 60s
  "${command[@]}" >"$work/answers/$file" 2> >(tee -a "$work/logs/region.log" >&2) || status=$?
  # 1: some were refused, as they must be.
  [ $status = 1 ] || fail "envej-region ended with status $status instead of 1"
}

# Sets $command to the municipality's pull. Events go to events/CODE.jsonl, messages to logs/municipality-CODE.log.
pull_command() { # CODE [ARGUMENT...]
  connected "municipality-$1" envej-municipality pull --municipality "$1" --into "$work/received/$1" --lease 10s \
    --inbox-certificate "$work/tls/inbox-$1.pem" --inbox-key "$work/tls/inbox-$1.key" \
    --deadline 20s --output json "${@:2}"
}

pull() { # CODE
  pull_command "$1"
  "${command[@]}" >>"$work/events/$1.jsonl" 2>>"$work/logs/municipality-$1.log" || fail "municipality $1 could not pull"
}

# Its process is added to $clients.
pull_and_hold() { # CODE
  mkdir "$work/hold/$1"
  pull_command "$1" --batch "$batch" --before-acknowledge "'$here/hold' '$work/hold/$1'"
  "${command[@]}" >>"$work/events/$1.jsonl" 2>>"$work/logs/municipality-$1.log" &
  clients+=("$!")
  wait_until 60 "municipality $1 to hold notices" test -e "$work/hold/$1/reached"
}

# Sets $count to how many notices are in these states at the broker, as the regions see it.
count_notices() { # STATE...
  local code state states=() lines
  for state in "$@"; do states+=(--state "$state"); done
  count=0
  for code in "${codes[@]}"; do
    connected "region-${region_of[$code]}" envej-region status --municipality "$code" --output json "${states[@]}"
    lines=$("${command[@]}" 2>>"$work/logs/region.log" | wc -l) || fail "the broker does not tell about municipality $code"
    count=$((count + lines))
  done
}

# Sets $count to how many acknowledgements the municipality has sent without an answer.
count_unanswered() { # CODE
  local events=$work/events/$1.jsonl sent answered
  sent=$(sed -n 's/.*"event":"acknowledging","count":\([0-9]*\).*/\1/p' "$events" | awk '{ sum += $1 } END { print sum + 0 }')
  answered=$(grep -c '"event":"acknowledged"' "$events") || true
  count=$((sent - answered))
}

has_unanswered() { # CODE
  count_unanswered "$1"
  [ "$count" -gt 0 ]
}

pull_some() {
  local code
  for code in "${codes[@]}"; do
    case " $holder $acknowledger ${latecomers[*]} " in *" $code "*) continue ;; esac
    pull "$code"
  done
}

crash() {
  local waiting leased unanswered unread
  pull_and_hold "$holder"
  pull_and_hold "$acknowledger"
  count_notices waiting
  waiting=$count
  count_notices leased
  leased=$count
  freeze_broker
  count_unread "${clients[-1]}"
  unread=$count
  touch "$work/hold/$acknowledger/go"
  wait_until 30 "an acknowledgement to be sent" has_unanswered "$acknowledger"
  wait_until 30 "the acknowledgement to arrive at the broker" has_unread_beyond "$unread" "${clients[-1]}"
  end_broker KILL 137
  count_unanswered "$acknowledger"
  unanswered=$count
  say "killed the broker with SIGKILL: $waiting notices waiting, $leased leased, $unanswered acknowledgements unanswered"
  if [ "$waiting" -lt 1 ] || [ "$leased" -lt 1 ] || [ "$unanswered" -lt 1 ]; then
    fail "at least one of each was to be there"
  fi
}

# The clients that the crash found go on by themselves; then everybody pulls until nothing is left.
recover() {
  local client code status end=$((SECONDS + 90))
  touch "$work/hold/$holder/go"
  for client in "${clients[@]}"; do
    status=0
    wait "$client" || status=$?
    case $status in
      0) ;;
      3) say "a client did not reach the broker in time and ended; it is run again" ;;
      *) fail "a client ended with status $status" ;;
    esac
  done
  clients=()
  for code in "${latecomers[@]}"; do pull "$code"; done
  count_notices waiting leased
  while [ "$count" -gt 0 ]; do
    [ $SECONDS -lt $end ] || fail "$count notices are still undelivered"
    sleep 1
    for code in "${codes[@]}"; do pull "$code"; done
    count_notices waiting leased
  done
}

count_events() { # EVENT
  cat "$work"/events/*.jsonl | grep -c "\"event\":\"$1\"" || true
}

show_inboxes() {
  connected operations envej-ops inboxes
  "${command[@]}" | sed 's/^/  /'
}

# One of the notices whose acknowledgement was unanswered, as operations see it.
show_trace() {
  local id
  id=$(sed -n 's/.*"event":"written".*"id":"\([^"]*\)".*/\1/p' "$work/events/$acknowledger.jsonl" | head -1)
  connected operations envej-ops trace "$id"
  "${command[@]}" | sed 's/^/  /'
}
