# What a county office would send back later is said on the spot: warnings that never refuse, an income sheet that
# adds itself up, the days that are left for a clue, and the day under a wrong clock. The same list for supervisors.
. "$(dirname "$0")/lib.sh"
write_roster
cat >>roster/members.csv <<'END'
H3,试户三,11010519491231002X,户主,女,健康,1949-12-31
END
good "init" server --data srv init --city 2312
good "load" server --data srv load roster
start_server
enrol one B1 X1
ZHUCUN_AS=B1
export ZHUCUN_AS
Z="zhucun --home one"
TODAY=$(TZ=UTC-8 date +%F)
day() { TZ=UTC-8 date -d "$TODAY $1 days" +%F; }

# warned CODE: the last command said so, on stderr and nowhere else.
warned() { grep -q "\[$1\]" errors || fail "$1 is not warned about: $(cat errors)"; }
silent() { grep -q "\[$1\]" errors && fail "$1 is warned about: $(cat errors)"; }

# ID numbers
good "good number" $Z add member household=H3 name=试小三 id_no=11010519491231002X1
warned id_form
good "disability certificate" $Z --json add member household=H3 name=试小四 id_no=11010519491231002X43 sex=女 birth=1949-12-31
grep -q '"warnings":\[\]' out || fail "20 digits are valid: $(cat out) $(cat errors)"
[ ! -s errors ] || fail "a certificate of 20 digits is warned about: $(cat errors)"
good "replaced certificate" $Z --json add member household=H3 name=试小五 id_no=11010519491231002X43B1
grep -q '"warnings":\[\]' out || fail "22 digits are valid: $(cat out)"
good "check digit" $Z --json add member household=H3 name=试小六 id_no=110105194912310021 birth=1949-12-30 sex=男
warned id_check_digit
warned id_birth
warned id_sex
grep -q '"warnings":\["id_check_digit","id_birth","id_sex"\]' out || fail "codes: $(cat out)"
[ "$(wc -l <out)" -eq 1 ] || fail "more than the object on stdout: $(cat out)"
good "in Chinese" $Z --lang zh set member/11010519491231002X health=大病
grep -q '大病' errors || fail "Chinese words: $(cat errors)"
good "insured" $Z set member/11010519491231002X insurance+=城乡居民基本医疗保险
silent insurance_missing

# a household
good "monitored" $Z --as X1 set household/H1 monitor_class=脱贫不稳定户 monitor_status=监测中 "taken_in=$(day -40)"
warned measure_missing
good "a visit says it too" $Z visit H1 --summary 看望
warned measure_missing
good "until there is one" $Z visit H1 --summary 商定 --measure 产业=养鹅
silent measure_missing
good "cleared early" $Z --as X1 set household/H2 monitor_class=脱贫不稳定户 monitor_status=风险消除 "taken_in=$(day -50)" \
    "cleared_on=$(day -10)" cleared_way=帮扶消除
warned cleared_early
warned cleared_no_measure
warned after_care_blank
good "phone" $Z set household/H3 phone=12345
warned phone_implausible
good "landline" $Z set household/H3 phone=0455-8123456
silent phone_implausible

# what is written about it
good "future" $Z visit H3 --date "$(day 3)" --summary 约定
warned visit_future
good "no summary" $Z --json visit H3
warned visit_no_summary
grep -q '"warnings":\[.*"id_check_digit",.*"visit_no_summary"\]' out || fail "a visit's codes: $(cat out)"
good "nobody met" $Z visit H3 --mode 未遇
silent visit_no_summary
good "risk" $Z --json visit H3 --summary 住院 --risk 因病
RISK=$(sed -n 's/.*"risks":\["\([^"]*\)".*/\1/p' out)
good "closed by nobody" $Z set "risk/$RISK" state=已消除
warned risk_closed_bare
good "closed in full" $Z set "risk/$RISK" closed_by=B1 closed_why=痊愈
silent risk_closed_bare

# income
good "sheet" $Z --json add income_sheet household=H3 period=2025 wages=9000 business=1000.50 transfers=300 costs=800 persons=3
SHEET=$(json id <out)
warned income_below_line
good "sums" $Z --json show "income_sheet/$SHEET"
[ "$(json net <out) $(json per_head <out)" = "9500.50 3166.83" ] || fail "sums: $(cat out)"
good "a part changes" $Z set "income_sheet/$SHEET" wages=29000
silent income_below_line
good "sums" $Z --json show "income_sheet/$SHEET"
[ "$(json net <out) $(json per_head <out)" = "29500.50 9833.50" ] || fail "sums again: $(cat out)"
good "stated" $Z set "income_sheet/$SHEET" net=30000
warned income_sum
good "computed again" $Z set "income_sheet/$SHEET" persons=4 net=
silent income_sum
good "second sheet" $Z add income_sheet household=H3 period=2025 wages=50000 persons=3
warned income_twice
good "the county's own line" $Z --as X1 add indicator region=231202000000 period=2024 key=income_line_yuan value=20000
good "another household" $Z add income_sheet household=H1 period=2024 wages=30000 persons=2
warned income_below_line
grep -q '20000' errors || fail "the line the county set: $(cat errors)"

