# Closing a risk: nothing but a closing that names who verified it and why holds. One that lacked them is made good by
# adding them, in the same round or after the office has said what is missing.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
Z="zhucun --home one"
risk() { $Z --json list risk "household=$1" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }
state() { good "show" $Z --json show "risk/$1" && json risk_state <out; }

for h in H1 H2 H3; do good "risk" $Z visit $h --summary 住院 --risk 因病; done
good "sync" $Z sync

good "in one command" $Z set "risk/$(risk H1)" state=closed closed_by=B1 closed_on=2026-03-20 closed_why=出院
good "bare" $Z set "risk/$(risk H2)" state=closed
grep -q 'risk_closed_bare' errors || fail "a bare closing is not warned about: $(cat errors)"
good "made good before it was reported" $Z set "risk/$(risk H2)" closed_by=B1 closed_on=2026-03-20
good "bit by bit" $Z set "risk/$(risk H2)" closed_why=出院
good "bare" $Z set "risk/$(risk H3)" state=closed
good "sync" $Z sync
[ "$(state "$(risk H1)")" = 已消除 ] || fail "H1: $(cat out)"
[ "$(state "$(risk H2)")" = 已消除 ] || fail "H2, whose closing was made good: $(cat out)"
[ "$(state "$(risk H3)")" = 未消除 ] || fail "H3, closed without who and why: $(cat out)"

good "the office sees why" server --data srv --json conflicts --table risk
grep -q '"household":"H3".*"reason":"no_grounds"' out || grep -q '"reason":"no_grounds".*"household":"H3"' out || fail "reason: $(cat out)"
good "closed anew" $Z set "risk/$(risk H3)" state=closed closed_by=B1 closed_on=2026-03-20 closed_why=出院
good "sync" $Z sync
[ "$(state "$(risk H3)")" = 已消除 ] || fail "H3, in the end: $(cat out)"
good "verify" server --data srv verify
finish
