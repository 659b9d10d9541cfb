# What is for somebody else to decide is said to be a proposal when it is written, not only when the server has answered:
# a contact's, and a county supervisor's of another county. And a reply after its order's day is said to be late.
. "$(dirname "$0")/lib.sh"
make_city
cat >roster/regions.csv <<'END'
code,name,level,parent
231221000000,望奎县,县,231200000000
END
cat >roster/workers.csv <<'END'
no,name,role,unit,phone,region
X2,试辛,县主管,某局,13000000008,231221000000
END
good "another county" server --data srv load roster
enrol one B1
enrol own X1
code=$(server --data srv enrol --scope 231202108201,231221000000 --worker X2 2>/dev/null)
good "the other county's laptop" zhucun --home other enrol --server "$URL" --code "$code"
SAID='monitor_status is for the county there to decide: saved, it goes up as a proposal'

good "a contact" zhucun --lang en --home one set household/H1 monitor_status=监测中
grep -q "$SAID" errors || fail "a contact is not told: $(cat errors)"
good "what is his to say" zhucun --lang en --home one set household/H1 phone=13100000077
grep -q proposal errors && fail "a phone is no proposal: $(cat errors)"
good "another county's supervisor" zhucun --lang en --home other set household/H2 monitor_status=监测中
grep -q "$SAID" errors || fail "the other county is not told: $(cat errors)"
good "in Chinese" zhucun --lang zh --home other set household/H3 monitor_status=监测中
grep -q '“监测状态”由本地的县认定：已保存，上报后作为建议\|由本地的县认定' errors || fail "zh: $(cat errors)"
good "this county's" zhucun --lang en --home own set household/H2 monitor_status=风险消除
grep -q proposal errors && fail "the county decides here: $(cat errors)"
for home in own other one; do good "sync $home" zhucun --home $home sync; done
good "the server thinks the same" server --data srv conflicts --json
[ "$(grep -c '"kind":"proposal"' out)" -eq 3 ] || fail "proposals: $(cat out)"

# ---- replies ----
good "issue" server --data srv order issue --region 231202108201 --kind 提示单 --text 核实 --due "$(TZ=Asia/Shanghai date +%F)" --number 提1
good "sync" zhucun --home one sync
good "late" zhucun --lang en --home one add order_reply order=提1 date=2036-01-01 text=迟
grep -q 'was due on .*: the reply counts as late' errors || fail "not told: $(cat errors)"
good "in time" zhucun --lang en --home one add order_reply order=提1 "date=$(TZ=Asia/Shanghai date +%F)" text=早
grep -q 'counts as late' errors && fail "in time: $(cat errors)"
finish
