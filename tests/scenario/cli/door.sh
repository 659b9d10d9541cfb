# The door: whoever comes while the server is still being started waits for it. Its store is held, its control socket
# is not there yet, its port refuses: each for some seconds.
. "$(dirname "$0")/lib.sh"
write_roster
good "init" server --data srv init --city 2312
good "load" server --data srv load roster
start_server # for a port that is free
stop_server

# Held for longer than a writer waits for the lock (3 s), by somebody who opens no door.
flock srv/server.db.lock sleep 5 &
KIDS="$KIDS $!"
sleep 0.3
good "a code from a store that is held for a while" server --data srv enrol --scope 231202108201 --worker B1
CODE=$(cat out)

# A server that gets its store, and so its door, some seconds after it was started; the laptop is there before it.
flock srv/server.db.lock sleep 2 &
KIDS="$KIDS $!"
sleep 0.3
"$BIN/zhucun-server" --data srv serve --listen "127.0.0.1:$PORT" 2>server.log &
SERVER_PID=$!
good "enrol at a server that is starting" zhucun --home one enrol --server "$URL" --code "$CODE"
grep -q 'note: nobody listens at .*: waiting' errors || fail "that it waits is said: $(cat errors)"
grep -q 'enrolled as' out || fail "enrolled: $(cat out)"
stop_server

"$BIN/zhucun-server" --data srv serve --listen "127.0.0.1:$PORT" 2>server.log &
SERVER_PID=$!
for _ in 1 2 3; do
    good "a code right after the server was started" server --data srv enrol --scope 231202108201 --worker B1
done
stop_server
finish
