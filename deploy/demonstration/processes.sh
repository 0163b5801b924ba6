#!/usr/bin/env bash
# What the demonstration starts, waits for and ends; for deploy/demo to source.

work=        # the demonstration's folder; deploy/demo sets it
programs=    # where the programs are; deploy/demo sets it
broker=      # the broker's process
clients=()   # the clients' that were started in the background
port=0       # where it listens; 0 until it has been started once
starts=0     # how many times it has been started
command=()   # what connected() has put together

say() { echo "demo: $*"; }

fail() {
  echo "demo: $*" >&2
  exit 1
}

wait_until() { # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) seconds=$1 what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "waited $seconds seconds in vain for $what"
    sleep 0.1
  done
}

broker_log() { echo "$work/logs/broker-$starts.log"; }

broker_serves() {
  kill -0 "$broker" 2>/dev/null || {
    tail -3 "$(broker_log)" >&2
    fail "the broker did not start"
  }
  grep -qs '"event":"serving"' "$(broker_log)"
}

start_broker() {
  starts=$((starts + 1))
  cat >"$work/broker.yaml" <<-END
	broker_name: demo
	listen: 127.0.0.1:$port
	data_directory: store
	participants: participants.yaml
	tls:
	  certificate_chain: tls/broker.pem
	  private_key: tls/broker.key
	  client_authorities: authority/authority.pem
	commitment:
	  key_id: demo-1
	  secret_file: commitment.secret
	END
  "$programs/envej-broker" serve --config "$work/broker.yaml" >"$(broker_log)" 2>&1 &
  broker=$!
  wait_until 60 "the broker to serve" broker_serves
  port=$(sed -n 's/.*"event":"serving".*"port":\([0-9]*\).*/\1/p' "$(broker_log)")
  [ -n "$port" ] || fail "the broker does not say on which port it serves"
  say "the broker serves on 127.0.0.1:$port"
}

# Freezes the broker, so that what is sent to it from now on is not answered.
freeze_broker() {
  kill -STOP "$broker"
  wait_until 10 "the broker to freeze" grep -q '^State:.T' "/proc/$broker/status"
}

# Sets $count to how many bytes of this client have arrived at the broker and are not read yet. The kernel's tables have
# a row for each end of a connection: the client's names its socket, the broker's has the bytes, as a hexadecimal number.
count_unread() { # CLIENT-PROCESS
  local sockets bytes
  sockets=$(readlink "/proc/$1/fd/"* | tr -dc '0-9\n' | tr '\n' ' ')
  count=0
  while read -r bytes; do
    count=$((count + 16#$bytes))
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v broker="$(printf %04X "$port")" -v sockets="$sockets" '
    BEGIN { split(sockets, list, " "); for (i in list) is_clients[list[i]] }
    { sub(/.*:/, "", $2); sub(/.*:/, "", $3); sub(/.*:/, "", $5) }
    $3 == broker && $10 in is_clients { ends[$2] }
    $2 == broker { unread[$3] = $5 }
    END { for (end in ends) if (end in unread) print unread[end] }')
}

has_unread_beyond() { # BYTES CLIENT-PROCESS
  count_unread "$2"
  [ "$count" -gt "$1" ]
}

end_broker() { # SIGNAL STATUS
  local status=0
  kill "-$1" "$broker"
  wait "$broker" 2>/dev/null || status=$?
  broker=
  [ "$status" = "$2" ] || fail "the broker ended with status $status instead of $2"
}

end_processes() {
  local process
  for process in "${clients[@]}" "$broker"; do
    if [ -n "$process" ] && kill -KILL "$process" 2>/dev/null; then wait "$process" 2>/dev/null || true; fi
  done
}

# Sets $command to the program with its connection: who it is, and which broker it calls.
connected() { # WHO PROGRAM ARGUMENT...
  # shellcheck disable=SC2034 # callers run it
  command=(
    env "ENVEJ_BROKER=127.0.0.1:$port" "ENVEJ_CERTIFICATE=$work/tls/$1.pem" "ENVEJ_KEY=$work/tls/$1.key"
    "ENVEJ_AUTHORITIES=$work/authority/authority.pem" "$programs/$2" "${@:3}"
  )
}
