# Bad input of every kind: one clear line, the right exit status, nothing changed and nothing lost.
. "$(dirname "$0")/lib.sh"
make_city
enrol one B1
Z="zhucun --home one"
good "a visit to keep" $Z visit H1 --summary 留下

# ---- words ----
refused "unknown command" 2 'no command "vist"; commands are: visit' zhucun vist H1
refused "unknown option" 2 'no option --sumary' $Z visit H1 --sumary x
refused "option without value" 2 'needs a value' $Z visit H1 --summary
refused "too few words" 2 'usage: zhucun add' $Z add
refused "unknown table" 1 'no table "houshold"; tables are: household' $Z list houshold
refused "unknown column" 1 'no column "telephone".*phone' $Z set household/H1 telephone=1
refused "unknown code" 1 'not in the code list.*by assistance' $Z set household/H1 cleared_way=随便
refused "unknown household" 1 'no household "H9"' $Z visit H9
refused "unknown worker" 1 'no worker "B9"' $Z --as B9 visit H1
refused "unknown id" 1 'no visit "46426241' $Z show visit/46426241-9041-8a21-9800-00000000ffff
refused "wrong date" 1 '2026-02-30.* not a date' $Z visit H1 --date 2026-02-30
refused "wrong date in a column" 1 '5.3.2026.* not a date' $Z add visit household=H1 date=5.3.2026 mode=入户
refused "wrong time" 1 '25:00.* not a time' $Z visit H1 --time 25:00
refused "wrong risk" 1 'not in the code list' $Z visit H1 --risk 因懒
refused "wrong rank" 1 'rank is 1 to 5' $Z visit H1 --risk 因病:9
refused "wrong safeguard" 1 'no safeguard "roads"' $Z visit H1 --safeguard roads=ok
refused "over-long text" 1 'too long: 2001 characters' $Z visit H1 --summary "$(printf '%02001d' 0)"
refused "invalid UTF-8" 1 'UTF-8' $Z visit H1 --summary "$(printf '\377\376')"
refused "control characters" 1 'control' $Z visit H1 --summary "$(printf 'a\033[31mb')"
refused "escapes are shown, not obeyed" 1 'x1b' $Z visit "$(printf 'H\033[31m9')"
refused "a required column emptied" 1 'required' $Z set household/H1 head_name=
refused "a required column left out" 1 'head' $Z add household village=231202108201
refused "a column twice" 1 'twice' $Z set household/H1 phone=1 phone=2
good "nothing of it was written" $Z --json status
[ "$(json pending <out)" = 1 ] || fail "pending: $(cat out)"

# ---- sheets ----
printf 'household,date,mode\nH1,2026-03-05,入户\nH1,2026-03-05\n' >bad.csv
refused "column count" 1 'line 3: .*2 columns.* 3' $Z import visit bad.csv
printf 'household,date,mode\nH1,2026-03-05,入户\nH9,2026-03-05,入户\n' >bad.csv
refused "unknown household in a sheet" 1 'line 3: .*H9' $Z import visit bad.csv
printf 'household,day\nH1,2026-03-05\n' >bad.csv
refused "unknown column in a sheet" 1 'line 1: .*no column "day"' $Z import visit bad.csv
printf 'household,date,mode\nH1,2026-03-05,"入户\n' >bad.csv
refused "open quote" 1 'line 2: ' $Z import visit bad.csv
printf 'household,date,mode,summary\nH1,2026-03-05,入户,\377\n' >bad.csv
refused "a sheet that is not UTF-8" 1 'line 2: .*UTF-8' $Z import visit bad.csv
printf '{"household":"H1","date":"2026-03-05","mode":"入户"}\n{"household":\n' >bad.ndjson
refused "broken NDJSON" 1 'line 2: .*JSON' $Z import visit bad.ndjson
printf '{"at":"2026-03-05T08:00:00+08:00","as":"B1","changes":[{"op":"put","table":"vist","values":{}}]}\n' >bad.ndjson
refused "acts with an unknown table" 1 'line 1: .*vist' $Z import acts bad.ndjson
: >empty.csv
refused "empty sheet" 1 'empty' $Z import visit empty.csv
refused "no such file" 1 'cannot open' $Z import visit none.csv
good "nothing of it was written" $Z --json status
[ "$(json pending <out)" = 1 ] || fail "pending: $(cat out)"

