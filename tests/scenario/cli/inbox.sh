# Two teams change one phone number on one day, out of reach of each other. Who lost is told why and by whom, who won
# that the number is to be verified; the county's ruling comes back to both. An order waits in the inbox until it is
# answered, and an answer written in time counts as in time however late it met the network.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
enrol two B2 X1

# Both observed on the same day: the later stamp wins, the earlier author is told.
good "one" zhucun --home one set household/H1 phone=13900000111 --observed 2026-03-02
good "two" zhucun --home two --as B2 set household/H1 phone=13900000222 --observed 2026-03-02
good "sync two" zhucun --home two sync
good "sync one" zhucun --home one sync
good "sync two again" zhucun --home two sync
good "sync one again" zhucun --home one sync
good "what won" zhucun --home one --json show household/H1
WON=$(sed -n 's/.*"phone":"\([0-9]*\)","address.*/\1/p' out)
case $WON in
13900000111) LOSER=two WINNER=one BY=B1 LOST=13900000222 ;;
13900000222) LOSER=one WINNER=two BY=B2 LOST=13900000111 ;;
*) fail "no phone: $(cat out)" ;;
esac

good "the loser is told" zhucun --home $LOSER --json conflicts
[ "$(wc -l <out)" -eq 1 ] || fail "told once: $(cat out)"
[ "$(json column <out)$(json mine <out)$(json theirs <out)" = "phone$LOST$WON" ] || fail "values: $(cat out)"
[ "$(json reason <out)" = "同一天，互不知情" ] || fail "reason: $(cat out)"
grep -q "\"author\":\"$BY " out || fail "who: $(cat out)"
grep -q '"ruling":null' out || fail "nobody ruled yet: $(cat out)"
LEDGER=$(sed -n 's/.*"ledger":\([0-9]*\),.*/\1/p' out)
[ -n "$LEDGER" ] || fail "ledger number: $(cat out)"
good "in words" zhucun --home $LOSER --lang zh conflicts
grep -q "原因：同一天，互不知情；对方：$BY" out || fail "words: $(cat out)"
grep -q "要恢复：zhucun set household/.* 'phone=$LOST'" out || fail "the command: $(cat out)"
grep -q "核实后现值正确：zhucun set household/H1 'phone=$WON'" out || fail "how to confirm: $(cat out)"
good "the loser's inbox, before anybody ruled" zhucun --home $LOSER --lang zh inbox
grep -q "未采用 .*试户一 H1 联系电话 “$LOST”；对方 $BY .*；同一天，互不知情 → zhucun conflicts" out || fail "inbox: $(cat out)"
good "in the record" zhucun --home $LOSER --lang zh show household/H1
grep -q "联系电话：本机的“$LOST”" out || fail "show: $(cat out)"

good "the winner is asked to verify" zhucun --home $WINNER --json inbox
[ "$(json kind <out)" = verify ] || fail "verify: $(cat out)"
good "the winner's conflicts" zhucun --home $WINNER --json conflicts
[ "$(json kind <out)$(json mine <out)$(json theirs <out)" = "verify$WON$LOST" ] || fail "winner: $(cat out)"
good "counted" zhucun --home $WINNER --json status
[ "$(json conflicts <out)$(json inbox <out)" = 11 ] || fail "status: $(cat out)"
good "looked at" zhucun --home $WINNER inbox --seen
good "gone" zhucun --home $WINNER --json inbox
[ ! -s out ] || fail "seen: $(cat out)"
good "still there" zhucun --home $WINNER --json inbox --all
[ "$(json kind <out)" = verify ] || fail "all: $(cat out)"

good "the county rules" server --data srv resolve "$LEDGER" --take loser --why 电话核实
good "sync" zhucun --home $LOSER sync
good "sync" zhucun --home $WINNER sync
good "the loser's number holds" zhucun --home $WINNER --json show household/H1
grep -q "\"phone\":\"$LOST\"" out || fail "resolved: $(cat out)"
good "the loser's ruling" zhucun --home $LOSER --json conflicts
[ "$(json ruling <out)$(json now <out)" = "采用你的内容$LOST" ] || fail "loser: $(cat out)"
good "the winner's ruling" zhucun --home $WINNER --json conflicts
[ "$(json ruling <out)$(json now <out)" = "采用了对方的值$LOST" ] || fail "winner: $(cat out)"
for home in $LOSER $WINNER; do
    good "$home: ruling in the inbox" zhucun --home $home --json inbox
    [ "$(json kind <out)" = ruling ] || fail "$home: $(cat out)"
    good "$home: ruling in conflicts" zhucun --home $home --json conflicts
    grep -q '"ruling":"' out || fail "$home: $(cat out)"
    grep -q '"why":"电话核实"' out || fail "$home: why: $(cat out)"
    good "$home: looked at" zhucun --home $home conflicts --seen
    good "$home: gone" zhucun --home $home --json conflicts
    [ ! -s out ] || fail "$home: $(cat out)"
    good "$home: gone from the inbox" zhucun --home $home --json inbox
    [ ! -s out ] || fail "$home: $(cat out)"
    good "$home: kept" zhucun --home $home --json conflicts --all
    grep -q '"ruling":"' out || fail "$home: $(cat out)"