# an import says it in one line, check lists it
cat >sheet.csv <<'END'
household,name,id_no
H1,试甲子,110105194912310023
H1,试乙子,123
END
good "import" $Z --json import member sheet.csv
[ "$(wc -l <errors)" -eq 1 ] || fail "an import says one line: $(cat errors)"
grep -q '"warnings":\["id_form","id_check_digit"\]' out || fail "import's codes: $(cat out)"
good "check" $Z --json check H1
[ "$(grep -c '"rule":"id_form"' out)" -eq 1 ] || fail "check: $(cat out)"
good "nothing for a sound one" $Z check H2
grep -q after_care_blank out || fail "check in words: $(cat out)"

# clues: a term by the rule of the day on which it was found; overdue ones first
good "clue" $Z --json add clue village=231202108201 person=某人 "found_on=$(day -6)" kind=群众反映
good "old clue" $Z --json add clue village=231202108201 person=旧人 "found_on=$(day -20)" kind=群众反映
good "clues" $Z --json list clue
[ "$(sed -n 1p out | json days_left)" = -11 ] || fail "overdue ones come first: $(cat out)"
[ "$(sed -n 2p out | json days_left)" = 3 ] || fail "days left: $(cat out)"
grep -q '"reported_late_days":null' out || fail "what has not arrived is not late yet: $(cat out)"
good "sync" $Z sync
good "clues" $Z --lang zh list clue
grep -q '余 3 天（迟报 6 天）' out || fail "countdown: $(cat out)"
sed -n 1p out | grep -q '超期 11 天（迟报 20 天）' || fail "overdue: $(cat out)"
good "status" $Z --lang zh status
grep -q '余 3 天（迟报 6 天）' out || fail "status counts down: $(cat out)"
good "status" $Z --json status
[ "$(json clues_open <out) $(json clues_overdue <out)" = "3 1" ] || fail "status: $(cat out)"
good "decided" $Z --as X1 set "clue/$($Z --json list clue person=旧人 | json id)" "decided_on=$TODAY" decision=不纳入
good "clues" $Z --json list clue person=旧人
grep -q days_left out && fail "a decided clue counts no days: $(cat out)"
good "sync" $Z sync

# supervisors
good "report rules" server --data srv --json report rules
for code in id_check_digit cleared_early cleared_no_measure after_care_blank visit_future visit_no_summary income_twice; do
    grep -q "\"rule\":\"$code\"" out || fail "report rules lacks $code: $(cat out)"
done
grep measure_missing out && fail "the measure has arrived"
grep '"rule":"cleared_early"' out | grep -q "\"household_key\":\"H2\".*\"since\":\"$(day -10)\"" || fail "since: $(cat out)"
good "report rules, one" server --data srv --json report rules --rule id_form
[ "$(grep -vc '"rule":"id_form"' out)" -eq 0 ] || fail "one rule: $(cat out)"
[ "$(wc -l <out)" -eq 2 ] || fail "id_form twice: $(cat out)"
good "report rules elsewhere" server --data srv report rules --scope 231221
[ "$(wc -l <out)" -eq 1 ] || fail "another county: $(cat out)"
refused "no such rule" 2 'no rule' server --data srv report rules --rule nonsense
good "report clues" server --data srv --json report clues
grep -q '"days_left":3,.*"reported_late_days":6' out || fail "report clues: $(cat out)"
[ "$(tail -n 1 out | json open) $(tail -n 1 out | json overdue)" = "2 0" ] || fail "open clues: $(cat out)"
[ "$(tail -n 1 out | json decided) $(tail -n 1 out | json decided_in_time)" = "1 0" ] || fail "decided: $(cat out)"
good "report clues later" server --data srv --json report clues --on "$(day 30)"
[ "$(tail -n 1 out | json overdue)" = 2 ] || fail "later: $(cat out)"
good "report clues" server --data srv --lang zh report clues
grep -q '余 3 天' out || fail "report clues in words: $(cat out)"

# a clock ten years slow, then one eight years fast: dates follow the server's, and stay warnings
enrol two B2
Y="zhucun --home two --as B2"
good "a right clock" $Y --json status
[ "$(json today <out)" = "$TODAY" ] || fail "today: $(cat out)"
[ ! -s errors ] || fail "a right clock is warned about: $(cat errors)"
good "ten years slow" "$BIN/wrongclock" two 3650
good "visit" $Y visit H3 --summary 看望
grep -q '3650 days slow' errors || fail "a slow clock is told: $(cat errors)"
silent visit_future
good "today" $Y --json list visit "date=$(day 3650)"
[ "$(wc -l <out)" -eq 1 ] || fail "today by the server's clock: $(cat out)"
good "status" $Y --json status
[ "$(json today <out)" = "$(day 3650)" ] || fail "today: $(cat out)"
grep -q '3650 days slow' errors || fail "status tells a slow clock: $(cat errors)"
good "status, in the same words" $Y --lang en status
grep -q '^clock .*315360000.0 s slow at the last contact' out || fail "status tells the direction: $(cat out)"
good "eight years fast" "$BIN/wrongclock" two -2920
good "status, fast" $Y --lang zh status
grep -q '^本机时钟 .*上次联系时快 252288000.0 秒' out || fail "status tells the direction: $(cat out)"
good "visit" $Y --lang zh visit H3 --summary 看望
grep -q '本机时钟快 2920 天' errors || fail "a fast clock is told: $(cat errors)"
good "today" $Y --json list visit "date=$(day -2920)"
[ "$(wc -l <out)" -eq 1 ] || fail "today by the server's clock, fast: $(cat out)"
good "the laptop's own date is in that future" $Y visit H3 --date "$TODAY" --summary 看望
warned visit_future
finish
