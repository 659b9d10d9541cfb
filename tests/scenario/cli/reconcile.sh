# Integrity: rows damaged on the laptop's disk, a server restored from a backup, a scope that changed — only what
# differs travels; and visits that one side lost are seen on both, with their ids.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
enrol two B2 X1
Z="zhucun --home one"

n=0
while [ $n -lt 40 ]; do
    echo "{\"household\":\"H$((n % 3 + 1))\",\"date\":\"2026-03-0$((n % 9 + 1))\",\"mode\":\"入户\",\"summary\":\"第${n}次走访，玉米长势好，老人按时服药\"}"
    n=$((n + 1))
done >visits.ndjson
good "visits" zhucun --home two --as B2 import visit visits.ndjson
good "sync two" zhucun --home two sync
good "sync one" $Z sync
good "agreed" $Z verify

# ---- damage: found by verify, mended by the next sync, row by row ----
"$BIN/damage" one/zhucun.db "UPDATE visit SET summary = '坏' WHERE rowid = 7; DELETE FROM visit WHERE rowid = 9;
    INSERT INTO visit(id, household, date, mode, _csn, _hash) SELECT randomblob(16), household, date, mode, 3, 3 FROM visit LIMIT 1" ||
    fail "damage"
refused "verify finds it" 1 'is not what the server told|sums do not match' $Z verify
good "mended" $Z --json sync
[ "$(json mended <out)$(json removed <out)$(json agree <out)" = 31true ] || fail "mended: $(cat out)"
[ "$(json bytes_down <out)" -lt 2000 ] || fail "more than what differs: $(cat out)"
good "sound again" $Z verify
good "nothing left of it" $Z --json list visit
[ "$(wc -l <out)" -eq 40 ] || fail "visits: $(wc -l <out)"
grep -q 坏 out && fail "the damaged text is still there"
good "once" $Z --json sync
[ "$(json mended <out)$(json requests <out)" = 01 ] || fail "again: $(cat out)"

"$BIN/damage" one/zhucun.db "UPDATE visit SET summary = '坏' WHERE rowid = 7" || fail "damage"
refused "verify finds that, too" 1 'is not what the server told' $Z verify
good "in words" $Z sync
grep -q 'row by row: 1 rows were missing here or read otherwise and were fetched; 0 that' out || fail "in words: $(cat out)"

# ---- the server comes back from an older backup, as another epoch ----
stop_server
cp -r srv older
start_server
good "a visit after the backup" $Z visit H1 --date 2026-03-10 --summary '备份之后'
good "confirmed" $Z sync
stop_server
rm -rf srv && mv older srv
"$BIN/damage" srv/server.db "UPDATE meta SET epoch = epoch + 1" || fail "epoch"
start_server
good "sync two" zhucun --home two --json sync
[ "$(json agree <out)$(json mended <out)" = true0 ] || fail "two: $(cat out)"
good "sync one" $Z --json sync
[ "$(json agree <out)$(json pushed <out)" = true1 ] || fail "one: $(cat out)"
good "sync two" zhucun --home two sync
good "nothing was lost" zhucun --home two --json list visit
[ "$(wc -l <out)" -eq 41 ] || fail "visits after the restore: $(wc -l <out)"

# ---- a visit that the server lost ----
good "no difference" server --data srv report missing
grep -q 'no difference' out || fail "missing: $(cat out)"
stop_server
LOST=$($Z --json list visit | sed -n 's/.*"id":"\([^"]*\)".*备份之后.*/\1/p;s/.*备份之后.*"id":"\([^"]*\)".*/\1/p' | head -n 1)
HEX=$(echo "$LOST" | tr -d -)
"$BIN/damage" srv/server.db "DELETE FROM visit WHERE id = x'$HEX'; DELETE FROM tally WHERE count = 1" || fail "damage"
start_server
good "another visit" $Z visit H2 --date 2026-03-11 --summary '又一次'
good "sync" $Z sync
grep -q 'counts of visits differ' errors || fail "sync does not say so: $(cat errors)"
good "status" $Z --json status
[ "$(json visits_differ <out)" = 1 ] || fail "status: $(cat out)"
$Z verify >out 2>errors && fail "verify says nothing"
grep -q "2026-03 B1, 2 here, 1 at the server" out || fail "verify: $(cat out)"
grep -q "only here $LOST" out || fail "verify names no id: $(cat out)"
$Z doctor >out 2>errors && fail "doctor says nothing"
grep -q 'visits: 1 counts differ' out || fail "doctor: $(cat out)"
good "report" server --data srv report missing
grep -q "only there $LOST" out || fail "missing: $(cat out)"
good "report as data" server --data srv report missing --json
[ "$(json month <out)$(json here <out)$(json there <out)" = 2026-0312 ] || fail "missing: $(cat out)"
good "report elsewhere" server --data srv report missing --scope 231202 --json
[ "$(wc -l <out)" -eq 1 ] || fail "in the county: $(cat out)"
finish