done

# What was ruled against is offered no more; written again, it is a new entry, and says so.
good "the winner's, ruled against" zhucun --home $WINNER --lang en conflicts --all
grep -q "ruling: the other's value was taken (the office " out || fail "winner: $(cat out)"
! grep -q 'zhucun set' out || fail "a command against the ruling: $(cat out)"
AS=$([ "$WINNER" = one ] && echo B1 || echo B2)
good "written again" zhucun --home $WINNER --as $AS set household/H1 phone=$WON
grep -q "phone: the office decided otherwise on 20.* recorded as your new entry" errors || fail "warned: $(cat errors)"
good "written back" zhucun --home $WINNER --as $AS set household/H1 phone=$LOST
! grep -q "decided otherwise" errors || fail "warned of nothing: $(cat errors)"
good "sync" zhucun --home $WINNER sync
good "sync" zhucun --home $LOSER sync

# Another pair: who holds the right value confirms it by writing it once more, and both are told, in their language.
good "one" zhucun --home one set household/H3 phone=13900000333 --observed 2026-03-03
good "two" zhucun --home two --as B2 set household/H3 phone=13900000444 --observed 2026-03-03
for home in one two one two; do good "sync $home" zhucun --home $home sync; done
good "who won" zhucun --home one --json show household/H3
RIGHT=$(sed -n 's/.*"phone":"\([0-9]*\)","address.*/\1/p' out)
case $RIGHT in
13900000333) HOLDER=one AS=B1 OTHER=two ;;
*) HOLDER=two AS=B2 OTHER=one ;;
esac
good "the command" zhucun --home $HOLDER --lang en conflicts
grep -q "if it turns out to be right: zhucun set household/H3 'phone=$RIGHT'" out || fail "how to confirm: $(cat out)"
good "confirmed" zhucun --home $HOLDER --as $AS set household/H3 phone=$RIGHT
! grep -q 'nothing changed' errors || fail "confirmed: $(cat errors)"
good "sync" zhucun --home $HOLDER sync
good "nothing waits at the office" server --data srv --json conflicts household/H3
[ ! -s out ] || fail "settled: $(cat out)"
good "sync" zhucun --home $OTHER sync
grep -q 'decided about: [0-9]' errors || fail "the sync says so: $(cat errors)"
good "the other is told" zhucun --home $OTHER --lang en conflicts
grep -q "ruling: the other's value was taken ($AS .*): somebody who had seen both values has written it anew" out || fail "told: $(cat out)"
good "in Chinese" zhucun --home $OTHER --lang zh conflicts
grep -q "裁定：采用了对方的值（$AS .*）：此后有人在知道两个值的情况下重新填写" out || fail "told: $(cat out)"
good "at the office, too" server --data srv --lang en conflicts household/H3 --all
grep -q "given way to: $RIGHT" out || fail "what was confirmed is known: $(cat out)"
grep -q "has written it anew" out || fail "reason: $(cat out)"
good "nothing changed means nothing written" zhucun --home $HOLDER --as $AS set household/H3 phone=$RIGHT
grep -q 'nothing changed' errors || fail "no pair any more: $(cat errors)"
for home in one two; do good "$home: looked at" zhucun --home $home conflicts --seen; done

# Somebody who is not of the laptop: recorded, and marked.
good "not of this laptop" zhucun --home one --as X1 visit H3 --date 2026-03-04 --summary 路过
grep -q '"X1" is none of this laptop.s people (B1)' errors || fail "said so: $(cat errors)"
good "its own" zhucun --home one --as B1 visit H3 --date 2026-03-05 --summary 再去
! grep -q 'none of this' errors || fail "its own: $(cat errors)"
good "sync" zhucun --home one sync
good "marked" server --data srv pull --table visit
grep 路过 out | grep -q '"author":"X1".*"marks":\["not_of_laptop"\]' || fail "marked: $(cat out)"
grep 再去 out | grep -q '"marks":\[\]' || fail "unmarked: $(cat out)"

# A status is the county's: kept as a proposal, not lost.
good "proposal" zhucun --home one set household/H2 monitor_status=监测中
good "sync one" zhucun --home one sync
good "kept" zhucun --home one --json conflicts
[ "$(json kind <out)$(json reason <out)" = proposal由上级认定 ] || fail "proposal: $(cat out)"
good "looked at" zhucun --home one conflicts --seen

# Orders. DUE was three days ago; the answer is dated before it, and meets the network today.
day() { TZ=UTC-8 date -d "$1" +%Y-%m-%d; } # the region's
TODAY=$(day now)
DUE=$(day '3 days ago')
BEFORE=$(day '5 days ago')
for n in T-1 T-2; do
    good "order $n" zhucun --home two --as X1 add order kind=督办单 number=$n region=231202108201 issued_on="$BEFORE" \
        due_on="$DUE" text=请核查饮水 issuer=北林区
