# Households change hands: one by one and by the sheet, with the history kept; villages are merged and split.
. "$(dirname "$0")/lib.sh"
S="server --data srv --lang en"
count() { [ "$(wc -l <out)" -eq "$1" ] || fail "$2: $(cat out)"; }

make_city
mkdir more
cat >more/workers.csv <<'END'
no,name,role,unit,phone,region,active_to
B3,试丁,帮扶责任人,某局,13000000004,231202108201,
T1,试戊,乡镇主管,某镇,13000000005,231202108000,
T2,试己,乡镇主管,某镇,13000000006,231202109000,
B9,试庚,帮扶责任人,某局,13000000009,231202108201,2025-12-31
END
cat >more/regions.csv <<'END'
code,name,level,parent
231202108202,友好村,村,231202108000
231202109000,别的镇,乡镇,231202000000
231202109201,别的村,村,231202109000
END
good "more workers" $S load more
enrol one B1
enrol two B2

# ---- one household ----
good "B1 → B2" $S assign H1 --to B2 --on 2026-03-01 --why 轮岗 --json
count 2 "one ended, one begun"
[ "$(sed -n 1p out | json act)$(sed -n 1p out | json worker)$(sed -n 1p out | json until)" = endedB12026-02-28 ] || fail "ended: $(cat out)"
[ "$(sed -n 2p out | json act)$(sed -n 2p out | json worker)$(sed -n 2p out | json since)" = assignedB22026-03-01 ] || fail "begun: $(cat out)"
[ "$(sed -n 2p out | json national_no)" = H1 ] || fail "which: $(cat out)"
good "the reason is kept" $S conflicts --all --json
grep -q '轮岗' out || fail "why: $(cat out)"
good "again says so" $S assign H1 --to B2 --on 2026-03-02 --json
count 0 "nothing changed"
grep -q 'B2 is its .* already' errors || fail "not said: $(cat errors)"
good "another role stands beside it" $S assign H1 --to B3 --role 监测联系人 --json
count 1 "nothing ended in the other role"
good "two helpers" $S assign H1 --to B1 --from B2 --on 2026-03-05 --json
count 2 "from"
good "ended only" $S assign H1 --to - --on 2026-03-10 --json
count 1 "ended"
[ "$(json act <out)$(json worker <out)$(json until <out)" = endedB12026-03-09 ] || fail "ended: $(cat out)"
good "nothing to end" $S assign H1 --to - --on 2026-03-10 --json
count 0 "nothing to end"
good "the history" $S pull --table assignment
[ "$(grep -c '"table":"assignment"' out)" -eq 4 ] || fail "history: $(cat out)"

# ---- refused, each in one line ----
refused "no such household" 1 'no household "H9"' $S assign H9 --to B1
refused "no such worker" 1 'no worker "B8"' $S assign H1 --to B8
refused "one who has left" 1 'B9 left on 2025-12-31' $S assign H1 --to B9
refused "a role that is none" 1 'no role' $S assign H1 --to B1 --role 村长
refused "a date that is none" 1 'not a date' $S assign H1 --to B1 --on 1.3.2026
refused "from one who does not hold it" 1 'B3 does not hold H2' $S assign H2 --to B1 --from B3
refused "no receiver" 2 'usage' $S assign H1
refused "a contact may not" 77 'township supervisor' $S assign H1 --to B1 --as B1
refused "another township's may not" 77 'not for the place' $S assign H1 --to B1 --as T2
good "the township's may" $S assign H1 --to B1 --as T1 --json

# ---- a sheet ----
printf 'household,to,role,on\nH2,B2,,2026-04-01\nH3,B2,驻村干部,\nH9,B2,,\n' >sheet.csv
refused "all or nothing" 1 'sheet.csv: line 4: .*H9' $S assign --file sheet.csv
printf 'household,to\nH2,B2\nH2,B3\n' >sheet.csv
refused "twice in one role" 1 'line 3: .*twice' $S assign --file sheet.csv
printf 'household,whom\nH2,B2\n' >sheet.csv
refused "an unknown column" 1 'no column "whom"' $S assign --file sheet.csv
printf 'household,to,role,on\nH2,B2,,2026-04-01\nH3,B2,驻村干部,\n' >sheet.csv
good "a sheet" $S assign --file sheet.csv --json
count 2 "two begun, nothing of the refused ones stayed"

