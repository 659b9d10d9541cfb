# lib: what the shell stories share. A story is run as "sh STORY BIN" and sources this file. It works in a folder of
# its own, speaks English whatever the locale, and leaves no process and no file behind.
set -u
BIN=$1
TMP=$(mktemp -d) || exit 1
FAILED=0
SERVER_PID=
KIDS=
MOUNTED=
LC_ALL=C.UTF-8
export LC_ALL
unset ZHUCUN_HOME ZHUCUN_DATA ZHUCUN_AS ZHUCUN_PIN

cleanup() {
    for pid in $SERVER_PID $KIDS; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    [ -z "$MOUNTED" ] || umount "$MOUNTED" 2>/dev/null
    rm -rf "$TMP"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
cd "$TMP" || exit 1

zhucun() { "$BIN/zhucun" "$@"; }
server() { "$BIN/zhucun-server" "$@"; }

fail() {
    echo "FAIL: $*" >&2
    FAILED=$((FAILED + 1))
}

finish() {
    [ "$FAILED" -eq 0 ] || { echo "$FAILED checks failed" >&2; exit 1; }
    echo "all good"
    exit 0
}

# good NAME COMMAND…: must succeed; its output stays in $TMP/out.
good() {
    name=$1
    shift
    "$@" >out 2>errors
    rc=$?
    [ $rc -eq 0 ] || fail "$name: exit $rc, $(cat errors)"
}

# refused NAME STATUS PATTERN COMMAND…: must leave with the status and say one line that matches, nothing else.
refused() {
    name=$1
    want=$2
    pattern=$3
    shift 3
    "$@" >out 2>errors
    rc=$?
    [ $rc -eq "$want" ] || fail "$name: exit $rc instead of $want: $(cat errors)"
    [ "$(wc -l <errors)" -eq 1 ] || fail "$name: not one line: $(cat errors)"
    grep -qE "^zhucun(-server)?: .*($pattern)" errors || fail "$name: \"$(cat errors)\" does not match \"$pattern\""
    [ ! -s out ] || fail "$name: something on stdout: $(cat out)"
}

# A value of a flat JSON line: json KEY <line
json() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1; }

write_roster() {
    mkdir roster
    cat >roster/regions.csv <<'END'
code,name,level,parent
231200000000,绥化市,市,
231202000000,北林区,县,231200000000
231202108000,四方台镇,乡镇,231202000000
231202108201,友谊村,村,231202108000
END
    cat >roster/workers.csv <<'END'
no,name,role,unit,phone,region
B1,试甲,帮扶责任人,某局,13000000001,231202108201
B2,试乙,队员,某局,13000000002,231202108201
X1,试丙,县主管,某局,13000000003,231202000000
END
    cat >roster/households.csv <<'END'
national_no,village,head_name,phone,address,kind
H1,231202108201,试户一,13100000001,一屯1号,脱贫户
H2,231202108201,试户二,13100000002,一屯2号,脱贫户
H3,231202108201,试户三,13100000003,一屯3号,一般农户
END
    cat >roster/members.csv <<'END'
household,name,id_no,relation,sex,health,birth
H1,试户一,231202197001010014,户主,男,健康,1970-01-01
H2,试户二,231202197001010030,户主,男,健康,1970-01-01
END
    cat >roster/assignments.csv <<'END'
household,worker,role,since
H1,B1,帮扶责任人,2021-01-01
END
}

# Starts a server, the first time on a free port and then on the same again; $URL is its address.
start_server() {
    : >server.log
    "$BIN/zhucun-server" --data srv serve --listen "127.0.0.1:${PORT:-0}" >>server.log 2>&1 &
    SERVER_PID=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        now=$(sed -n 's/.*listening on .*, port \([0-9]*\),.*/\1/p' server.log)
        [ -n "$now" ] && break
        sleep 0.25
    done
    [ -n "$now" ] || { cat server.log >&2; exit 1; }
    PORT=$now
    URL=http://127.0.0.1:$PORT
}

stop_server() {
    kill "$SERVER_PID"
    wait "$SERVER_PID" 2>/dev/null
    SERVER_PID=
}

make_city() {
    write_roster
    good "init" server --data srv init --city 2312
    good "load" server --data srv load roster
    start_server
}

# enrol HOME WORKER…
enrol() {
    home=$1
    shift
    workers=
    for w in "$@"; do workers="$workers --worker $w"; done
    # shellcheck disable=SC2086
    code=$(server --data srv enrol --scope 231202108201 $workers 2>/dev/null)
    good "enrol $home" zhucun --home "$home" enrol --server "$URL" --code "$code"
}