done
good "sync two" zhucun --home two sync
good "issued here: nobody here need answer" zhucun --home two --json inbox
[ ! -s out ] || fail "issuer: $(cat out)"
good "sync one" zhucun --home one sync
good "the orders wait" zhucun --home one --json inbox
[ "$(grep -c '"kind":"order"' out)" -eq 2 ] || fail "orders: $(cat out)"
[ "$(json days_left <out)" = -3 ] || fail "overdue: $(cat out)"
good "with the command" zhucun --home one --lang zh inbox
grep -q "逾期 3 天.*zhucun add order_reply 'order=T-1' date=$TODAY text=" out || fail "command: $(cat out)"
good "answered in time" zhucun --home one add order_reply order=T-1 date="$DUE" text=已核查
good "answered late" zhucun --home one add order_reply order=T-2 date="$TODAY" text=已核查
good "gone" zhucun --home one --json inbox
[ ! -s out ] || fail "answered: $(cat out)"
good "sync one" zhucun --home one sync
good "it came late, and was in time" zhucun --home one --json inbox
[ "$(wc -l <out)" -eq 1 ] && [ "$(json kind <out)" = late_reply ] || fail "late: $(cat out)"
good "list says so" zhucun --home one --json list order_reply
[ "$(grep -c '"late_upload":true' out)" -eq 1 ] || fail "list: $(cat out)"
good "in words" zhucun --home one --lang zh list order_reply date="$DUE"
grep -q '延迟上传' out || fail "list: $(cat out)"
good "looked at" zhucun --home one inbox --seen
good "nothing waits" zhucun --home one --lang zh inbox
grep -q '没有待办' out || fail "inbox: $(cat out)"

good "the county issues" server --data srv order issue --kind 提示单 --region 231202108201 --due 2099-12-31 --text 请补录
good "to somebody else" server --data srv order issue --kind 提示单 --worker B2 --due 2099-12-31 --text 请报到
good "sync one" zhucun --home one sync
good "it waits" zhucun --home one --json inbox
[ "$(wc -l <out)" -eq 1 ] && [ "$(json kind <out)" = order ] || fail "order: $(cat out)"
NUMBER=$(sed -n "s/.*'order=\([^']*\)'.*/\1/p" out)
good "answered" zhucun --home one add order_reply "order=$NUMBER" date="$TODAY" text=已补录
good "gone" zhucun --home one --json inbox
[ ! -s out ] || fail "answered: $(cat out)"
good "sync two" zhucun --home two sync
good "both wait at the other" zhucun --home two --json inbox
[ "$(grep -c '"kind":"order"' out)" -eq 2 ] || fail "two: $(cat out)"
for n in $(sed -n "s/.*'order=\([^']*\)'.*/\1/p" out); do
    good "closed" server --data srv order close "$n"
done
good "sync two" zhucun --home two sync
good "closed by the issuer" zhucun --home two --json inbox
[ ! -s out ] || fail "closed: $(cat out)"

# A household changes hands: who had it and who gets it are told, until they have looked.
good "assigned" server --data srv assign H1 --to B2
good "sync one" zhucun --home one sync
good "sync two" zhucun --home two sync
good "it leaves" zhucun --home one --json inbox
[ "$(json kind <out)" = handover ] || fail "handover: $(cat out)"
grep -q '"other":"B2 ' out || fail "to whom: $(cat out)"
good "it arrives" zhucun --home two --json inbox
[ "$(json kind <out)" = takeover ] || fail "takeover: $(cat out)"
for home in one two; do
    good "$home: looked at" zhucun --home $home inbox --seen
    good "$home: gone" zhucun --home $home --json inbox
    [ ! -s out ] || fail "$home: $(cat out)"
done

# A clue: counted down where it is known, decided by the county.
good "a risk" zhucun --home one visit H3 --summary 摔伤 --risk 因病
good "sync one" zhucun --home one sync
good "sync two" zhucun --home two sync
good "nine days" zhucun --home two --json inbox
[ "$(json kind <out)$(json days_left <out)" = clue9 ] || fail "clue: $(cat out)"
CLUE=$(json id <out)
grep -q "zhucun set clue/$CLUE decision=" out || fail "who may decide sees how: $(cat out)"
good "the county decides" zhucun --home two --as X1 set "clue/$CLUE" decision=不纳入 decided_on="$TODAY"
good "sync two" zhucun --home two sync
good "sync one" zhucun --home one sync
for home in one two; do
    good "$home: decided" zhucun --home $home --json inbox
    [ ! -s out ] || fail "$home: $(cat out)"
    good "$home verifies" zhucun --home $home verify
done

# What one laptop did to a row, with each act's state.
good "one more change" zhucun --home one set household/H2 phone=13900000333
good "history" zhucun --home one --json show household/H2
[ "$(grep -o '"history":\[.*\],"recent_visits"' out | grep -o '"op":"set"' | wc -l)" -eq 2 ] || fail "history: $(cat out)"
grep -q '"values":\["phone=13900000333"\],"state":"pending"' out || fail "history: $(cat out)"
grep -q '"values":\["monitor_status=监测中"\],"state":"received"' out || fail "history: $(cat out)"
finish
