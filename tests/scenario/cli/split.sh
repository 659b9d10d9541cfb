# A village is split while its laptop is away: the laptop goes on holding what went to the new village, is told, and a
# single contact is not disturbed. Figures of a merged village are found under the one it became; those of a split one
# stay. And a laptop for somebody from elsewhere: one clear word at the server, one on the laptop.
. "$(dirname "$0")/lib.sh"
S="server --data srv --lang en"
make_city
cat >roster/regions.csv <<'END'
code,name,level,parent
231202108202,新兴村,村,231202108000
END
cat >roster/workers.csv <<'END'
no,name,role,unit,phone,region
B9,试庚,帮扶责任人,某局,13000000009,231202108202
END
good "a second village" $S load roster
enrol one B1

# ---- people from elsewhere ----
good "enrol for somebody from elsewhere" $S enrol --scope 231202108201 --worker B9 --name far
grep -q 'warning: far holds 231202108201; B9 试庚 belongs to 231202108202, which is not in it' errors || fail "no word of it: $(cat errors)"
[ "$(wc -l <errors)" -eq 2 ] || fail "more than the term and the warning: $(cat errors)"
code=$(head -n 1 out)
good "the county's people are held" $S enrol --scope 231202108201 --worker X1
grep -q warning errors && fail "a warning of nothing: $(cat errors)"
good "a laptop for him" zhucun --home far enrol --server "$URL" --code "$code"
refused "he cannot sign" 1 'for B9, whose region is not among what it holds \(231202108201\).*add his region' zhucun --lang en --home far visit H1 --date 2026-03-02 --summary 首访
refused "said in one way only" 1 'for B9, whose region' zhucun --lang en --home far --as B9 visit H1 --date 2026-03-02 --summary 首访
good "his region is added" $S device scope far --add 231202108202
grep -q warning errors && fail "still a warning: $(cat errors)"
good "sync" zhucun --home far sync
good "he signs" zhucun --home far visit H1 --date 2026-03-02 --summary 首访
good "taken away again" $S device scope far --remove 231202108202
grep -q 'warning: far holds 231202108201; B9' errors || fail "device scope does not say so: $(cat errors)"
printf 'laptop,wave,scope,workers\nsheet,1,231202108201,B9\n' >laptops.csv
good "a sheet of codes" $S enrol --batch laptops.csv -o codes.csv
grep -q 'warning: sheet holds 231202108201; B9 试庚' errors || fail "the sheet says nothing: $(cat errors)"

# ---- split ----
year=$(TZ=Asia/Shanghai date +%Y)
printf 'region,period,key,value\n231202108201,%s,projects,700\n231202108202,%s,projects,30\n' "$year" "$year" >indicators.csv
code=$(server --data srv enrol --scope 231202000000 --worker X1 2>/dev/null)
good "the county" zhucun --home county enrol --server "$URL" --code "$code"
good "figures" zhucun --home county import indicator indicators.csv
good "sync county" zhucun --home county sync
printf 'H1\nH2\n' >list.txt
good "split" $S region split 231202108201 --into 231202108203 --name 友新村 --file list.txt
grep -q '1 indicators stay with 231202108201' errors || fail "where the figures are: $(cat errors)"
grep -q '2 laptops hold the new village, too' errors || fail "laptops: $(cat errors)"
good "sync one" zhucun --home one sync
[ "$(zhucun --home one list household | wc -l)" -eq 3 ] || fail "the laptop lost what went: $(zhucun --home one list household)"
good "status" zhucun --home one --json status
[ "$(json agree <out)$(json pending <out)" = true0 ] || fail "$(cat out)"
good "inbox" zhucun --home one --json inbox
grep '"kind":"moved"' out | grep '→ 231202108203 友新村' | grep -q '"why":"2 户：H1、H2"' || fail "not told: $(cat out)"

# ---- merge: the figures of both are the figures of the one ----
good "merge" $S region merge 231202108201 --into 231202108202
grep -q 'indicators *1' out || fail "merge: $(cat out)"
good "bulletin" $S report bulletin --scope 231202108202 --json
[ "$(json projects <out)" = 730 ] || fail "under the village it became: $(json projects <out)"
good "verify" $S verify
finish