# ---- the other side ----
stop_server
refused "server not there" 75 'pending: 1' $Z sync
# It may be starting: that it is waited for is said, and then the one line of the failure.
SOME=ABCD-EFGH-JKMN-PQRS-0123-4567-89AB
nobody() {
    "$BIN/zhucun" --home late enrol --server "$URL" --code "$SOME" >out 2>errors
    rc=$?
    [ $rc -eq 75 ] || fail "$1: exit $rc: $(cat errors)"
    [ "$(grep -c . errors)" = 2 ] || fail "$1: not two lines: $(cat errors)"
    head -n 1 errors | grep -q 'note: nobody listens .*: waiting up to 5 seconds' || fail "$1: $(cat errors)"
    tail -n 1 errors | grep -q '^zhucun: no connection' || fail "$1: $(cat errors)"
}
nobody "server not there at enrolment"
good "the home is usable for another try" zhucun --home late --json status
origin=$(json origin <out)
nobody "again"
good "with the same origin" zhucun --home late --json status
[ "$(json origin <out)" = "$origin" ] || fail "the origin changed"
"$BIN/htmlserver" "$PORT" &
KIDS="$KIDS $!"
HTML=$!
sleep 1
refused "server that answers HTML" 69 'login|HTML|html|page' $Z sync
refused "HTML at enrolment" 69 'login|HTML|html|page' zhucun --home late enrol --server "$URL" --code "$SOME"
kill "$HTML"
wait "$HTML" 2>/dev/null
start_server
refused "a wrong code" 77 'code' zhucun --home late enrol --server "$URL" --code "$SOME"XXX-XXXX-XXXX-XXXX
good "nothing was lost" $Z sync
grep -q 'pushed 1' out || fail "sync: $(cat out)"
refused "enrolled twice" 1 'already' $Z enrol --server "$URL" --code X

# ---- a bundle with one flipped bit ----
"$BIN/onebundle" >bundle || fail "onebundle"
good "the bundle as it was" server inspect bundle
size=$(wc -c <bundle)
at=0
while [ $at -lt "$size" ]; do
    cp bundle flipped
    byte=$(od -An -tu1 -j $at -N 1 bundle)
    # shellcheck disable=SC2059
    printf "\\$(printf %o $((byte ^ (1 << at % 8))))" | dd of=flipped bs=1 seek=$at conv=notrunc 2>/dev/null
    server inspect flipped >out 2>errors
    rc=$?
    [ $rc -eq 1 ] && [ "$(wc -l <errors)" -eq 1 ] || fail "flipped bit in byte $at: exit $rc: $(cat errors)"
    at=$((at + 1))
done
cp bundle flipped
printf '\377' | dd of=flipped bs=1 seek=$((size - 3)) conv=notrunc 2>/dev/null
refused "flipped bits in the body" 1 'bundle' server inspect flipped

# ---- the home ----
cp -r one newer
printf '\000\000\003\347' | dd of=newer/zhucun.db bs=1 seek=60 conv=notrunc 2>/dev/null # PRAGMA user_version = 999
refused "a database of a newer schema" 1 'newer' zhucun --home newer list visit
cp -r one broken
dd if=/dev/zero of=broken/zhucun.db bs=1 count=100 conv=notrunc 2>/dev/null
rm -f broken/zhucun.db-wal broken/zhucun.db-shm
refused "not a database" 1 '.' zhucun --home broken list visit
echo text >file
refused "a file where the home should be" 73 'folder' zhucun --home file list visit
refused "a file where a folder should be made" 73 'folder' zhucun --home file/home enrol --server "$URL" --code X
refused "no home" 1 'enrol' zhucun --home nowhere list visit
refused "export into nowhere" 73 'cannot write' $Z export visit nowhere/x.csv
refused "backup over a file" 1 'file' $Z backup file
[ "$(cat file)" = text ] || fail "the backup overwrote a file"

mkfifo pipe
"$BIN/zhucun" --home one import visit - <pipe >out-import 2>&1 &
IMPORT=$!
exec 3>pipe
sleep 1
refused "two processes on one home" 1 "$IMPORT" $Z visit H1
good "reading beside a writer" $Z list visit
echo 'household,date,mode
H2,2026-03-08,电话' >&3
exec 3>&-
wait "$IMPORT" || fail "the first process: $(cat out-import)"
good "the lock is free again" $Z visit H1

# ---- the disk ----
echo 'household,date,mode,summary' >many.csv
i=0
while [ $i -lt 3000 ]; do
    echo "H1,2026-03-05,入户,占地方的内容占地方的内容占地方的内容 $i"
    i=$((i + 1))
done >>many.csv
mkdir disk
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=2m tmpfs disk 2>/dev/null; then
    MOUNTED=$TMP/disk
    cp -r one disk/home
    D="zhucun --home disk/home"
    dd if=/dev/zero of=disk/ballast bs=1k 2>/dev/null
    refused "a full disk" 73 '.' $D visit H1 --summary 满
    refused "an import on a full disk" 73 '.' $D import visit many.csv
    good "reading works on a full disk" $D list visit
    good "so does exporting" $D export visit -
    rm disk/ballast
    good "with room again it goes on" $D visit H1 --summary 又能写
    good "verify" $D verify
    mount -o remount,ro disk && {
        refused "a read-only disk" 73 '.' $D visit H1
        good "reading works on a read-only disk" $D list visit
        mount -o remount,rw disk
    }
    umount disk && MOUNTED=
else
    echo "skipped: full and read-only disk (mounting a tmpfs is not allowed here)"
    ( trap '' XFSZ; ulimit -f 64; refused "a file that may not grow" 73 '.' $Z import visit many.csv; exit $FAILED ) || fail "limit"
fi

good "verify at the end" $Z verify
good "sync at the end" $Z sync
good "all is there" $Z --json list visit
[ "$(wc -l <out)" -eq 3 ] || fail "visits: $(cat out)"
finish
