# A day on one laptop: enrolled, then out of reach of the server, everything logged; then one sync, and all is there.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
Z="zhucun --home one"

stop_server
good "visit" $Z visit H1 --date 2026-03-05 --time 14:30 --summary '老人住院' --need 贷款 --risk 因病:3 \
    --safeguard water=problem --safeguard 义务教育=无问题 --measure 产业=养鹅 --phone 13900000000
VISIT=$(cat out)
good "show" $Z --json show "visit/$VISIT"
[ "$(json state <out)" = pending ] || fail "a new visit is not pending: $(cat out)"
[ "$(json water <out)" = 有问题 ] || fail "safeguard: $(cat out)"
[ "$(json author <out)" = B1 ] || fail "author: $(cat out)"
grep -q '"needs":\["贷款"\]' out || fail "a set is an array: $(cat out)"
good "clue" $Z --json list clue
[ "$(json due_on <out)" = 2026-03-14 ] || fail "nine natural days: $(cat out)"
good "clue under the old rule" $Z --json visit H2 --date 2021-12-31 --risk 因学
[ "$(json due_on <out)" = 2022-01-21 ] || fail "fifteen working days before 2022: $(cat out)"
good "second risk, the clock runs already" $Z --json visit H2 --date 2022-01-05 --risk 因病
grep -q clue out && fail "a second clue for one household: $(cat out)"
good "set" $Z set member/231202197001010014 health+=大病 health-=健康
good "add" $Z add member household=H1 name=小试 relation=孙子女 sex=女 birth=2026-03-01
good "visit in the future" $Z visit H3 --date 2099-01-01 --mode 电话
grep -q 'after today' errors || fail "a visit in the future is not warned about"
refused "sync without a server" 75 'pending: 6' $Z sync
good "status" $Z --json status
[ "$(json pending <out)" = 6 ] || fail "pending: $(cat out)"
good "household" $Z show household/H1
grep -q '13900000000' out || fail "what was typed shows: $(cat out)"

start_server
good "sync" $Z sync
grep -q 'pushed 6' out || fail "sync: $(cat out)"
good "status" $Z --json status
[ "$(json pending <out)$(json received <out)$(json conflicts <out)" = 060 ] || fail "status: $(cat out)"
[ "$(json agree <out)" = true ] || fail "fingerprints: $(cat out)"
good "show" $Z --json show "visit/$VISIT"
[ "$(json state <out)" = received ] || fail "a received visit is not received: $(cat out)"
good "pending rows" $Z list visit --state pending
[ ! -s out ] || fail "still pending: $(cat out)"
good "verify" $Z verify
good "doctor" $Z doctor
good "backup" $Z backup copy.db
mkdir copied && mv copy.db copied/zhucun.db
good "a backup opens" zhucun --home copied --json list visit
[ "$(wc -l <out)" -eq 4 ] || fail "visits in the backup: $(cat out)"

enrol two B2
good "the other laptop" zhucun --home two --json list visit summary=老人住院
[ "$(json id <out)" = "$VISIT" ] || fail "the visit did not arrive: $(cat out)"
finish