# ---- moves ----
good "move" $S move H3 --to 231202108202 --why 搬迁 --json
count 1 "moved"
[ "$(json from <out)$(json to <out)" = 231202108201231202108202 ] || fail "moved: $(cat out)"
good "there already" $S move H3 --to 231202108202 --json
count 0 "nothing moved"
refused "to no village" 1 'not a village' $S move H3 --to 231202108000
refused "to nowhere" 1 'no region' $S move H3 --to 231202108299
refused "a township moves nobody" 77 'county supervisor' $S move H3 --to 231202108201 --as T1

printf 'household\nH1\nH2\n' >list.txt
good "split" $S region split 231202108201 --into 231202108203 --name 新友谊村 --file list.txt --json
count 2 "moved by the split"
refused "split into what is there" 1 'exists already' $S region split 231202108201 --into 231202108203 --name 甲 --file list.txt
refused "split of those who live elsewhere" 1 'does not live' $S region split 231202108202 --into 231202108204 --name 乙 --file list.txt
good "a laptop's scope has it already" $S device scope B1 --add 231202108203 --json
grep -q '"scope":\["231202108201","231202108203"\]' out || fail "scope: $(cat out)"
good "an order to the village" $S order issue --region 231202108203 --kind 提示单 --text 核实
good "merge" $S region merge 231202108203 --into 231202108202 --why 撤并 --json
[ "$(json household <out)$(json order <out)$(json device <out)" = 212 ] || fail "merged: $(cat out)"
refused "merged already" 1 'was merged into 231202108202' $S region merge 231202108203 --into 231202108201
refused "into itself" 1 'itself' $S region merge 231202108202 --into 231202108202
refused "a scope that was merged" 1 'was merged into' $S device scope B1 --add 231202108203
good "the laptop got the other instead" $S device list --json
grep -q '"scope":\["231202108201","231202108202"\]' out || fail "scope: $(cat out)"
refused "a scope it has not" 1 'has no 231202109201' $S device scope B1 --remove 231202109201
refused "an empty scope" 1 'cannot be empty' $S device scope B1 --remove 231202108201,231202108202

good "what hangs on them moved, too" $S pull --scope 231202108202 --table member
[ "$(grep -c '"table":"member"' out)" -eq 2 ] || fail "members of the village: $(cat out)"
good "sync" zhucun --home two sync
good "the old village's laptop holds what went" zhucun --home two --json list household
count 3 "households of both villages"
good "unless it is taken away" $S device scope B2 --remove 231202108202
good "sync" zhucun --home two sync
good "who holds the old village alone holds them no more" zhucun --home two --json list household
count 0 "households of the village they left"
good "nor their members" zhucun --home two --json list member
count 0 "members of the village they left"

# ---- a laptop that follows assignments ----
good "one" $S device scope B2 --set assigned --json
grep -q '"scope":\["assigned"\]' out || fail "scope: $(cat out)"
good "sync" zhucun --home two sync
good "it holds what is assigned" zhucun --home two --json list household
count 2 "H2 and H3"
good "H3 goes to B3" $S assign H3 --to B3 --from B2 --role 驻村干部
good "sync" zhucun --home two sync
good "told" zhucun --home two inbox
grep -q H3 out || fail "inbox: $(cat out)"
good "sync" zhucun --home two sync
good "released" zhucun --home two --json list household
[ "$(json national_no <out)" = H2 ] || fail "left: $(cat out)"
count 1 "H2 alone"
good "verify the laptop" zhucun --home two verify

good "sync" zhucun --home one sync
good "the laptop has the households where they live now" zhucun --home one --json list household village=231202108202
count 3 "households at the laptop"
good "their members came along" zhucun --home one --json list member
count 2 "members at the laptop"
good "the old village says where it went" $S pull --table region
grep '"code":"231202108203"' out | grep -q '"merged_into":"231202108202"' || fail "region: $(cat out)"
good "verify" $S verify
good "verify the laptop" zhucun --home one verify
finish
