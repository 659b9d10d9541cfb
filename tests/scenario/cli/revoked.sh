# A laptop loses its right while it holds work that the server knows of and has not: the laptop says in one line that
# nothing is lost and whom to ask, the server's lists say that it is revoked and what is on it alone. A pull counts as a
# contact.
. "$(dirname "$0")/lib.sh"
S="server --data srv --lang en"
make_city
enrol one B1
enrol two B2
good "a visit" zhucun --home one visit H1 --date 2026-03-02 --summary 首访
good "another" zhucun --home one visit H2 --date 2026-03-03 --summary 再访
good "sync" zhucun --home one sync

# It has only pulled: a contact all the same, once the server has noted it.
seen() {
    good "device list" $S device list --json
    grep -c '"name":"B2".*"last_contact":"20\|"last_contact":"20.*"name":"B2"' out
}
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ "$(seen)" -eq 1 ] && break
    good "sync two" zhucun --home two sync
    sleep 1
done
[ "$(seen)" -eq 1 ] || fail "a pull is no contact in device list: $(cat out)"
good "lag" $S report lag --json
grep '"name":"B2"' out | grep -q '"last_contact":"20' || fail "a pull is no contact in lag: $(cat out)"

# The server loses a visit; the laptop tells at its next sync that it has one more.
stop_server
"$BIN/damage" srv/server.db "DELETE FROM visit WHERE rowid = (SELECT max(rowid) FROM visit); UPDATE tally SET count = 1, digest = 0" ||
    fail "damage"
start_server
good "a third" zhucun --home one visit H3 --date 2026-03-04 --summary 三访
good "sync" zhucun --home one sync
good "lag" $S report lag
grep 'B1' out | grep -q '1 visits are on the laptop alone' || fail "lag does not say what is missing: $(cat out)"
grep 'B1' out | grep -q revoked && fail "revoked too early"

good "revoke" $S device revoke B1
good "offline work" zhucun --home one visit H3 --date 2026-03-05 --summary 停用之后
refused "told once" 77 "this laptop \(B1\) was revoked on 20.*not lost.*supervisor.*pending: 1" zhucun --home one --lang en sync
refused "in Chinese" 77 '已于 .* 停用.*没有丢失.*主管.*待上报 1' zhucun --home one --lang zh sync
good "lag" $S report lag
grep 'B1' out | grep -q 'revoked on 20.*1 visits are on the laptop alone' || fail "lag: $(cat out)"
good "lag as data" $S report lag --json
grep '"name":"B1"' out | grep '"revoked":true' | grep -q '"missing":1' || fail "lag: $(cat out)"
good "in a pipe every line is a laptop" sh -c "\"$BIN/zhucun-server\" --data srv report lag | cat"
[ "$(wc -l <out)" -eq 2 ] || fail "headings in a pipe: $(cat out)"
good "coverage" $S report coverage --scope 231202108201
[ "$(wc -l <out)" -eq 1 ] || fail "headings in a file: $(cat out)"
good "what it holds is there" zhucun --home one list visit
[ "$(wc -l <out)" -eq 4 ] || fail "visits: $(cat out)"
finish
