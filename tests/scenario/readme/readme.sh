# A README's commands, taken from the file and run: sh readme.sh BIN README. The first round as it stands (but for its
# port), in a shell that stops at the first failure; then every other command in a small world of its own, in which the
# words that readers fill in mean something. A command that fails, or a word that nobody knows, is a failure.
README=$2
. "$(dirname "$0")/../cli/lib.sh"
export LC_ALL=C.UTF-8

blocks() { # "first": the indented lines of the first round; "others": all the other ones
    awk -v first="$1" '/^#/ {head = $0; sub(/^#+ /, "", head)} /^    / {if ((head ~ "^(A first round|在一台电脑上先试一遍)$") == (first == "first")) print substr($0, 5)}' "$README"
}

# ---- the first round ----
write_roster
good "init" server --data srv init --city 2312
start_server
stop_server
blocks first | sed "s|\$PWD/build/bin|$BIN|; s|127.0.0.1:7400|127.0.0.1:$PORT|" >first
[ "$(grep -c . first)" -ge 12 ] || fail "the first round is not there: $(cat first)"
for shell in sh bash; do
    command -v $shell >/dev/null || continue
    TMPDIR=$TMP $shell -ec 'trap "kill \$! 2>/dev/null || :" EXIT; . ./first' >out 2>errors || fail "the first round, in $shell: $(tail -n 3 out; cat errors)"
    grep -q 'pushed 1, pulled' out || fail "the first round did not push its visit: $(cat out)"
done
ls -d "$TMP"/tmp.* 2>/dev/null && fail "the first round left something behind"

# ---- a world for the rest ----
cat >>roster/regions.csv <<'END'
231202108202,仁和村,村,231202108000
END
cat >>roster/households.csv <<'END'
H4,231202108201,试户三,13100000003,一屯3号,一般农户
END
good "load" server --data srv load roster
start_server
enrol one B1
enrol two B2
code=$(server --data srv enrol --scope 231202 --worker X1 2>/dev/null)
good "enrol county" zhucun --home county enrol --server "$URL" --code "$code"
for home in one two; do good "phone" zhucun --home $home set household/H2 phone=1390000000$home; done
good "an order to answer" server --data srv order issue --worker B1 --kind 提示单 --text 补报 --number R1
for home in one two one; do good "sync" zhucun --home $home sync; done
echo H2 >numbers
TODAY=$(TZ=Asia/Shanghai date +%F)
first_id() { zhucun --home one --json list "$@" 2>/dev/null | sed -n '$s/^{"id":"\([^"]*\)".*/\1/p'; }

# words LINE: what readers fill in. Longer words before those that they contain.
words() {
    worker=B1 village=231202108201 order=N1
    case $1 in *assign*--to*) worker=B2 ;; *" move "* | *"device scope"*) village=231202108202 ;; *order_reply*) order=R1 ;; esac
    printf '%s\n' "$1" | sed "s|  *#.*||
        s|走访编号|$(first_id visit household=H1)|; s|visit/VISIT|visit/$(first_id visit household=H1)|
        s|风险编号|$(first_id risk household=H1)|; s|risk/RISK|risk/$(first_id risk household=H1)|
        s|线索编号|$(first_id clue)|; s|clue/CLUE|clue/$(first_id clue)|
        s|台账号|$ENTRY|; s|ENTRY|$ENTRY|; s|新村代码|231202108203|; s|NEWCODE|231202108203|
        s|户编号表|numbers|; s|NUMBERS|numbers|; s|留下的户|H3|; s|KEEP|H3|; s|重复的户|H4|; s|DROP|H4|
        s|户编号|H1|; s|HOUSEHOLD|H1|; s|单号|$order|; s|县代码|231202|; s|COUNTY|231202|; s|SUPERVISOR|X1|
        s|村代码|$village|; s|VILLAGE|$village|; s|工号|$worker|; s|WORKER|$worker|; s|电脑名|B2|; s|LAPTOP|B2|
        s|=日期|=$TODAY|; s|--due 日期|--due $TODAY|; s|DATE|$TODAY|
        s|名册目录|roster|; s|游标文件|cursor|; s|日志文件|log.ndjson|; s|FILE|cursor|; s|LOG|log.ndjson|"
}

try() { # LINE HOME DATA
    ran=$((ran + 1))
    PATH=$BIN:$PATH ZHUCUN_HOME=$2 ZHUCUN_DATA=$3 sh -c "$1" >out 2>errors </dev/null || fail "$1: $(cat out errors)"
}

ran=0
blocks others | grep '^zhucun' >lines
while read -r line; do
    ENTRY=$(server --data srv --json conflicts household/H2 | sed -n 's/^{"id":\([0-9]*\),.*/\1/p' | head -n 1)
    command=$(words "$line")
    home=one data=srv
    case $line in
    *"set clue/"*) for h in one county; do zhucun --home $h sync >/dev/null 2>&1; done; home=county ;;
    *"set household/"*) home=county ;;
    *init\ * | *load\ *) data=fresh ;;
    *serve\ *) continue ;; # does not end; the first round has run it
    esac
    try "$command" $home $data
done <lines
[ "$ran" -ge 35 ] || fail "only $ran commands found"

# What they did has arrived, and all agree.
for home in one county two one; do good "sync" zhucun --home $home sync; done
good "decided" zhucun --home county --json list clue
[ "$(json decision <out)" = 纳入监测 ] || fail "the clue is not decided: $(cat out)"
good "closed" zhucun --home county --json list risk
[ "$(json risk_state <out)" = 已消除 ] || fail "the risk is not closed: $(cat out)"
good "taken back" server --data srv pull --table visit
grep -q '"op":"delete"' out || fail "the visit is not taken back: $(cat out)"
good "verify" server --data srv verify
finish
