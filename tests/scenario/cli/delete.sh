# A visit that never was is taken back by its author: gone from every laptop, and still readable at the office. What
# another takes back is not gone; households are not deleted at all.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
enrol two B2
good "visit" zhucun --home one visit H1 --summary 记错了
VISIT=$(cat out)
good "sync one" zhucun --home one sync
good "sync two" zhucun --home two sync

refused "a household" 1 'are not deleted' zhucun --home one delete household/H1
refused "a member" 1 'are not deleted' zhucun --home one delete member/231202197001010014
refused "no such row" 1 'there is no' zhucun --home one delete visit/67dbb22c-a5ab-89c9-8000-0000000fffff
refused "no row at all" 2 'usage' zhucun --home one delete

"$BIN/zhucun" --home two delete "visit/$VISIT" >out 2>errors
good "sync two" zhucun --home two sync
good "sync two again" zhucun --home two sync
good "another's visit stays" zhucun --home two --json show "visit/$VISIT"
good "sync one" zhucun --home one sync
good "also with its author" zhucun --home one --json show "visit/$VISIT"

good "taken back" zhucun --home one --json delete "visit/$VISIT"
[ "$(json id <out)" = "$VISIT" ] || fail "id: $(cat out)"
good "at once" zhucun --home one --json list visit
[ ! -s out ] || fail "still listed: $(cat out)"
for home in one two; do good "sync $home" zhucun --home $home sync; done
good "on the other laptop, too" zhucun --home two --json list visit
[ ! -s out ] || fail "still on two: $(cat out)"
good "readable" server --data srv --lang en history "visit/$VISIT"
grep -q '记错了' out && grep -q deleted out || fail "history: $(cat out)"
good "verify" server --data srv verify
finish
