# Two laptops write the same cells without having seen each other. They converge; what lost is listed where it was
# written, can be brought back by one command, and is then no conflict any more.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
enrol two B2 X1

good "one" zhucun --home one set household/H1 phone=111 --observed 2026-03-02
good "one" zhucun --home one set member/231202197001010014 health+=大病
good "two" zhucun --home two --as B2 set household/H1 phone=222 --observed 2026-03-01
good "two" zhucun --home two --as B2 set member/231202197001010014 health+=残疾 health-=健康
good "sync one" zhucun --home one sync
good "sync two" zhucun --home two sync
good "sync one again" zhucun --home one sync

for home in one two; do
    good "$home shows the later observed" zhucun --home $home --json show household/H1
    [ "$(json phone <out)" = 111 ] || fail "$home: $(cat out)"
    good "$home has both illnesses" zhucun --home $home --json show member/231202197001010014
    grep -q '"health":\["大病","残疾"\]' out || fail "$home: $(cat out)"
    good "$home agrees" zhucun --home $home --json status
    [ "$(json agree <out)" = true ] || fail "$home: $(cat out)"
done
good "one lost nothing" zhucun --home one --json conflicts
[ ! -s out ] || fail "one: $(cat out)"
good "two lost the phone" zhucun --home two --json conflicts
[ "$(json column <out)$(json mine <out)$(json theirs <out)" = phone222111 ] || fail "two: $(cat out)"
[ "$(json kind <out)" = lost ] || fail "two: $(cat out)"
good "counted" zhucun --home two --json status
[ "$(json conflicts <out)" = 1 ] || fail "two: $(cat out)"

good "brought back" zhucun --home two --as B2 set household/H1 phone=222
good "sync two" zhucun --home two sync
good "sync one" zhucun --home one sync
good "settled" zhucun --home two --json conflicts
[ ! -s out ] || fail "two: $(cat out)"
good "one is told that its value was replaced" zhucun --home one --json conflicts --seen
[ "$(json kind <out)$(json mine <out)$(json theirs <out)" = replaced111222 ] || fail "one: $(cat out)"
good "seen" zhucun --home one --json conflicts
[ ! -s out ] || fail "one: $(cat out)"

good "a status is the county's to decide" zhucun --home one set household/H1 monitor_status=监测中
good "sync one" zhucun --home one sync
good "kept as a proposal" zhucun --home one conflicts
grep -q 'proposal' out || fail "one: $(cat out)"
good "the county decides" zhucun --home two --as X1 set household/H1 monitor_status=监测中
good "sync two" zhucun --home two sync
good "sync one" zhucun --home one sync
good "decided" zhucun --home one --json show household/H1
[ "$(json monitor_status <out)" = 监测中 ] || fail "one: $(cat out)"
good "verify one" zhucun --home one verify
good "verify two" zhucun --home two verify
finish
