# Orders: issued at the server, answered on a laptop, closed by who issued them; a reply that was written in time and
# came late is 延迟上传, and the order is not overdue for it.
. "$(dirname "$0")/lib.sh"
S="server --data srv --lang en"
today=$(TZ=Asia/Shanghai date +%F)
make_city
enrol one B2
state() {
    good "list" $S order list --json
    grep "\"number\":\"$1\"" out | json state
}

good "issue" $S order issue --region 231202108201 --kind 提示单 --text 尽快核实饮水 --due "$today" --json
NUMBER=$(json number <out)
ID=$(json id <out)
[ "$NUMBER" = "$(echo "$today" | cut -c1-4)-001" ] || fail "number: $NUMBER"
good "another, by the county" $S order issue --worker B2 --kind 督办单 --text 补报 --as X1 --number 督1 --json
good "the next number" $S order issue --region 2312 --kind 提示单 --text 三 --json
[ "$(json number <out)" = "$(echo "$today" | cut -c1-4)-002" ] || fail "next: $(cat out)"
refused "a number that is taken" 1 'is taken' $S order issue --region 2312 --kind 提示单 --text 四 --number 督1
refused "to nobody" 2 'to whom' $S order issue --kind 提示单 --text 四
refused "to both" 2 'to whom' $S order issue --region 2312 --worker B2 --kind 提示单 --text 四
refused "no such kind" 2 'kind' $S order issue --region 2312 --kind 通知 --text 四
refused "a due day that is past" 1 'before today' $S order issue --region 2312 --kind 提示单 --text 四 --due 2020-01-01
refused "a contact issues none" 77 'township supervisor' $S order issue --region 231202108201 --kind 提示单 --text 四 --as B1
refused "nor anybody for others' places" 77 'not for the place' $S order issue --region 2312 --kind 提示单 --text 四 --as X1
[ "$(state "$NUMBER")" = open ] || fail "not open: $(cat out)"

good "sync" zhucun --home one sync
good "the laptop has it" zhucun --home one --json show "order/$NUMBER"
[ "$(json text <out)" = 尽快核实饮水 ] || fail "order: $(cat out)"
good "answered" zhucun --home one add order_reply "order=$NUMBER" "date=$today" text=已核实
good "sync" zhucun --home one sync
[ "$(state "$NUMBER")" = answered ] || fail "not answered: $(cat out)"
grep "\"number\":\"$NUMBER\"" out | grep -q '"text":"已核实".*"late_upload":false' || fail "reply: $(cat out)"

refused "another's order" 77 'only its issuer' $S order close 督1
refused "the office's order" 77 'only its issuer' $S order close "$NUMBER" --as X1
good "closed by who issued it" $S order close "$ID" --why 属实
[ "$(state "$NUMBER")" = closed ] || fail "not closed: $(cat out)"
refused "closed already" 1 'closed already' $S order close "$NUMBER"
good "by its author" $S order close 督1 --as X1
good "what is open" $S order list --open --json
[ "$(wc -l <out)" -eq 1 ] || fail "open: $(cat out)"
good "for people" $S order list
grep -q '已核实' out || fail "list: $(cat out)"
grep -q 'to 231202108201 友谊村  by 绥化市' out || fail "parties of the office's: $(cat out)"
grep -q 'to B2 试乙  by 某局 (X1 试丙)' out || fail "parties of the county's: $(cat out)"
grep -q 'B2 试乙  已核实$' out || fail "who answered: $(cat out)"
good "sync" zhucun --home one sync
good "one more, to an order that is closed" zhucun --lang en --home one add order_reply "order=$NUMBER" "date=$today" text=补充
grep -q 'is closed' errors || fail "the laptop does not say so: $(cat errors)"
good "sync" zhucun --home one sync
good "stored and marked" $S order list
grep -q '补充  (the order was closed)' out || fail "not marked: $(cat out)"
grep -q '3 orders, open 1, closed 2; replies: 2 in time (0 of them uploaded late), 0 late' out || fail "sums: $(cat out)"
good "as data" $S order list --json
grep "\"number\":\"$NUMBER\"" out | grep -q '"answered":2,"late":0.*"to_closed":true' || fail "data: $(cat out)"
good "verify" $S verify
finish
