# Sheets in and out: what export writes, import takes as unchanged; an edited sheet changes just what was edited; a
# bad line leaves everything as it was. A backlog of acts keeps its days.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
Z="zhucun --home one"
cat >acts.ndjson <<'END'
{"at":"2021-08-03T10:15:00+08:00","observed":"2021-08-03","as":"B1","changes":[{"op":"put","table":"visit","tag":"t1","values":{"household":"H3","date":"2021-08-03","mode":"入户"}},{"op":"put","table":"risk","values":{"household":"H3","kind":"因病","found_on":"2021-08-03","visit":"@t1"}}]}

{"at":"2021-08-04T10:15:00+08:00","observed":"2021-08-04","as":"B2","changes":[{"op":"set","table":"risk","find":{"household":"H3","kind":"因病"},"values":{"rank":4}},{"op":"set","table":"member","row":"231202197001010030","values":{"health":["大病"]},"removed":{"health":"健康"}}]}
END
good "acts" $Z --json import acts acts.ndjson
[ "$(json changesets <out)$(json changes <out)" = 24 ] || fail "acts: $(cat out)"
good "their days" $Z --json list risk household=H3
[ "$(json authored_at <out)" = 2021-08-03T10:15:00+08:00 ] || fail "acts: $(cat out)"
[ "$(json author <out)$(json rank <out)" = B14 ] || fail "acts: $(cat out)"
good "sets" $Z --json show member/231202197001010030
grep -q '"health":\["大病"\]' out || fail "acts: $(cat out)"

good "visit" $Z visit H1 --date 2026-03-05 --summary "=1+1, \"quoted\"
second line" --need 贷款 --need 看病
good "visit" $Z visit H1 --date 2026-03-06 --summary "'=x"

for table in household member visit worker; do
    for file in $table.csv $table.ndjson; do
        good "export $file" $Z export $table $file
        good "import $file" $Z --json import $table $file
        [ "$(json added <out)$(json updated <out)" = 00 ] || fail "import $file: $(cat out)"
    done
    good "export $table with labels" $Z export $table labels.csv --labels
    good "import $table with labels" $Z --json import $table labels.csv
    [ "$(json added <out)$(json updated <out)" = 00 ] || fail "labels of $table: $(cat out)"
done
grep -q "'=1+1" visit.csv || fail "a formula is not guarded: $(cat visit.csv)"
[ "$(stat -c %a visit.csv)" = 600 ] || fail "an export is readable by others"
[ "$(head -c 3 visit.csv | od -An -tx1 | tr -d ' ')" = efbbbf ] || fail "no byte order mark"

sed 's/13100000002/13100000099/' household.csv >edited.csv
good "edited" $Z --json import household edited.csv
[ "$(json updated <out)$(json unchanged <out)" = 12 ] || fail "edited: $(cat out)"
printf 'household,date,mode,summary\nH2,2026-03-07,入户,从标准输入\n' >one.csv
good "standard input" $Z import visit - <one.csv
good "it is there" $Z --json list visit summary=从标准输入
[ "$(json date <out)" = 2026-03-07 ] || fail "standard input: $(cat out)"

i=0
echo 'household,date,mode' >many.csv
while [ $i -lt 2500 ]; do
    echo "H2,2025-01-01,电话"
    i=$((i + 1))
done >>many.csv
cp many.csv spoilt.csv
echo "H2,2025-01-01,电报" >>spoilt.csv
good "before" $Z --json status
before=$(json pending <out)
refused "one bad line in many" 1 'line 2502: .*电报' $Z import visit spoilt.csv
good "after" $Z --json status
[ "$(json pending <out)" = "$before" ] || fail "a refused import left something: $(cat out)"
good "many" $Z --json import visit many.csv
[ "$(json added <out)" = 2500 ] || fail "many: $(cat out)"
good "three changesets of at most 1,000" $Z --json status
[ "$(json pending <out)" = $((before + 3)) ] || fail "many: $(cat out)"

good "sync" $Z sync
good "verify" $Z verify
# a device is written to, not replaced
mkfifo pipe
cat pipe >from-pipe &
good "export into a pipe" zhucun --home one export visit pipe --format csv
wait $!
[ -p pipe ] || fail "the pipe was replaced by a file"
[ -s from-pipe ] || fail "nothing came through the pipe"
cat pipe >from-pipe &
good "pull into a pipe" server --data srv pull -o pipe
wait $!
[ -p pipe ] || fail "the pipe was replaced by a file"
[ -s from-pipe ] || fail "nothing came through the pipe"
finish
